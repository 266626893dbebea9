"""What is new or changed in the programme, as an Atom feed for each filter.

It looks at the next LOOKED_AT dates: an index by the time of change would cost ingest with every
record, and what changed in a year's time can wait until it comes nearer.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters, to_arguments
from hub.calendar.showing import Shown, shown, title_of
from shared import atom
from shared.time import local_day
from shared.web import zone
from shared.web.filters import span

LOOKED_AT = 500
GIVEN = 50


def feed(session: Session, filters: Filters, at: datetime, city: str) -> bytes:
    """Return the feed of what the filters find from today on, what was changed last first."""
    midnight = local_day(at.astimezone(zone()).date(), zone())[0]
    rows: list[Any] = list(queries.listed(session, filters, midnight, limit=LOOKED_AT, columns=queries.FED))
    rows.sort(key=lambda row: (row.updated_at, row.id), reverse=True)
    arguments = to_arguments(filters)
    return atom.feed(
        [_entry(each) for each in shown(session, rows[:GIVEN])],
        address=url_for("calendar_feeds.news_feed", _external=True, **arguments),
        page=url_for("calendar.agenda", _external=True, **arguments),
        title=f"{city} · {title_of(session, filters)}",
        as_of=midnight,
    )


def _entry(each: Shown) -> atom.Entry:
    """Return an event as news; its id is that of its house's own feed, so that readers know it again."""
    event = each.event
    return atom.Entry(
        id=event.id,
        title=each.title,
        text=_told(each),
        address=url_for("calendar.event_page", centre_id=event.centre_id, event_id=event.id, _external=True),
        updated_at=event.updated_at,
        category=each.theme,
    )


def _told(each: Shown) -> str:
    """Return when and where it is, whether it was cancelled and why, and what it is."""
    event = each.event
    cancelled = gettext("Cancelled: %(reason)s", reason=event.cancel_reason or "–") if each.cancelled else ""
    when = span(event.starts_at, event.ends_at)
    where = ", ".join(part for part in (event.place, each.houses) if part)
    return "\n".join(part for part in (cancelled, when, where, each.summary) if part)

"""Calendar subscriptions: what a feed holds, and whether it is still the same.

A feed covers FEED_BACK before today to FEED_AHEAD after it, in whole local days, so that it
changes once a day at most while no house changes anything.

Rule: in a feed each date is an entry of its own, with its record's id as UID; dates of a series
share a REFID. Filters and the window cut series apart, and the houses send dates, not rules: a
master with overrides would be another one in each feed, under the same UID. So a date that is moved
or cancelled is found again by its UID. A whole series as one entry is `series_file`.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import g, url_for
from flask_babel import gettext
from sqlalchemy import String, type_coerce
from sqlalchemy.orm import Session

from hub.calendar import queries, remembered, search, stamps
from hub.calendar.filters import Filters
from hub.calendar.showing import Shown, shown
from hub.centres import queries as centre_queries
from hub.programme.models import Event
from hub.themes import queries as theme_queries
from shared import ical
from shared.time import local_day
from shared.web.languages import language

FEED_BACK = timedelta(days=14)  # a cancellation of last week still reaches whoever was on holiday
FEED_AHEAD = timedelta(days=366)
FEED_EVENTS_MAX = 5_000  # some 2 MB; calendar programs give up on much more
_MARKED = ("id", "centre_id", "sequence", "updated_at", "starts_at", "ends_at", "state", "title", "space_id", "theme")


def window(today: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the stretch of time that a feed covers today."""
    return local_day(today - FEED_BACK, zone)[0], local_day(today + FEED_AHEAD, zone)[1]


def fingerprint(session: Session, filters: Filters, starts: datetime, ends: datetime, *also: str) -> str:
    """Return a text that changes whenever the feed does.

    While no house that it may hold something of has changed anything, the text is remembered: a calendar
    program that asks again costs next to nothing. It trusts the owner of an event to change `updated_at` or
    `sequence` with every change of what stands in no column of _MARKED.
    """
    themes = theme_queries.labels(session, language())
    spoken = (language(), *sorted(themes.items()), *also)

    def find() -> str:
        return _found_mark(session, filters, starts, ends, spoken)

    if filters.words or search.waiting(session, up_to=1):
        return find()  # what is found, and which events are one, follows later
    rests_on = (*stamps.of(session, filters), *spoken)
    return remembered.marks().mark((filters, starts, ends), rests_on, find)


def _found_mark(session: Session, filters: Filters, starts: datetime, ends: datetime, spoken: tuple[Any, ...]) -> str:
    columns: list[Any] = [type_coerce(getattr(Event, name), String).label(name) for name in _MARKED]
    mark = hashlib.blake2b(digest_size=16)
    rows: Sequence[Any] = queries.listed_columns(session, filters, starts, ends, columns, limit=FEED_EVENTS_MAX)
    for row in rows:
        mark.update(repr(tuple(row)).encode())
    twins = queries.twins_within(session, starts, ends)
    mark.update(repr([twins.get((row.centre_id, row.id)) for row in rows if twins]).encode())
    places = centre_queries.places(session, {row[1] for row in rows})
    mark.update(repr((sorted(places.items()), spoken)).encode())
    return mark.hexdigest()


def entries(session: Session, filters: Filters, starts: datetime, ends: datetime, city: str) -> list[ical.Entry]:
    """Return what the feed holds; an event is told apart by its id, its house and its city."""
    rows = queries.listed(session, filters, starts, ends, limit=FEED_EVENTS_MAX, columns=queries.FED)
    return [entry(each, city) for each in shown(session, rows)]


def entry(each: Shown, city: str) -> ical.Entry:
    """Return an event as a calendar entry; its UID is the same in every feed, for good."""
    event, place = each.event, each.place
    known = place.latitude is not None and place.longitude is not None
    return ical.Entry(
        uid=f"{event.id}@{event.centre_id}.{city}",
        sequence=event.sequence,
        updated_at=event.updated_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        title=event.title,
        cancelled=each.cancelled,
        description=_description(each),
        location=each.online_url if event.attendance == "online" else _location(each),
        category=each.theme,
        url=_address(event.centre_id, event.id),
        position=(place.latitude or 0.0, place.longitude or 0.0) if known and not event.place else None,
        group=f"{event.series_id}@{event.centre_id}.{city}" if event.series_id else "",
    )


def _address(centre_id: str, event_id: str) -> str:
    """Return the lasting address of an event; built once for a request, a feed of thousands is full of them."""
    if "event_address" not in g:
        g.event_address = url_for("calendar.event_page", centre_id="~centre", event_id="~event", _external=True)
    pattern: str = g.event_address
    return pattern.replace("~centre", quote(centre_id, safe="")).replace("~event", event_id)


def _location(each: Shown) -> str:
    return ", ".join(part for part in (each.event.place, each.place.name, each.place.address) if part)


def _description(each: Shown) -> str:
    event: Any = each.event
    cancelled = gettext("Cancelled: %(reason)s", reason=event.cancel_reason) if event.cancel_reason else ""
    others = gettext("Together with") + ": " + ", ".join(other.house for other in each.also) if each.also else ""
    parts = (cancelled, event.summary, event.description, each.cost, event.organiser, others, each.online_url)
    return "\n\n".join(part for part in parts if part)

"""The programme as files: a calendar to subscribe to, one event, and an Atom feed."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.centre import service as centres
from node.core.db import reading
from node.programme.models import Event
from node.public import documents, service
from node.public.programme_views import narrowed, place_of, public_event, space_names
from node.public.views import pages
from shared import atom, ical
from shared.time import now
from shared.web.filters import span
from shared.web.languages import language

__all__ = ["pages"]  # the same blueprint as in `views`, with these files on it
CALENDAR_PAST = timedelta(days=30)  # subscribers still see what has just been
CALENDAR_EVENTS_MAX = 2_000
ATOM_EVENTS = 50


@pages.get("/programm.ics")
def calendar() -> Any:
    """The programme as a calendar file, narrowed as the list is."""
    at = now()
    since = (at - CALENDAR_PAST).replace(hour=0, minute=0, second=0)  # so that it changes once a day at most
    with reading() as session:
        wanted = narrowed(session, at).wanted
        mark = _mark(session, service.marks(session, since, wanted, CALENDAR_EVENTS_MAX))
        if request.if_none_match.contains(mark):
            return _marked(Response(status=304), mark)
        events = list(session.scalars(service.coming_events(since, wanted).limit(CALENDAR_EVENTS_MAX)))
        return _marked(_calendar(session, events, "programm.ics"), mark)


@pages.get("/programm/<event_id>/termin.ics")
def event_file(event_id: str) -> Any:
    """One event as a calendar file."""
    with reading() as session:
        answer = _calendar(session, [public_event(session, event_id)], "termin.ics")
    answer.add_etag()
    return answer.make_conditional(request)


@pages.get("/programm.atom")
def feed() -> Any:
    """What is coming as an Atom feed, what was changed last first."""
    at = now()
    with reading() as session:
        narrowing = narrowed(session, at)
        query = service.coming_events(at, narrowing.wanted).order_by(None)
        events = list(session.scalars(query.order_by(Event.updated_at.desc(), Event.id).limit(ATOM_EVENTS)))
        words = service.words_of(session, events, language())
        centre = centres.profile(session)
    entries = [
        atom.Entry(
            id=event.id,
            title=words[event.id].title,
            text=_told(event, words[event.id].summary),
            address=_address(event),
            updated_at=event.updated_at,
            category=narrowing.labels.get(event.theme, event.theme),
        )
        for event in events
    ]
    body = atom.feed(
        entries,
        address=url_for("public.feed", _external=True, **narrowing.arguments),
        page=url_for("public.programme", _external=True, **narrowing.arguments),
        title=centre.name if centre else _("Programme"),
        as_of=at,
    )
    answer = Response(body, mimetype="application/atom+xml")
    answer.add_etag()
    return answer.make_conditional(request)


def _calendar(session: Session, events: list[Event], name: str) -> Response:
    centre = centres.profile(session)
    names = space_names(session)
    street = f"{centre.street}, {centre.postcode} {centre.town}".strip(", ") if centre else ""
    body = documents.calendar_file(
        events,
        centre_id=current_app.extensions["stadtherz.config"].centre_id,
        name=centre.name if centre else _("Programme"),
        places=lambda event: ", ".join(part for part in (place_of(event, names), street) if part),
        address=_address,
    )
    return Response(body, content_type=ical.MEDIA_TYPE, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _mark(session: Session, rows: Sequence[Any]) -> str:
    """Return a text that changes whenever the file does, at a fraction of its cost."""
    centre = centres.profile(session)
    house = (centre.name, centre.street, centre.postcode, centre.town) if centre else ()
    told = [house, sorted(space_names(session).items()), request.host, [tuple(row) for row in rows]]
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _marked(answer: Response, mark: str) -> Response:
    answer.set_etag(mark)
    return answer


def _told(event: Event, summary: str) -> str:
    """Return when it is, whether it was cancelled and why, and what it is."""
    when = span(event.starts_at, event.ends_at)
    cancelled = _("Cancelled: %(reason)s", reason=event.cancel_reason or "–") if event.state == "cancelled" else ""
    return "\n".join(part for part in (cancelled, when, summary) if part)


def _address(event: Event) -> str:
    return url_for("public.event", event_id=event.id, _external=True)

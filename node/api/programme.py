"""Calls about the programme: drafts, publishing, changes, cancelling."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls, may
from node.api.shapes import PageWanted, Said, entry_shape, page_of
from node.core.rights import Right
from node.programme import service
from node.programme.entry import EventEntry
from node.programme.models import Event
from shared.records.base import Instant
from shared.records.events import EVENTS, EventSchema, EventState
from shared.time import now
from shared.web import pagination
from shared.web.calls import Problem
from shared.web.shapes import Shape, columns_shape

api = calls("events", "Offers and events. A draft is seen in the house only.")

EventShown = columns_shape(Event, "Event", ("id", *EVENTS.field_names))
EventPage = page_of(EventShown)
_Given = entry_shape(
    EventEntry,
    "EventEntry",
    Event,
    EventSchema,
    without=("series_id", "source_uid", "source_recurrence_id"),
)


class EventGiven(_Given):  # type: ignore[misc, valid-type]
    """What is said of an event. Its address on the web stands as a link on public pages."""

    online_url = fields.String(
        load_default="", validate=[validate.Length(max=500), validate.Regexp(r"(https?://.+)?\Z")]
    )


class Between(PageWanted):
    """Which events: those that meet [starts_at, ends_at), in one state or in all."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    state = fields.String(load_default="", validate=validate.OneOf(["", *EventState]))


class AtOnce(Shape):
    """Whether the public sees the new event at once."""

    publish = fields.Boolean(load_default=False)


@api.get("")
@allowed()
@api.arguments(Between, location="query")
@api.response(200, EventPage)
def events(session: Session, asked: dict[str, Any]) -> Any:
    """List events that meet a stretch of time, in the order of their start."""
    query = select(Event).where(Event.starts_at < asked["ends_at"], Event.ends_at > asked["starts_at"])
    if asked["state"]:
        query = query.where(Event.state == asked["state"])
    if not may(Right.WRITE_PROGRAMME):
        query = query.where(Event.state != EventState.DRAFT)
    return pagination.of_query(session, query.order_by(Event.starts_at, Event.id), asked["page"])


@api.get("/<event_id>")
@allowed()
@api.response(200, EventShown)
def event(session: Session, event_id: str) -> Any:
    """Show an event; a draft only to a token that may write the programme."""
    found = service.get_event(session, event_id)
    if found.state == EventState.DRAFT and not may(Right.WRITE_PROGRAMME):
        raise service.EventUnknown
    return found


@api.post("")
@allowed(Right.WRITE_PROGRAMME)
@api.arguments(EventGiven)
@api.arguments(AtOnce, location="query")
@api.response(201, EventShown)
def create(session: Session, entry: EventEntry, manner: dict[str, bool]) -> Any:
    """Write an event and book its space along with it; if the space is taken nothing is written."""
    if manner["publish"]:
        _need_to_publish()
    return service.create_event(session, entry, now=now(), by=by(), publish=manner["publish"])


@api.put("/<event_id>")
@allowed(Right.WRITE_PROGRAMME)
@api.arguments(EventGiven)
@api.response(200, EventShown)
def edit(session: Session, entry: EventEntry, event_id: str) -> Any:
    """Change an event, and its booking with it; what the public sees needs the right to publish."""
    if service.get_event(session, event_id).state != EventState.DRAFT:
        _need_to_publish()
    return service.edit_event(session, event_id, entry, now=now(), by=by())


@api.post("/<event_id>/publication")
@allowed(Right.PUBLISH)
@api.response(200, EventShown)
def publish(session: Session, event_id: str) -> Any:
    """Let the public see a draft."""
    return service.publish_event(session, event_id, now=now())


@api.post("/<event_id>/cancellation")
@allowed(Right.PUBLISH)
@api.arguments(Said)
@api.response(200, EventShown)
def cancel(session: Session, said: dict[str, str], event_id: str) -> Any:
    """Cancel an event: it stays visible as cancelled, with the reason, and its space is free."""
    return service.cancel_event(session, event_id, said["reason"], now=now(), by=by())


@api.delete("/<event_id>")
@allowed(Right.WRITE_PROGRAMME)
@api.response(204)
def discard(session: Session, event_id: str) -> None:
    """Delete a draft and free its space; what was published is cancelled instead."""
    service.discard_draft(session, event_id, now=now(), by=by())


def _need_to_publish() -> None:
    if not may(Right.PUBLISH):
        raise Problem(403, "not_allowed", f"What the public sees needs the right {Right.PUBLISH.value!r}.")

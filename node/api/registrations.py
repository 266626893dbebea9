"""Calls about registrations for events: who comes, who waits, who was there."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls
from node.api.shapes import entry_shape
from node.core import audit
from node.core.rights import Right
from node.core.tokens import hash_of
from node.programme import service as programme
from node.registration import service
from node.registration.models import GROUP_MAX, Registration, Way
from node.registration.secret_links import new_secret
from node.registration.service import RegistrationEntry
from shared.records.base import Instant
from shared.time import now
from shared.web.shapes import Shape, columns_shape

api = calls("registrations", "Groups that register for an event, its waiting line, and who was there.")

SHOWN = (
    *("id", "event_id", "reference", "state", "name", "phone", "email", "adults", "children", "needs", "language"),
    *("note", "registered_at", "queued_at", "offer_until", "news", "told_at", "came"),
)
RegistrationShown = columns_shape(Registration, "Registration", SHOWN)
_Given = entry_shape(RegistrationEntry, "RegistrationEntry", Registration)


class Persons(Shape):
    """How many come."""

    adults = fields.Integer(required=True, strict=True, validate=validate.Range(0, GROUP_MAX))
    children = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, GROUP_MAX))

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, said: dict[str, int], **_kwargs: Any) -> None:
        if not 1 <= said["adults"] + said["children"] <= GROUP_MAX:
            raise ValidationError(f"A group has 1 to {GROUP_MAX} persons.", "adults")


class RegistrationGiven(_Given, Persons):  # type: ignore[misc, valid-type]
    """A group, and how to reach it: a telephone number or an e-mail address is needed."""

    name = fields.String(required=True, validate=validate.Length(1, 120))

    @validates_schema(skip_on_field_errors=True)
    def reachable(self, said: dict[str, Any], **_kwargs: Any) -> None:
        if not said["phone"].strip() and not said["email"].strip():
            raise ValidationError("Give a telephone number or an e-mail address.", "phone")


class Places(Shape):
    """How the places stand, in persons; null is no limit."""

    capacity = fields.Integer(allow_none=True)
    registered = fields.Integer()
    offered = fields.Integer()
    waiting = fields.Integer()
    free = fields.Integer(allow_none=True)


class Came(Shape):
    """How many of the group were there; null takes the tick back."""

    came = fields.Integer(required=True, allow_none=True, strict=True, validate=validate.Range(0, GROUP_MAX))


class Heads(Shape):
    """How many came without being registered, counted without names; null takes the count back."""

    heads = fields.Integer(required=True, allow_none=True, strict=True, validate=validate.Range(0, 100_000))


@api.get("/of/<event_id>")
@allowed(Right.REGISTER_PEOPLE)
@api.response(200, RegistrationShown(many=True))
def registrations(session: Session, event_id: str) -> Any:
    """List who registered for an event, first come first."""
    audit.note_look("events", programme.get_event(session, event_id).id)
    return service.registrations_of(session, event_id)


@api.get("/of/<event_id>/places")
@allowed()
@api.response(200, Places)
def places(session: Session, event_id: str) -> Any:
    """Tell how the places of an event stand."""
    return service.places_of(session, programme.get_event(session, event_id))


@api.post("/of/<event_id>")
@allowed(Right.REGISTER_PEOPLE)
@api.arguments(RegistrationGiven)
@api.response(201, RegistrationShown)
def register(session: Session, entry: RegistrationEntry, event_id: str) -> Any:
    """Register a group, or let it wait for as many places as it needs."""
    link = hash_of(new_secret())
    return service.take_registration(session, event_id, entry, link, now=now(), way=Way.PHONE, by=by())


@api.put("/<registration_id>/persons")
@allowed(Right.REGISTER_PEOPLE)
@api.arguments(Persons)
@api.response(200, RegistrationShown)
def change_group(session: Session, said: dict[str, int], registration_id: str) -> Any:
    """Let a group be more or fewer persons."""
    return service.change_group(session, registration_id, said["adults"], said["children"], now=now())


@api.post("/<registration_id>/acceptance")
@allowed(Right.REGISTER_PEOPLE)
@api.response(200, RegistrationShown)
def accept(session: Session, registration_id: str) -> Any:
    """Note that a group takes the places that it was offered."""
    return service.accept_offer(session, registration_id, now=now())


@api.post("/<registration_id>/refusal")
@allowed(Right.REGISTER_PEOPLE)
@api.response(200, RegistrationShown)
def decline(session: Session, registration_id: str) -> Any:
    """Note that a group does not take them; the next one is offered them."""
    return service.decline_offer(session, registration_id, now=now())


@api.post("/<registration_id>/cancellation")
@allowed(Right.REGISTER_PEOPLE)
@api.response(200, RegistrationShown)
def cancel(session: Session, registration_id: str) -> Any:
    """Note that a group does not come."""
    return service.cancel_registration(session, registration_id, now=now())


@api.post("/<registration_id>/call")
@allowed(Right.REGISTER_PEOPLE)
@api.response(200, RegistrationShown)
def told(session: Session, registration_id: str) -> Any:
    """Note that the group was told its news."""
    return service.tell(session, registration_id, now=now(), by=by())


@api.put("/<registration_id>/attendance")
@allowed(Right.REGISTER_PEOPLE)
@api.arguments(Came)
@api.response(200, RegistrationShown)
def tick(session: Session, said: dict[str, int | None], registration_id: str) -> Any:
    """Tick how many of a group were there."""
    return service.tick(session, registration_id, said["came"], now=now())


@api.put("/of/<event_id>/headcount")
@allowed(Right.REGISTER_PEOPLE)
@api.arguments(Heads)
@api.response(204)
def count_heads(session: Session, said: dict[str, int | None], event_id: str) -> None:
    """Keep how many came without being registered."""
    service.count_heads(session, programme.get_event(session, event_id), said["heads"], now=now())


class CallShown(Shape):
    """Somebody to be called, and about which event."""

    registration = fields.Nested(RegistrationShown)
    event_title = fields.String()
    event_starts_at = Instant()


@api.get("/calls")
@allowed(Right.REGISTER_PEOPLE)
@api.response(200, CallShown(many=True))
def calls_to_make(session: Session) -> Any:
    """List who has to be told something, the soonest deadline first."""
    found = service.calls_to_make(session, now())
    return [
        {"registration": group, "event_title": event.title, "event_starts_at": event.starts_at}
        for group, event in found
    ]

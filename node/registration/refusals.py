"""Why the house says no to a registration, one class for each reason; and when it is open for them."""

from datetime import datetime
from enum import StrEnum

from node.programme.models import Event
from shared.errors import Refusal
from shared.records.events import EventState, Registration


class Closed(StrEnum):
    """Why nobody can register for an event (any more)."""

    NOT_ASKED = "not_asked"
    CANCELLED = "cancelled"
    ENDED = "ended"  # the time to register is over
    OVER = "over"  # the event is


class RegistrationUnknown(Refusal):
    """There is no registration with this id or behind this link."""


class RegistrationClosed(Refusal):
    """Nobody can register for this event; `why` is a `Closed`."""

    def __init__(self, why: Closed) -> None:
        super().__init__(why)
        self.why = why


class GroupTooLarge(Refusal):
    """The group has more persons than the event has places; it could wait for ever."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.capacity = capacity


class PlacesMissing(Refusal):
    """More places are wanted than are free; `free` counts those that nobody else waits for."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = free


class OfferOver(Refusal):
    """The offer was answered already, or its deadline is over and the places went on."""


class StateRefused(Refusal):
    """A registration in `state` cannot be changed as wanted."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def why_closed(event: Event, now: datetime) -> Closed | None:
    """Return why the public cannot register for `event` at `now`; None while it can."""
    if event.registration == Registration.NONE or event.state == EventState.DRAFT:
        return Closed.NOT_ASKED
    if reason := why_gone(event, now):
        return reason
    return Closed.ENDED if now >= (event.registration_closes_at or event.starts_at) else None


def why_gone(event: Event, now: datetime) -> Closed | None:
    """Return why not even staff can register somebody for `event`."""
    if event.state == EventState.CANCELLED:
        return Closed.CANCELLED
    if now >= event.ends_at:
        return Closed.OVER
    return Closed.NOT_ASKED if event.state == EventState.DRAFT else None

"""Refusals in words that say what to do next."""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.programme.service import DATES_MAX, EventStateRefused, FailedDate, TooManyDates
from node.spaces.service import SpaceUnknown
from shared.errors import Refusal
from shared.records.events import EventState, EventTimesImpossible
from shared.web.filters import local_time, short_date


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    if isinstance(refusal, EventStateRefused):
        return _state_in_words(refusal.state)
    if isinstance(refusal, EventTimesImpossible):
        return str(_("An event ends after it begins and lasts at most 31 days. Please look at the times again."))
    if isinstance(refusal, TooManyDates):
        return str(_("“Every week until” has to be after the first day, with at most %(max)s dates.", max=DATES_MAX))
    if isinstance(refusal, bookings.SpaceRetired):
        return str(_("This space takes no new bookings. Please choose another one."))
    if isinstance(refusal, SpaceUnknown):
        return str(_("This space is no longer there. Please choose another one."))
    raise refusal


def tell_failed(session: Session, failed: Iterable[FailedDate]) -> list[str]:
    """Return a sentence for each date of a series that was not made, with its reason."""
    told = []
    for date in failed:
        booking = bookings.get_booking(session, date.booking_id) if date.booking_id else None
        taken = date.taken or date.slot
        reason = {
            "day": short_date(date.slot.starts_at),
            "what": booking.title if booking and booking.title else _("another booking"),
            "from": local_time(taken.starts_at),
            "until": local_time(taken.ends_at),
        }
        told.append(_("Not saved: %(day)s. The space is taken by %(what)s, %(from)s–%(until)s.", **reason))
    return told


def _state_in_words(state: str) -> str:
    if state == EventState.CANCELLED:
        return str(_("This event is cancelled and cannot be changed any more. You can copy it."))
    if state == EventState.PUBLISHED:
        return str(_("This event is published already. It can be cancelled."))
    return str(_("This event is still a draft. It can be published or deleted."))

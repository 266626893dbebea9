"""Refusals in words that say what to do next."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from node.bookings import series_refusals
from node.bookings import service as bookings
from node.programme.service import (
    EventStateRefused,
    ImageMissing,
    ImageTooLarge,
    ImageUndescribed,
    ImageUnreadable,
)
from node.spaces.service import SpaceUnknown
from shared.errors import Refusal
from shared.records.attendance import CapacityBelowTaken
from shared.records.bookings import SpaceTaken
from shared.records.events import AgesImpossible, EventState, EventTimesImpossible, RegistrationClosesLate
from shared.records.spaces import OutsideSpaceHours

WORDS: Mapping[type[Refusal], Any] = {
    EventTimesImpossible: _l(
        "An event ends after it begins and lasts at most 31 days. Please look at the times again."
    ),
    AgesImpossible: _l("The youngest age is above the oldest. Please look at the ages again."),
    RegistrationClosesLate: _l("Registration would close after the event. Please choose an earlier day."),
    bookings.SpaceRetired: _l("This space takes no new bookings. Please choose another one."),
    SpaceUnknown: _l("This space is no longer there. Please choose another one."),
    OutsideSpaceHours: _l(
        "This space belongs to another building and is not free at that time. Please choose another one."
    ),
    SpaceTaken: _l("The space is taken at that time."),
    ImageUnreadable: _l("This is no complete PNG, JPEG or WebP picture. Please choose another file."),
    ImageTooLarge: _l("The picture is larger than 2 MB. Please make it smaller, 1600 pixels wide are plenty."),
    ImageMissing: _l("Please choose a picture."),
    ImageUndescribed: _l("Please describe the picture in a sentence."),
}


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    if isinstance(refusal, EventStateRefused):
        return _state_in_words(refusal.state)
    if isinstance(refusal, CapacityBelowTaken):
        return _taken_in_words(refusal.taken)
    if type(refusal) in WORDS:
        return str(WORDS[type(refusal)])
    raise refusal


def series_in_words(refusal: Refusal) -> str:
    """Return the same of a refusal that a series can meet, too."""
    return in_words(refusal) if type(refusal) in WORDS else series_refusals.in_words(refusal)


def _taken_in_words(taken: int) -> str:
    return str(
        ngettext(
            "%(num)s place is given away already. Please enter at least as many, or cancel registrations first.",
            "%(num)s places are given away already. Please enter at least as many, or cancel registrations first.",
            taken,
        )
    )


def _state_in_words(state: str) -> str:
    if state == EventState.CANCELLED:
        return str(_("This event is cancelled and cannot be changed any more. You can copy it."))
    if state == EventState.PUBLISHED:
        return str(_("This event is published already. It can be cancelled."))
    return str(_("This event is still a draft. It can be published or deleted."))

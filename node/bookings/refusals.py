"""Refusals in words that say what to do next."""

from flask_babel import gettext as _

from node.bookings.service import SpaceRetired
from node.spaces.service import SpaceUnknown
from shared.errors import Refusal
from shared.records.bookings import BookingTimesImpossible, SpaceTaken, TransitionRefused


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    if isinstance(refusal, SpaceTaken):
        return str(_("The space is taken at that time. Nothing was booked."))
    if isinstance(refusal, BookingTimesImpossible):
        return str(_("A booking ends after it begins and lasts at most 31 days. Please look at the times again."))
    if isinstance(refusal, SpaceRetired):
        return str(_("This space takes no new bookings. Please choose another one."))
    if isinstance(refusal, SpaceUnknown):
        return str(_("This space is no longer there. Please choose another one."))
    if isinstance(refusal, TransitionRefused):
        return str(_("Somebody else has decided on this booking meanwhile. Here is how it stands now."))
    raise refusal

"""Refusals in words that say what to do next."""

from flask_babel import gettext as _
from flask_babel import ngettext

from node.equipment.service import (
    CountImpossible,
    ItemRetired,
    LendingOver,
    NotLentAlone,
    StockExceeded,
    StockPromised,
)
from shared.errors import Refusal
from shared.records.bookings import BOOKING_LENGTH_MAX, BookingTimesImpossible


def in_words(refusal: Refusal) -> str:
    """Return what to tell; an unknown refusal is a bug and raised again."""
    if isinstance(refusal, StockExceeded):
        return _not_enough(refusal)
    told = {
        StockPromised: _(
            "More of it are promised already. Look on its page at what is to come, "
            "cancel something there, then change this."
        ),
        ItemRetired: _("This is retired and no longer lent."),
        NotLentAlone: _("This only goes with a booking of a space. Book the space and add it there."),
        CountImpossible: _("Please enter a whole number that is possible here."),
        LendingOver: _("Somebody has changed this meanwhile: it is out or back already."),
        BookingTimesImpossible: _(
            "It has to come back after it goes out, and within %(days)s days.", days=BOOKING_LENGTH_MAX.days
        ),
    }.get(type(refusal))
    if told is None:
        raise refusal
    return str(told)


def _not_enough(refusal: StockExceeded) -> str:
    if refusal.free <= 0:
        return str(_("“%(name)s” is not free in that time. Please choose another time.", name=refusal.item_name))
    return str(
        ngettext(
            "Only %(num)s of “%(name)s” is free in that time.",
            "Only %(num)s of “%(name)s” are free in that time.",
            refusal.free,
            name=refusal.item_name,
        )
    )

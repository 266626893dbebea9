"""Refusals in words that say what to do next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from node.bookings.labels import PERIODS
from node.bookings.service import NothingToBlock, OfEvent, QuotaSpent, SpaceRetired
from node.equipment.service import CountImpossible, ItemRetired, ItemUnknown, StockExceeded
from node.rentals.service import FeeClassUnknown
from node.spaces.service import SpaceUnknown
from shared.errors import Refusal
from shared.records.bookings import BookingTimesImpossible, SpaceTaken, TransitionRefused
from shared.records.spaces import BookingTooLong, NoticeTooShort, OutsideSpaceHours
from shared.web.filters import local_date, number, span


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    for kind, said in _WORDS.items():
        if isinstance(refusal, kind):
            return str(said(refusal))
    raise refusal


def hours(length: timedelta) -> str:
    """Return a length as `2 hours` or `1,5 hours`."""
    value = length / timedelta(hours=1)
    shown = number(round(value, 2))
    return str(ngettext("%(shown)s hour", "%(shown)s hours", 1 if value == 1 else 2, shown=shown))


def _notice(refusal: NoticeTooShort) -> Any:
    return _(
        "This space is booked at least %(notice)s ahead. The first time that goes now: %(earliest)s.",
        notice=hours(refusal.notice),
        earliest=span(refusal.earliest),
    )


def _too_long(refusal: BookingTooLong) -> Any:
    return _("This space is given away for at most %(longest)s at a time.", longest=hours(refusal.longest))


def _outside(refusal: OutsideSpaceHours) -> Any:
    if refusal.free:
        free = "; ".join(span(*stretch) for stretch in refusal.free)
        return _(
            "This space belongs to another building and is not free all that time. It is free: %(free)s.", free=free
        )
    if refusal.following:
        return _(
            "This space belongs to another building and is not free that day. Next time: %(free)s.",
            free=span(*refusal.following),
        )
    return _("This space belongs to another building and has no free hours. Please ask there.")


def _quota(refusal: QuotaSpent) -> Any:
    return _(
        "At most %(most)s %(period)s are possible, and %(left)s are left of it (from %(begins)s).",
        most=hours(timedelta(hours=refusal.hours_max)),
        period=PERIODS[refusal.period],
        left=hours(refusal.left),
        begins=local_date(refusal.begins),
    )


def _short(refusal: StockExceeded) -> Any:
    return _(
        "Too few of “%(item)s”: %(wanted)s are wanted, %(free)s are free at that time. "
        "Take fewer, or choose another time.",
        item=refusal.item_name,
        wanted=refusal.wanted,
        free=max(0, refusal.free),
    )


_WORDS: dict[type[Refusal], Callable[[Any], str]] = {
    SpaceTaken: lambda _refusal: _("The space is taken at that time. Nothing was booked."),
    BookingTimesImpossible: lambda _refusal: _(
        "A booking ends after it begins and lasts at most 31 days. Please look at the times again."
    ),
    SpaceRetired: lambda _refusal: _("This space takes no new bookings. Please choose another one."),
    SpaceUnknown: lambda _refusal: _("This space is no longer there. Please choose another one."),
    TransitionRefused: lambda _refusal: _(
        "Somebody else has decided on this booking meanwhile. Here is how it stands now."
    ),
    OfEvent: lambda _refusal: " ".join(
        (_("This booking belongs to an event of the programme."), _("Time and space are changed there."))
    ),
    NothingToBlock: lambda _refusal: _("Please choose at least one space, or the whole house."),
    FeeClassUnknown: lambda _refusal: _("This fee class is no longer there. Please choose another one."),
    ItemUnknown: lambda _refusal: _("This piece of equipment is no longer there."),
    ItemRetired: lambda _refusal: _("This piece of equipment is out of use. Please take another one."),
    CountImpossible: lambda _refusal: _("Please enter how many pieces are needed."),
    StockExceeded: _short,
    NoticeTooShort: _notice,
    BookingTooLong: _too_long,
    OutsideSpaceHours: _outside,
    QuotaSpent: _quota,
}

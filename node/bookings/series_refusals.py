"""Why a series cannot be, in words that say what to do next. For series of events, too."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from node.bookings import refusals
from node.series.refusals import (
    DatesOverlap,
    NoDates,
    RuleEndless,
    RuleTooLong,
    RuleUnreadable,
    TooManyDates,
)
from shared.errors import Refusal
from shared.web.filters import short_date

_WORDS: dict[type[Refusal], Callable[[Any], str]] = {
    RuleEndless: lambda _refusal: _("Please say until when, or how many dates."),
    TooManyDates: lambda refusal: _(
        "At most %(most)s dates are possible at once. Please choose an earlier end; it can be extended later.",
        most=refusal.most,
    ),
    RuleTooLong: lambda refusal: _(
        "A series goes on for at most %(years)s years. Please choose an earlier end.", years=refusal.years
    ),
    NoDates: lambda _refusal: _("This rule gives no date at all. Please look at the days and the end again."),
    DatesOverlap: lambda refusal: _(
        "One date would not be over when the next one begins, on %(day)s. Please make them shorter or rarer.",
        day=short_date(refusal.day),
    ),
    RuleUnreadable: lambda refusal: _("The rule cannot be read: %(part)s.", part=refusal.part),
}


def in_words(refusal: Refusal) -> str:
    """Return what is wrong and what to do next."""
    said = _WORDS.get(type(refusal))
    return str(said(refusal)) if said else refusals.in_words(refusal)

"""Verdicts of the opening norm in words, on both sites: what a week lacks, and why."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from shared.records.norms import Cause, Measure, Reason, Shortfall, Verdict
from shared.web.filters import number, short_date
from shared.web.vocabulary import WEEKDAYS


def hours(minutes: int) -> str:
    """Return `9`, or `9,5` for hours that are not whole."""
    return number(round(minutes / 60, 2))


def in_words(shortfall: Shortfall) -> str:
    """Return `2 von 5 Tagen`, and the like, without the reasons."""
    reached, wanted = number(round(shortfall.reached, 2)), number(shortfall.wanted)
    if shortfall.measure == Measure.DAYS:
        return str(_("%(reached)s of %(wanted)s days", reached=reached, wanted=wanted))
    if shortfall.measure == Measure.HOURS:
        return str(_("%(reached)s of %(wanted)s hours", reached=reached, wanted=wanted))
    if shortfall.measure == Measure.CONSULTATION:
        if not shortfall.reached:
            return str(_("no consultation hours, expected are %(wanted)s", wanted=wanted))
        return str(_("%(reached)s of %(wanted)s consultation hours", reached=reached, wanted=wanted))
    return str(_("nothing at the weekend"))


def reasons_in_words(reasons: Iterable[Reason]) -> str:
    """Return the reasons, each once: what the days fall in first, then what closes or changes them."""
    listed = list(reasons)
    during = [reason.during for reason in listed]
    return ", ".join(dict.fromkeys(name for name in (*during, *map(_why, listed)) if name))


def explained(shortfall: Shortfall) -> str:
    """Return a shortfall with its reasons: `2 von 5 Tagen – Weihnachtsferien, Neujahr`."""
    why = reasons_in_words(shortfall.reasons)
    return f"{in_words(shortfall)} – {why}" if why else in_words(shortfall)


def told(verdict: Verdict) -> list[str]:
    """Return each shortfall of a week with its reasons."""
    return [explained(shortfall) for shortfall in verdict.shortfalls]


def is_ordinary(verdict: Verdict, nominal: Verdict) -> bool:
    """Whether a week lacks just what the ordinary one lacks, so that nothing more is to be said of it."""
    return bool(verdict.shortfalls) and verdict.shortfalls == nominal.shortfalls


def days_in_words(days: Sequence[int]) -> str:
    """Return the weekdays by name."""
    return ", ".join(str(WEEKDAYS[day]) for day in days)


def _why(reason: Reason) -> str:
    day = short_date(reason.day)
    if reason.cause == Cause.CHANGE:
        return reason.name or ("" if reason.during else str(_("other hours on %(day)s", day=day)))
    if reason.name:
        return reason.name
    return "" if reason.during else str(_("closed on %(day)s", day=day))

"""A series begun, cancelled, and its missing dates tried again, whatever its dates are made of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from node.series.days_off import expand_here
from node.series.editing import A_DAY, edit_begins
from node.series.keeper import Keeper
from node.series.models import Omission, SeriesColumns
from node.series.omissions import find_omission, forget_omissions, note_left_out, note_refusal, omissions_of
from node.series.steps import Place, Step, Written, plan
from shared.errors import Refusal


class OccurrenceUnknown(Refusal):
    """The series has no date of this day that could be tried again."""


@dataclass(frozen=True)
class Line:
    """One date of a series as its page shows it: what is there, or why nothing is."""

    day: date
    written: Written | None
    omission: Omission | None


def first_steps(session: Session, draft: SeriesColumns, *, language: str = "de") -> list[Step]:
    """Return the steps of a new series; raise what `expand` refuses."""
    return plan(expand_here(session, draft.pattern, draft.skips, language=language), draft.space_id)


def cancel_coming(keeper: Keeper, series: Any, from_day: date | None, reason: str, *, also_own: bool) -> int:
    """Cancel the dates from `from_day` on (None: all that have not begun); return how many."""
    begins, cancelled = edit_begins(series, from_day, keeper.now), 0
    for each in keeper.written(series):
        reached = from_day is None or each.day >= begins
        if each.stands and not each.begun and reached and (also_own or not each.own):
            keeper.cancel(each, reason)
            cancelled += 1
    forget_omissions(keeper.session, series.id, begins)
    series.pattern = series.pattern.until(max(begins - A_DAY, series.first_day))
    series.cancelled_at, series.cancel_reason = keeper.now, reason
    return cancelled


def try_again(keeper: Keeper, series: Any, day: date, place: Place | None = None) -> Refusal | None:
    """Make a date that is missing, at `place` or as planned; return what is still against it.

    Raises OccurrenceUnknown if nothing is missing on that day.
    """
    omission = _missing(keeper, series, day)
    try:
        keeper.make(series, day, place or planned(series, day))
    except Refusal as refusal:
        note_refusal(keeper.session, series.id, day, refusal, now=keeper.now, by=keeper.by)
        return refusal
    keeper.session.delete(omission)
    return None


def leave_out(keeper: Keeper, series: Any, day: date) -> None:
    """Let a missing date be left out by wish, so that nobody waits for it. Raises OccurrenceUnknown."""
    _missing(keeper, series, day)
    note_left_out(keeper.session, series.id, day, None, now=keeper.now, by=keeper.by)


def planned(series: SeriesColumns, day: date) -> Place:
    """Return where a date of the series was meant to be."""
    return Place(series.space_id, series.pattern.slot_on(day))


def dates_of(keeper: Keeper, series: Any) -> list[Line]:
    """Return every date of a series, those that are missing among them, in order."""
    lines = [Line(each.day, each, None) for each in keeper.written(series)]
    there = {line.day for line in lines}
    omitted = [each for each in omissions_of(keeper.session, series.id) if each.occurrence_on not in there]
    lines += [Line(each.occurrence_on, None, each) for each in omitted]
    return sorted(lines, key=lambda line: line.day)


def _missing(keeper: Keeper, series: Any, day: date) -> Omission:
    omission = find_omission(keeper.session, series.id, day)
    if omission is None:
        raise OccurrenceUnknown
    return omission

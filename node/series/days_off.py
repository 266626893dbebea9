"""The dates of a series in this house: its rule, and the holidays that it leaves out."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from node.holidays import service as holidays
from node.series.recurrence import DayOff, Occurrence, Pattern, Reason, expand
from shared.records.holidays import HolidayKind, days_of

REASONS = {
    HolidayKind.PUBLIC: Reason.PUBLIC_HOLIDAY,
    HolidayKind.SCHOOL: Reason.SCHOOL_HOLIDAYS,
    HolidayKind.SPECIAL: Reason.SPECIAL_DAY,
    HolidayKind.HOUSE: Reason.SPECIAL_DAY,
}


def expand_here(
    session: Session, pattern: Pattern, skips: Collection[str], *, language: str = "de"
) -> list[Occurrence]:
    """Return all dates of a series that `skips` these kinds of holidays; raise what `expand` raises."""
    found = expand(pattern)
    if not skips:
        return found
    return expand(pattern, days_off(session, found[0].day, found[-1].day, skips, language))


def days_off(
    session: Session, first: date, last: date, skips: Collection[str], language: str = "de"
) -> dict[date, DayOff]:
    """Return the days of [first, last] that are holidays of these kinds, each with its name.

    A public holiday within the school holidays is told as the public holiday.
    """
    found: dict[date, DayOff] = {}
    for holiday in holidays.holidays_between(session, first, last, set(skips), language=language):
        for day in days_of(holiday):
            if day not in found or holiday.kind == HolidayKind.PUBLIC:
                found[day] = DayOff(REASONS[holiday.kind], holiday.name)
    return found

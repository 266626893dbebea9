"""Which dates a rule gives, each with its slot or the reason why it does not take place.

Without clock and database. A series is told in the wall time of its zone and stays there:
18:00 is 18:00 in summer and winter, 20:00 to 02:00 ends at 02:00 also in the night in which
the clocks change.
Rule: nothing is left out in silence. A month without the 31st or without a fifth Monday, a
year without 29 February, a holiday, a day that was left out: each is an `Occurrence` with
its reason and a slot that could be taken `instead`.
Rule: a time that does not exist in the spring gap moves on by the gap (02:30 becomes 03:30),
one that exists twice in autumn is the first of the two: RFC 5545, 3.3.5. Both are marked.
Rule: `count` counts dates that exist, as in RFC 5545; holidays among them count, too.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count as counting
from typing import NamedTuple
from zoneinfo import ZoneInfo

from node.series.refusals import DatesOverlap, NoDates, RuleEndless, RuleTooLong, TooManyDates
from node.series.rule import Frequency, Rule, Weekday
from shared.records.bookings import Slot
from shared.time import at_local

DATES_MAX = 260  # a year of working days; one transaction writes them all, and more is a typing error
YEARS_MAX = 10  # nobody promises a room for longer


class Reason(StrEnum):
    """Why a date of a rule does not take place."""

    NO_SUCH_DAY = "no_such_day"  # the 31st of a short month, 29 February
    NO_SUCH_WEEKDAY = "no_such_weekday"  # a fifth Monday that the month does not have
    PUBLIC_HOLIDAY = "public_holiday"
    SCHOOL_HOLIDAYS = "school_holidays"
    SPECIAL_DAY = "special_day"  # of the city or the house, or the house is closed
    LEFT_OUT = "left_out"  # by somebody's wish


class Shift(StrEnum):
    """What the change of the clocks does to a date."""

    GAP = "gap"  # its wall time does not exist that day: it begins, or ends, an hour later by the clock
    FOLD = "fold"  # its wall time exists twice that day: the first is meant


class DayOff(NamedTuple):
    """A day on which a series does not take place; `name` is that of the holiday."""

    reason: Reason
    name: str = ""


@dataclass(frozen=True)
class Occurrence:
    """One date of a series, known by its `day`. With a reason it does not take place: `slot` is None.

    `instead` is what could be done all the same: the day itself for holidays, the nearest
    day for a day that does not exist (then it is that day by which the date is known).
    """

    day: date
    slot: Slot | None
    reason: Reason | None = None
    name: str = ""
    instead: Slot | None = None
    shift: Shift | None = None


@dataclass(frozen=True)
class Pattern:
    """A rule with its first date, from `starts` to `ends` by the clocks of `zone` (naive wall times)."""

    rule: Rule
    starts: datetime
    ends: datetime
    zone: ZoneInfo

    def slot_on(self, day: date) -> Slot:
        """Return the slot of a date: the same wall times, moved out of a gap of the clocks.

        If the move leaves nothing of it (02:00 to 03:00 in the spring night) it keeps its length.
        """
        starts = at_local(day, self.starts.time(), self.zone)
        end = datetime.combine(day, self.starts.time()) + (self.ends - self.starts)
        ends = at_local(end.date(), end.time(), self.zone)
        return Slot(starts, ends if starts < ends else starts + (self.ends - self.starts))

    def until(self, last: date) -> "Pattern":
        """Return the same with `last` as its last day."""
        return replace(self, rule=replace(self.rule, count=None, until=last))

    def beginning(self, day: date) -> "Pattern":
        """Return the same with `day` as the first possible day, at the same wall times."""
        starts = datetime.combine(day, self.starts.time())
        return replace(self, starts=starts, ends=starts + (self.ends - self.starts))

    def settled(self) -> "Pattern":
        """Return the same beginning on its first real date, with weekday and day said in the rule.

        What a rule leaves to its first date would otherwise change when a series is cut in two.
        """
        first = self.starts.date()
        day = next((day for day, missing in days_of(self.rule, first) if missing is None), first)
        return replace(self.beginning(day), rule=self.rule.explicit(first))

    def text(self) -> str:
        """Return what a calendar understands: DTSTART, DTEND, RRULE, EXDATE and RDATE (RFC 5545)."""
        zone, wall = self.zone.key, self.starts.time()
        lines = [f"DTSTART;TZID={zone}:{self.starts:%Y%m%dT%H%M%S}", f"DTEND;TZID={zone}:{self.ends:%Y%m%dT%H%M%S}"]
        lines.append(self.rule.line(self.zone))
        for name, days in (("EXDATE", self.rule.left_out), ("RDATE", self.rule.added)):
            moments = ",".join(f"{datetime.combine(day, wall):%Y%m%dT%H%M%S}" for day in sorted(days))
            lines += [f"{name};TZID={zone}:{moments}"] if days else []
        return "\n".join(lines)


def expand(pattern: Pattern, days_off: Mapping[date, DayOff] | None = None) -> list[Occurrence]:
    """Return all dates in order, those that fail among them.

    `days_off` are the holidays on which this series does not take place, however long they
    are: the day on which a date begins decides. Raises RuleEndless, TooManyDates,
    RuleTooLong, NoDates, DatesOverlap.
    """
    if pattern.rule.until is None and pattern.rule.count is None:
        raise RuleEndless
    off = dict(days_off or {}) | dict.fromkeys(pattern.rule.left_out, DayOff(Reason.LEFT_OUT))
    found = [_occurrence(pattern, day, off.get(day), missing) for day, missing in _all_days(pattern)]
    if not any(each.reason in (None, *_CHOSEN) for each in found):
        raise NoDates
    _refuse_overlap(found)
    return found


def days_of(rule: Rule, first: date) -> Iterator[tuple[date, Reason | None]]:
    """Yield each day that the rule gives from `first` on, in order, until it ends or YEARS_MAX are over.

    A day that a month or year lacks comes with its reason, at the day that is nearest to it.
    """
    horizon = date(first.year + YEARS_MAX, first.month, min(first.day, 28))
    left = rule.count if rule.count is not None else -1
    for begins, period in _periods(rule, first):
        for day, missing in sorted(period.items()):
            if day < first:
                continue
            if left == 0 or (rule.until is not None and day > rule.until):
                return
            if day > horizon:
                raise RuleTooLong(YEARS_MAX)
            left -= missing is None
            yield day, missing
        if left == 0 or (rule.until is not None and begins > rule.until):
            return
        if begins > horizon:
            raise RuleTooLong(YEARS_MAX)


_CHOSEN = (
    Reason.PUBLIC_HOLIDAY,
    Reason.SCHOOL_HOLIDAYS,
    Reason.SPECIAL_DAY,
    Reason.LEFT_OUT,
)  # days that exist and are not wanted


def _all_days(pattern: Pattern) -> list[tuple[date, Reason | None]]:
    """Return the days of the rule with those added to it; raise TooManyDates, RuleTooLong."""
    found: dict[date, Reason | None] = {}
    for day, missing in days_of(pattern.rule, pattern.starts.date()):
        found[day] = missing
        if len(found) > DATES_MAX:
            raise TooManyDates(DATES_MAX)
    found |= dict.fromkeys(pattern.rule.added)
    if len(found) > DATES_MAX:
        raise TooManyDates(DATES_MAX)
    return sorted(found.items())


def _occurrence(pattern: Pattern, day: date, off: DayOff | None, missing: Reason | None) -> Occurrence:
    slot = pattern.slot_on(day)
    shift = _shift(pattern, day)
    if off is not None and not (missing and off.reason != Reason.LEFT_OUT):
        return Occurrence(day, None, off.reason, off.name, slot, shift)
    if missing is not None:
        return Occurrence(day, None, missing, "", slot, shift)
    return Occurrence(day, slot, shift=shift)


def _shift(pattern: Pattern, day: date) -> Shift | None:
    starts = datetime.combine(day, pattern.starts.time())
    for wall in (starts, starts + (pattern.ends - pattern.starts)):
        first, second = (wall.replace(tzinfo=pattern.zone, fold=fold).utcoffset() for fold in (0, 1))
        if first is not None and second is not None and first != second:
            return Shift.GAP if first < second else Shift.FOLD
    return None


def _refuse_overlap(found: Iterable[Occurrence]) -> None:
    before: Slot | None = None
    for each in found:
        if each.slot is not None:
            if before is not None and each.slot.starts_at < before.ends_at:
                raise DatesOverlap(each.day)
            before = each.slot


def _periods(rule: Rule, first: date) -> Iterator[tuple[date, dict[date, Reason | None]]]:
    """Yield each day, week, month or year of the rule: when it begins, and which of its days are named."""
    if rule.frequency == Frequency.DAILY:
        for number in counting(0, rule.interval):
            day = first + timedelta(days=number)
            yield day, {day: None} if _is_one_of(day, rule.weekdays) else {}
    if rule.frequency == Frequency.WEEKLY:
        wanted = {each.weekday for each in rule.weekdays} or {first.weekday()}
        for number in counting(0, rule.interval):
            monday = first - timedelta(days=first.weekday()) + timedelta(weeks=number)
            yield monday, {monday + timedelta(days=weekday): None for weekday in wanted}
    if rule.frequency == Frequency.MONTHLY:
        for number in counting(first.month - 1, rule.interval):
            year, month = first.year + number // 12, number % 12 + 1
            yield date(year, month, 1), _of_month(rule, first, year, month)
    for year in counting(first.year, rule.interval):
        days: dict[date, Reason | None] = {}
        for month in rule.months or (first.month,):
            days |= _of_month(rule, first, year, month)
        yield date(year, 1, 1), days


def _is_one_of(day: date, weekdays: Iterable[Weekday]) -> bool:
    wanted = {each.weekday for each in weekdays}
    return not wanted or day.weekday() in wanted


def _of_month(rule: Rule, first: date, year: int, month: int) -> dict[date, Reason | None]:
    """Return the days of one month; a day that is missing does not hide one that is there."""
    length = monthrange(year, month)[1]
    found: dict[date, Reason | None] = {}
    for weekday, position in rule.weekdays:
        for day, missing in _weekdays_of(year, month, weekday, position):
            _note(found, date(year, month, day), missing)
    if not rule.weekdays:
        for wanted in rule.month_days or (first.day,):
            number = wanted if wanted > 0 else length + 1 + wanted
            exists = 1 <= number <= length
            _note(found, date(year, month, min(max(number, 1), length)), None if exists else Reason.NO_SUCH_DAY)
    return found


def _weekdays_of(year: int, month: int, weekday: int, position: int) -> list[tuple[int, Reason | None]]:
    """Return the days of a month that are the wanted weekday; the outermost if the month has too few."""
    first, length = monthrange(year, month)
    days = list(range(1 + (weekday - first) % 7, length + 1, 7))
    if position == 0:
        return [(day, None) for day in days]
    place = position - 1 if position > 0 else len(days) + position
    if 0 <= place < len(days):
        return [(days[place], None)]
    return [(days[-1] if position > 0 else days[0], Reason.NO_SUCH_WEEKDAY)]


def _note(found: dict[date, Reason | None], day: date, missing: Reason | None) -> None:
    if missing is None or day not in found:
        found[day] = missing

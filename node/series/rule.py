"""What a repetition says: a rule as in RFC 5545, without clock, zone or database.

Rule: a date of a series is known by its day, since none of these rules has two dates on one
day; a series that moves to another hour keeps its dates.
Limit: DAILY, WEEKLY, MONTHLY and YEARLY with INTERVAL, BYDAY (with a position in months),
BYMONTHDAY (from the end too), BYMONTH (of years), COUNT or UNTIL, EXDATE and RDATE. Weeks
begin on Monday. What else RFC 5545 knows is refused by name and never half understood.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from node.series.refusals import RuleUnreadable

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
INTERVAL_MAX = 99
POSITION_MAX = 5  # a month has at most five of a weekday
LAST_MOMENT = time(23, 59, 59)
COUNT_MAX = 9999  # how many dates one may have is said in `recurrence`
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
Kind = TypeVar("Kind")


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Weekday(NamedTuple):
    """A weekday (0 is Monday); `position` 2 is the second of the month, -1 the last, 0 each one."""

    weekday: int
    position: int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A repetition. What is not said (which weekday, which day of the month) is as on the first date.

    `until` is the last day, included. `left_out` are days that the rule gives and that do not
    take place (EXDATE), `added` days that it does not give (RDATE); `count` counts neither
    of them off: like RFC 5545, it counts what the rule itself gives.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    left_out: frozenset[date] = frozenset()
    added: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        _refuse_nonsense(self)

    def explicit(self, first: date) -> "Rule":
        """Return the same rule with everything said that it would take from its first date."""
        if self.frequency == Frequency.DAILY or self.weekdays:
            return self
        if self.frequency == Frequency.WEEKLY:
            return replace(self, weekdays=(Weekday(first.weekday()),))
        months = self.months or ((first.month,) if self.frequency == Frequency.YEARLY else ())
        return replace(self, months=months, month_days=self.month_days or (first.day,))

    def line(self, zone: ZoneInfo | None = None) -> str:
        """Return the RRULE alone.

        UNTIL is local beside a local DTSTART; with `zone` it is in UTC, as RFC 5545 wants it
        beside a DTSTART that names its zone.
        """
        parts = [f"FREQ={self.frequency}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += [f"BYMONTH={_joined(self.months)}"] if self.months else []
        parts += [f"BYMONTHDAY={_joined(self.month_days)}"] if self.month_days else []
        parts += [f"BYDAY={_joined(_by_day(each) for each in self.weekdays)}"] if self.weekdays else []
        parts += [f"COUNT={self.count}"] if self.count is not None else []
        if self.until is not None:
            last = datetime.combine(self.until, LAST_MOMENT)
            utc = last.replace(tzinfo=zone).astimezone(UTC) if zone else last
            parts += [f"UNTIL={utc:%Y%m%dT%H%M%S}{'Z' if zone else ''}"]
        return "RRULE:" + ";".join(parts)

    def text(self) -> str:
        """Return the rule as `read` understands it: RRULE, and EXDATE and RDATE if there are any."""
        lines = [self.line()]
        for name, days in (("EXDATE", self.left_out), ("RDATE", self.added)):
            lines += [f"{name};VALUE=DATE:{_joined(f'{day:%Y%m%d}' for day in sorted(days))}"] if days else []
        return "\n".join(lines)


def read(text: str, zone: ZoneInfo | None = None) -> Rule:
    """Return the rule that `text` says: with or without `RRULE:`, with EXDATE and RDATE on lines of their own.

    An UNTIL in UTC is the day that `zone` shows then. Raises RuleUnreadable.
    """
    said: dict[str, frozenset[date]] = {"EXDATE": frozenset(), "RDATE": frozenset()}
    found: list[str] = []
    for line in text.split():
        name, _colon, value = line.rpartition(":")
        head = name.partition(";")[0].upper()
        if head in said:
            said[head] |= {_day(each) for each in value.split(",")}
        elif head in ("", "RRULE"):
            found.append(value)
        else:
            raise RuleUnreadable(head)
    if len(found) != 1:
        raise RuleUnreadable("RRULE")
    return _of_parts(_parts(found[0]), said["EXDATE"], said["RDATE"], zone)


def _of_parts(said: dict[str, str], left_out: frozenset[date], added: frozenset[date], zone: ZoneInfo | None) -> Rule:
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL", "WKST"}
    for name in said:
        if name not in known:
            raise RuleUnreadable(name)
    if said.get("FREQ") not in set(Frequency):
        raise RuleUnreadable("FREQ")
    if said.get("WKST", "MO") != "MO":
        raise RuleUnreadable("WKST")
    return Rule(
        frequency=Frequency(said["FREQ"]),
        interval=_whole("INTERVAL", said.get("INTERVAL", "1")),
        weekdays=tuple(_weekday(each) for each in _list(said.get("BYDAY"))),
        month_days=tuple(_whole("BYMONTHDAY", each) for each in _list(said.get("BYMONTHDAY"))),
        months=tuple(_whole("BYMONTH", each) for each in _list(said.get("BYMONTH"))),
        count=_whole("COUNT", said["COUNT"]) if "COUNT" in said else None,
        until=_until(said["UNTIL"], zone) if "UNTIL" in said else None,
        left_out=left_out,
        added=added,
    )


def _refuse_nonsense(rule: Rule) -> None:
    """Raise RuleUnreadable with the name of what is impossible or beyond the house's rules."""
    positions = [each.position for each in rule.weekdays]
    in_months = rule.frequency == Frequency.MONTHLY or bool(rule.months)
    checks = {
        "INTERVAL": 1 <= rule.interval <= INTERVAL_MAX,
        "COUNT": rule.count is None or (1 <= rule.count <= COUNT_MAX and rule.until is None),
        "BYMONTH": all(1 <= month <= 12 for month in rule.months)
        and (not rule.months or rule.frequency == Frequency.YEARLY),
        "BYMONTHDAY": all(1 <= abs(day) <= 31 for day in rule.month_days)
        and (not rule.month_days or (in_months and not rule.weekdays)),
        "BYDAY": all(0 <= day.weekday <= 6 and abs(day.position) <= POSITION_MAX for day in rule.weekdays)
        and (in_months or not any(positions))
        and (not rule.weekdays or in_months or rule.frequency in (Frequency.DAILY, Frequency.WEEKLY)),
    }
    for name, possible in checks.items():
        if not possible:
            raise RuleUnreadable(name)


def _parts(text: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for part in text.upper().rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in said:
            raise RuleUnreadable(name)
        said[name] = value
    return said


def _list(text: str | None) -> Iterator[str]:
    yield from dict.fromkeys(text.split(",")) if text else ()


def _weekday(text: str) -> Weekday:
    found = _BY_DAY.fullmatch(text)
    if found is None or (found[1] and int(found[1]) == 0):
        raise RuleUnreadable("BYDAY")
    return Weekday(WEEKDAYS.index(found[2]), int(found[1] or 0))


def _by_day(each: Weekday) -> str:
    return f"{each.position or ''}{WEEKDAYS[each.weekday]}"


def _whole(name: str, text: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,4}", text) is None:
        raise RuleUnreadable(name)
    return int(text)


def _until(text: str, zone: ZoneInfo | None) -> date:
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise RuleUnreadable("UNTIL")
    try:
        if found[3] and zone is not None:
            return (
                datetime.strptime(f"{found[1]}{found[2]}", "%Y%m%d%H%M%S").replace(tzinfo=UTC).astimezone(zone).date()
            )
    except ValueError as error:
        raise RuleUnreadable("UNTIL") from error
    return _day(found[1], "UNTIL")


def _day(text: str, name: str = "EXDATE") -> date:
    """Return the day of `20270101`, also of `20270101T180000`: the hour is that of the series."""
    found = _DAY.match(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else _no_day(name)
    except ValueError as error:
        raise RuleUnreadable(name) from error


def _no_day(name: str) -> date:
    raise RuleUnreadable(name)


def _joined(parts: Iterable[object]) -> str:
    return ",".join(str(part) for part in parts)

"""A time zone as iCalendar writes it: every change of the clocks in some years, one by one.

The rules behind the changes are not in `zoneinfo`, and the changes themselves are all that a
calendar of those years needs. Right for every zone, those without summer time too.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_STEP = timedelta(days=7)  # no zone changes its clocks there and back within a week
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def timezone_lines(zone: ZoneInfo, first_year: int, last_year: int) -> Sequence[str]:
    """Return the VTIMEZONE of `zone`, right from the beginning of the first year to the end of the last."""
    begins = datetime(first_year - 1, 12, 1, tzinfo=UTC)
    ends = datetime(last_year + 1, 1, 31, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}"]
    before = begins.astimezone(zone)
    lines += _observance(before, before)
    for change in _changes(zone, begins, ends):
        lines += _observance((change - _SECOND).astimezone(zone), change.astimezone(zone))
    return (*lines, "END:VTIMEZONE")


def _changes(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Return the instants in [begins, ends) from which the clocks show something else."""
    at = begins
    while at < ends:
        if (at + _STEP).astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            yield _change_between(zone, at, at + _STEP)
        at += _STEP


def _change_between(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """Return the first instant at which the clocks show what they show at `late`."""
    shown = late.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == shown:
            late = middle
        else:
            early = middle
    return late


def _observance(before: datetime, after: datetime) -> list[str]:
    """Return one stretch of the same time; it begins at what the clocks showed before the change."""
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    onset = after.astimezone(UTC) + (before.utcoffset() or timedelta())
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{before:%z}",
        f"TZOFFSETTO:{after:%z}",
        f"TZNAME:{after:%Z}",
        f"END:{kind}",
    ]

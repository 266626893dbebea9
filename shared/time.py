"""Instants, wall times and the clock.

Instants are aware datetimes in UTC with whole seconds. Wall times are local and carry
their zone beside them. Only edges call `now()`; rules and the engine get it passed.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

YEARS = (1900, 2199)
WIRE_INSTANT = re.compile(r"(?:19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_BORN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7")  # an id of version 7: milliseconds, then the version
_BORN_BEFORE_S = datetime(YEARS[1] + 1, 1, 1, tzinfo=UTC).timestamp()


def now() -> datetime:
    """Return the present instant in UTC, whole seconds. For edges only."""
    return datetime.now(UTC).replace(microsecond=0)


def to_wire(instant: datetime) -> str:
    """Return an aware instant as `2026-11-23T09:00:00Z`, the form on the wire and in SQLite.

    Raises ValueError without a time zone, and for years that no house can mean: near the
    ends of the calendar a later step into local time would overflow.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    text = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if WIRE_INSTANT.fullmatch(text) is None:
        raise ValueError(f"the year of {text} is not between {YEARS[0]} and {YEARS[1]}")
    return text


def from_wire(text: str) -> datetime:
    """Return the instant that `to_wire` wrote; raise ValueError on any other form."""
    if WIRE_INSTANT.fullmatch(text) is None:
        raise ValueError(f"not an instant in UTC between {YEARS[0]} and {YEARS[1]}")
    return datetime.fromisoformat(text)  # a tenth of what strptime takes


def at_local(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clocks of `zone` show `wall` on `day`.

    In the spring gap the time after the gap is meant (02:30 becomes 03:30); in the
    autumn fold the first of the two. Both are what `zoneinfo` does with fold=0.
    """
    return datetime.combine(day, wall, zone).astimezone(UTC)


def local_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the half-open interval [start, end) in UTC that `day` covers in `zone`."""
    return at_local(day, time(), zone), at_local(day + timedelta(days=1), time(), zone)


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of that name, None for one that this system does not have (`Europe` is a folder)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def born_at(record_id: str) -> datetime | None:
    """Return when a record was made, as its id tells (UUID version 7).

    None for an id that does not, and for a year that no house can mean: ids come from outside.
    """
    if _BORN.match(record_id) is None:
        return None
    seconds = int(record_id[:8] + record_id[9:13], 16) // 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds < _BORN_BEFORE_S else None

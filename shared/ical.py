"""iCalendar (RFC 5545) out: one VEVENT for each event, written by hand.

The icalendar package takes ten times as long for a feed of thousands; the tests read with
it what is written here. With a zone, times are wall times beside a VTIMEZONE (what was planned
for ten o'clock stays at ten should the law on summer time change); without one they are in UTC.
Rule: nothing here may depend on when it is asked, so that an unchanged feed stays the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shared.ical_zones import timezone_lines

LINE_OCTETS_MAX = 75  # RFC 5545, 3.1; the line break does not count
PRODUCT = "-//Stadtherz//Veranstaltungskalender//DE"
MEDIA_TYPE = "text/calendar; charset=utf-8"
_ESCAPES = str.maketrans(
    {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"} | {chr(c): None for c in range(32) if c != 10}
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event as a calendar entry. `uid` never changes; `sequence` rises with each change that matters.

    `group` joins entries of their own that belong together (REFID of RFC 9253). An entry with
    `further_starts` is a whole series under one uid; where one of its dates differs, another entry of the
    same uid says so, with the planned start of that date as `instead_of` (RECURRENCE-ID).
    """

    uid: str
    sequence: int
    updated_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    cancelled: bool
    description: str = ""
    location: str = ""
    category: str = ""
    url: str = ""
    position: tuple[float, float] | None = None
    group: str = ""
    further_starts: Sequence[datetime] = ()
    instead_of: datetime | None = None


def calendar(name: str, entries: Iterable[Entry], zone: ZoneInfo | None = None) -> bytes:
    """Return a VCALENDAR called `name`, its times in `zone` (None: in UTC)."""
    listed = list(entries)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    if zone is not None:
        lines.append(f"X-WR-TIMEZONE:{zone.key}")
        lines += _zone_lines(zone, listed)
    for entry in listed:
        lines += _lines(entry, zone)
    lines.append("END:VCALENDAR")
    return ("\r\n".join(folded(line) for line in lines) + "\r\n").encode()


def escaped(text: str) -> str:
    """Return `text` as an iCalendar TEXT value; control characters are dropped."""
    return text.replace("\r\n", "\n").translate(_ESCAPES)


def folded(line: str) -> str:
    """Return `line` in pieces of at most 75 octets, never cutting through a character."""
    if len(line) * 4 <= LINE_OCTETS_MAX:
        return line
    octets = line.encode()
    if len(octets) <= LINE_OCTETS_MAX:
        return line
    pieces = []
    begins, room = 0, LINE_OCTETS_MAX
    while len(octets) - begins > room:
        ends = begins + room
        while octets[ends] & 0xC0 == 0x80:  # within a character
            ends -= 1
        pieces.append(octets[begins:ends])
        begins, room = ends, LINE_OCTETS_MAX - 1  # the space that marks a continuation
    return b"\r\n ".join([*pieces, octets[begins:]]).decode()


def _zone_lines(zone: ZoneInfo, entries: Sequence[Entry]) -> Sequence[str]:
    """Return the VTIMEZONE for the years that the entries touch."""
    first = min((entry.starts_at for entry in entries), default=None)
    if first is None:
        return ()
    last = max(at for entry in entries for at in (entry.ends_at, *entry.further_starts))
    return timezone_lines(zone, first.year, last.year)


def _lines(entry: Entry, zone: ZoneInfo | None) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_instant(entry.updated_at)}",
        f"LAST-MODIFIED:{_instant(entry.updated_at)}",
        f"DTSTART{_time(entry.starts_at, zone)}",
        f"DTEND{_time(entry.ends_at, zone)}",
        f"SUMMARY:{escaped(entry.title)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",  # knowing of it does not make anybody busy
    ]
    if entry.instead_of:
        lines.append(f"RECURRENCE-ID{_time(entry.instead_of, zone)}")
    lines += [f"RDATE{_time(start, zone)}" for start in entry.further_starts]
    if entry.group:
        lines.append(f"REFID:{escaped(entry.group)}")
    if entry.description:
        lines.append(f"DESCRIPTION:{escaped(entry.description)}")
    if entry.location:
        lines.append(f"LOCATION:{escaped(entry.location)}")
    if entry.category:
        lines.append(f"CATEGORIES:{escaped(entry.category)}")
    if entry.position:
        lines.append(f"GEO:{entry.position[0]:.6f};{entry.position[1]:.6f}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    lines.append("END:VEVENT")
    return lines


def _time(instant: datetime, zone: ZoneInfo | None) -> str:
    """Return what follows the name of a property: parameters, colon, value.

    The hour that an autumn night has twice is written in UTC the second time: RFC 5545 reads a wall time as the first.
    """
    if zone is None:
        return f":{_instant(instant)}"
    local = instant.astimezone(zone)
    if local.fold:
        return f":{_instant(instant.astimezone(UTC))}"
    return f";TZID={zone.key}:{local:%Y%m%dT%H%M%S}"


def _instant(instant: datetime) -> str:
    return instant.strftime("%Y%m%dT%H%M%SZ")

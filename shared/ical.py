"""iCalendar (RFC 5545) out: one VEVENT for each event, written by hand.

The icalendar package takes ten times as long for a feed of thousands; the tests read with
it what is written here. Instants are in UTC, which every calendar turns into its own time.
Rule: nothing here may depend on when it is asked, so that an unchanged feed stays the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

LINE_OCTETS_MAX = 75  # RFC 5545, 3.1; the line break does not count
PRODUCT = "-//Stadtherz//Veranstaltungskalender//DE"
MEDIA_TYPE = "text/calendar; charset=utf-8"
_ESCAPES = str.maketrans(
    {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"} | {chr(c): None for c in range(32) if c != 10}
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event as a calendar entry. `uid` never changes; `sequence` rises with each change that matters."""

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


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """Return a VCALENDAR called `name`."""
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
    for entry in entries:
        lines += _lines(entry)
    lines.append("END:VCALENDAR")
    return ("\r\n".join(folded(line) for line in lines) + "\r\n").encode()


def escaped(text: str) -> str:
    """Return `text` as an iCalendar TEXT value; control characters are dropped."""
    return text.replace("\r\n", "\n").translate(_ESCAPES)


def folded(line: str) -> str:
    """Return `line` in pieces of at most 75 octets, never cutting through a character."""
    if len(line) * 4 <= LINE_OCTETS_MAX or len(line.encode()) <= LINE_OCTETS_MAX:
        return line
    pieces: list[str] = []
    piece: list[str] = []
    octets = 0
    for character in line:
        size = len(character.encode())
        if octets + size > LINE_OCTETS_MAX:
            pieces.append("".join(piece))
            piece, octets = [], 1  # the space that marks a continuation
        piece.append(character)
        octets += size
    return "\r\n ".join([*pieces, "".join(piece)])


def _lines(entry: Entry) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_instant(entry.updated_at)}",
        f"LAST-MODIFIED:{_instant(entry.updated_at)}",
        f"DTSTART:{_instant(entry.starts_at)}",
        f"DTEND:{_instant(entry.ends_at)}",
        f"SUMMARY:{escaped(entry.title)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",  # knowing of it does not make anybody busy
    ]
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


def _instant(instant: datetime) -> str:
    return instant.strftime("%Y%m%dT%H%M%SZ")

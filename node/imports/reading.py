"""A calendar file becomes dated entries: recurrences spread out, zones resolved, alarms ignored.

Rule: one broken entry and the whole file is refused, with every entry and line that is
broken. Nobody can tell later what of a half-read calendar was missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from node.imports.lines import Block, CalendarBroken, FileTooLarge, Problem, find_blocks, read_text
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.time import at_local, to_wire

OCCURRENCES_MAX = 2_000
TIMES_A_DAY_MAX = 24
INTERVAL_MAX = 1_000
YEAR_MIN = 1970  # earlier starts of a series are mistakes, and slow to walk through
UID_LENGTH_MAX = 500
LENGTH_WITHOUT_END = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One date of a calendar. `recurrence_id` is None for a date that stands alone.

    A series names each date by its original start (RFC 5545), so a moved one is found again.
    `series_sequence` is that of the series or the single entry, `sequence` that of the date's own
    exception, None if it has none: the two count apart.
    """

    uid: str
    recurrence_id: str | None
    line: int
    series_sequence: int
    sequence: int | None
    title: str
    description: str
    place: str
    url: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    private: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a file holds between `since` and `until`.

    `outside` are entries, by title and line, without any date in that time. `uids` are all
    that the file speaks about.
    """

    since: datetime
    until: datetime
    entries: tuple[Entry, ...]
    outside: tuple[Problem, ...]
    uids: frozenset[str]


@dataclass(frozen=True)
class _Series:
    """The VEVENTs of one UID and the lines they were read from."""

    uid: str
    parts: tuple[tuple[Block, Any], ...]

    @property
    def repeats(self) -> bool:
        return any(name in event for _, event in self.parts for name in ("RRULE", "RDATE", "RECURRENCE-ID"))

    @property
    def block(self) -> Block:
        return self.parts[0][0]

    @property
    def main(self) -> Any:
        """The VEVENT of the series itself; the first one where a file has nothing but exceptions."""
        return next((event for _, event in self.parts if "RECURRENCE-ID" not in event), self.parts[0][1])

    def exception(self, recurrence_id: str | None, zone: ZoneInfo) -> Any:
        """Return the VEVENT that speaks about this date alone, None if there is none."""
        return next((event for _, event in self.parts if _names(event, recurrence_id, zone)), None)


def read_calendar(content: bytes, zone: ZoneInfo, since: datetime, until: datetime) -> Reading:
    """Return the dates in [since, until) of the calendar in `content`.

    Floating times are those of `zone`, the house's own. Raises CalendarBroken, with all
    entries and lines that are, and FileTooLarge.
    """
    text = read_text(content)
    blocks = find_blocks(text)
    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
    except ValueError as error:
        raise CalendarBroken([Problem(0, "", "not_a_calendar", str(error)[:120])]) from error
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    pairs = list(zip(blocks, events, strict=True))
    problems = [problem for block, event in pairs for problem in _problems_of(block, event)]
    if problems:
        raise CalendarBroken(problems)
    zone_name = next((str(c["X-WR-TIMEZONE"]) for c in calendars if "X-WR-TIMEZONE" in c), None)
    return _spread(_by_uid(pairs), zone, zone_name, since, until)


def _by_uid(pairs: Iterable[tuple[Block, Any]]) -> list[_Series]:
    found: dict[str, list[tuple[Block, Any]]] = defaultdict(list)
    for block, event in pairs:
        found[str(event["UID"])].append((block, event))
    return [_Series(uid, tuple(parts)) for uid, parts in found.items()]


def _problems_of(block: Block, event: Any) -> list[Problem]:
    title = block.text_of("SUMMARY")
    found = [
        Problem(block.line_of(name), title, "unreadable_value", f"{name}: {block.text_of(name)[:60]}")
        for name, _ in event.errors
    ]
    if not str(event.get("UID", "")).strip() or len(str(event["UID"])) > UID_LENGTH_MAX:
        found.append(Problem(block.line_of("UID"), title, "no_uid"))
    if "DTSTART" not in event:
        found.append(Problem(block.first_line, title, "no_start"))
    if found:
        return found
    return [Problem(line, title, reason) for line, reason in _doubts(block, event)]


def _doubts(block: Block, event: Any) -> list[tuple[int, str]]:
    once = ("DTSTART", "UID", "RRULE", "SUMMARY", "DTEND", "DURATION")
    doubts = [(block.line_of(name), "given_twice") for name in once if isinstance(event.get(name), list)]
    if doubts:
        return doubts
    starts, ends = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    if ends is not None and type(ends) is not type(starts):
        doubts.append((block.line_of("DTEND"), "ends_unlike_start"))
    elif ends is not None and _comparable(ends) < _comparable(starts):
        doubts.append((block.line_of("DTEND"), "ends_before_start"))
    if starts.year < YEAR_MIN:
        doubts.append((block.line_of("DTSTART"), "starts_too_early"))
    rule = event.get("RRULE")
    if rule and not all(1 <= step <= INTERVAL_MAX for step in rule.get("INTERVAL", [1])):
        doubts.append((block.line_of("RRULE"), "unreadable_series"))  # with 0 it would never move on
    if rule and _times_a_day(rule) > TIMES_A_DAY_MAX:
        doubts.append((block.line_of("RRULE"), "too_often"))
    return doubts


def _comparable(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _times_a_day(rule: Any) -> int:
    product = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        product *= max(1, len(rule.get(name, [])))
    return product


def _spread(
    series: Sequence[_Series], zone: ZoneInfo, zone_name: str | None, since: datetime, until: datetime
) -> Reading:
    entries: list[Entry] = []
    outside: list[Problem] = []
    problems: list[Problem] = []
    for one in series:
        try:
            dates = _dates_of(one, zone_name, since, until)
        except (ValueError, TypeError, OverflowError) as error:
            problems.append(
                Problem(one.block.line_of("RRULE"), one.block.text_of("SUMMARY"), "unreadable_series", str(error)[:120])
            )
            continue
        if not dates:
            outside.append(Problem(one.block.first_line, one.block.text_of("SUMMARY"), "outside"))
        entries += [_entry(one, event, zone) for event in dates]
        if len(entries) > OCCURRENCES_MAX:
            raise FileTooLarge("occurrences", OCCURRENCES_MAX)
    if problems:
        raise CalendarBroken(problems)
    entries.sort(key=lambda entry: (entry.starts_at, entry.title, entry.uid))
    return Reading(since, until, tuple(entries), tuple(outside), frozenset(one.uid for one in series))


def _dates_of(series: _Series, zone_name: str | None, since: datetime, until: datetime) -> list[Any]:
    calendar = icalendar.Calendar()
    if zone_name:
        calendar.add("X-WR-TIMEZONE", zone_name)
    for _, event in series.parts:
        calendar.add_component(event)
    return list(recurring_ical_events.of(calendar).between(since, until))


def _entry(series: _Series, event: Any, zone: ZoneInfo) -> Entry:
    starts_at = _instant(event["DTSTART"].dt, zone)
    ends_at = _instant(event["DTEND"].dt, zone) if "DTEND" in event else starts_at
    notes = []
    if ends_at == starts_at:
        ends_at = starts_at + LENGTH_WITHOUT_END
        notes.append("no_end")
    if any(_zone_unknown(part) for _, part in series.parts):
        notes.append("unknown_zone")
    recurrence_id = _recurrence_key(event["RECURRENCE-ID"].dt, zone) if series.repeats else None
    return Entry(
        uid=series.uid,
        recurrence_id=recurrence_id,
        line=_line_of(series, recurrence_id, zone),
        series_sequence=_sequence(series.main),
        sequence=_sequence(spoken) if (spoken := series.exception(recurrence_id, zone)) is not None else None,
        title=_text(event, "SUMMARY", TITLE_LENGTH_MAX),
        description=_text(event, "DESCRIPTION", TEXT_LENGTH_MAX),
        place=_text(event, "LOCATION", TITLE_LENGTH_MAX),
        url=_text(event, "URL", 500),
        starts_at=starts_at,
        ends_at=ends_at,
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
        private=str(event.get("CLASS", "PUBLIC")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        notes=tuple(notes),
    )


def _line_of(series: _Series, recurrence_id: str | None, zone: ZoneInfo) -> int:
    """Return the line of the VEVENT that speaks about this date: its exception, or the series."""
    for block, event in series.parts:
        if _names(event, recurrence_id, zone):
            return block.first_line
    return series.block.first_line


def _names(event: Any, recurrence_id: str | None, zone: ZoneInfo) -> bool:
    """Tell whether a VEVENT is the exception for a date."""
    return "RECURRENCE-ID" in event and _recurrence_key(event["RECURRENCE-ID"].dt, zone) == recurrence_id


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return at_local(moment, time(), zone)
    local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    return local.astimezone(UTC).replace(microsecond=0)


def _recurrence_key(moment: date | datetime, zone: ZoneInfo) -> str:
    return to_wire(_instant(moment, zone)) if isinstance(moment, datetime) else moment.isoformat()


def _zone_unknown(event: Any) -> bool:
    start = event["DTSTART"]
    return isinstance(start.dt, datetime) and start.dt.tzinfo is None and "TZID" in start.params


def _sequence(event: Any) -> int:
    found = event.get("SEQUENCE", 0)
    return found if isinstance(found, int) and 0 <= found <= 1_000_000 else 0


def _text(event: Any, name: str, length_max: int) -> str:
    found = event.get(name, "")
    first = found[0] if isinstance(found, list) and found else found
    kept = "".join(sign for sign in str(first or "") if sign.isprintable() or sign in "\n\t")
    return kept.strip()[:length_max]

"""The city's holidays: what staff may do with them, by hand or from a calendar file.

Rule: a file is taken whole or not at all; each entry that cannot be taken is named with the
reason. Reading a file again changes what it changed and adds what is new, it never doubles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import icalendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.holidays.models import CityHoliday
from shared.errors import Refusal
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.holidays import CityHolidayKind, HolidayBackwards, HolidayTooLong, refuse_impossible_days

ENTRIES_MAX = 500  # ten years of a land's school holidays are about sixty
ONE_DAY = timedelta(days=1)


class NoSuchHoliday(Refusal):
    """The holiday is not there (any more)."""


class Trouble(StrEnum):
    """Why an entry of a file cannot be taken."""

    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    NO_DAY = "no_day"
    BACKWARDS = "backwards"
    TOO_LONG = "too_long"
    REPEATS = "repeats"


class BadEntry(NamedTuple):
    """An entry of a file, by its name or, without one, its number from 1."""

    name: str
    trouble: Trouble


class NotACalendar(Refusal):
    """The file is no iCalendar file, or has no dates in it."""


class TooManyEntries(Refusal):
    """More than ENTRIES_MAX entries: not a calendar of holidays."""


class BadEntries(Refusal):
    """Entries of the file that cannot be taken; then none was."""

    def __init__(self, entries: Sequence[BadEntry]) -> None:
        super().__init__()
        self.entries = tuple(entries)


@dataclass(frozen=True, kw_only=True)
class HolidayEntry:
    """What is said of a holiday; first and last day included."""

    name_de: str
    first_day: date
    last_day: date
    kind: str = CityHolidayKind.SCHOOL
    name_en: str = ""


class Taken(NamedTuple):
    """What became of a file."""

    added: int
    changed: int
    as_before: int


def add_holiday(session: Session, entry: HolidayEntry) -> CityHoliday:
    """Add a holiday. Raises HolidayBackwards, HolidayTooLong."""
    refuse_impossible_days(entry.first_day, entry.last_day)
    made = CityHoliday(**asdict(entry))
    session.add(made)
    return made


def change_holiday(holiday: CityHoliday, entry: HolidayEntry) -> bool:
    """Change a holiday; tell whether anything is new. Raises HolidayBackwards, HolidayTooLong."""
    refuse_impossible_days(entry.first_day, entry.last_day)
    changed = {name: value for name, value in asdict(entry).items() if getattr(holiday, name) != value}
    for name, value in changed.items():
        setattr(holiday, name, value)
    return bool(changed)


def remove_holiday(session: Session, holiday_id: str) -> None:
    """Delete a holiday, here and in every house; raise NoSuchHoliday."""
    session.delete(get_holiday(session, holiday_id))


def get_holiday(session: Session, holiday_id: str) -> CityHoliday:
    """Return a holiday; raise NoSuchHoliday."""
    found = session.get(CityHoliday, holiday_id)
    if found is None:
        raise NoSuchHoliday
    return found


def list_holidays(session: Session, since: date | None = None) -> list[CityHoliday]:
    """Return the holidays that are not over at `since`, by their first day."""
    query = select(CityHoliday).order_by(CityHoliday.first_day, CityHoliday.name_de, CityHoliday.id)
    return list(session.scalars(query.where(CityHoliday.last_day >= since) if since else query))


def take_file(session: Session, content: bytes, kind: str) -> Taken:
    """Take the holidays of an iCalendar file. Raises NotACalendar, TooManyEntries, BadEntries."""
    return take_entries(session, read_file(content, kind))


def take_entries(session: Session, entries: Iterable[HolidayEntry]) -> Taken:
    """Add the entries, or change those that stand here by the same kind and name and touch the same days."""
    known = list_holidays(session)
    added = changed = as_before = 0
    for entry in entries:
        found = next((holiday for holiday in known if _is_same(holiday, entry)), None)
        if found is None:
            known.append(add_holiday(session, entry))
            added += 1
        elif change_holiday(found, _with_english_of(entry, found)):
            changed += 1
        else:
            as_before += 1
    return Taken(added, changed, as_before)


def read_file(content: bytes, kind: str) -> list[HolidayEntry]:
    """Return what stands in an iCalendar file. Raises NotACalendar, TooManyEntries, BadEntries."""
    try:
        found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, IndexError, KeyError) as error:
        raise NotACalendar from error
    if not found:
        raise NotACalendar
    if len(found) > ENTRIES_MAX:
        raise TooManyEntries
    read = [_read(event, kind, number) for number, event in enumerate(found, start=1)]
    bad = [entry for entry in read if isinstance(entry, BadEntry)]
    if bad:
        raise BadEntries(bad)
    return [entry for entry in read if isinstance(entry, HolidayEntry)]


def _read(event: Any, kind: str, number: int) -> HolidayEntry | BadEntry:
    name = str(event.get("SUMMARY", "")).strip()
    days = _days(event)
    trouble = _trouble(event, name, days)
    if trouble or days is None:
        return BadEntry(name[:80] or str(number), trouble or Trouble.NO_DAY)
    return HolidayEntry(name_de=name, first_day=days[0], last_day=days[1], kind=kind)


def _trouble(event: Any, name: str, days: tuple[date, date] | None) -> Trouble | None:
    found = {
        Trouble.NO_NAME: not name,
        Trouble.NAME_TOO_LONG: len(name) > TITLE_LENGTH_MAX,
        Trouble.REPEATS: "RRULE" in event or "RDATE" in event,
        Trouble.NO_DAY: days is None,
    }
    if days and not any(found.values()):
        try:
            refuse_impossible_days(*days)
        except HolidayBackwards:
            return Trouble.BACKWARDS
        except HolidayTooLong:
            return Trouble.TOO_LONG
    return next((trouble for trouble, is_so in found.items() if is_so), None)


def _days(event: Any) -> tuple[date, date] | None:
    """Return the first and the last day. RFC 5545: the end of all-day entries is the day after the last."""
    try:
        starts = event.decoded("DTSTART")
        if "DTEND" in event:
            ends = event.decoded("DTEND")
        else:
            ends = starts + (event.decoded("DURATION") if "DURATION" in event else ONE_DAY)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    if isinstance(starts, datetime) or isinstance(ends, datetime) or not isinstance(starts, date):
        return _timed_days(starts, ends)
    if not isinstance(ends, date) or ends == date.min:
        return None
    return starts, max(ends - ONE_DAY, starts) if ends >= starts else ends


def _timed_days(starts: Any, ends: Any) -> tuple[date, date] | None:
    """Return the days that an entry with times touches; an end at midnight is of the day before."""
    if not (isinstance(starts, datetime) and isinstance(ends, datetime)):
        return None
    if (starts.tzinfo is None) is not (ends.tzinfo is None):
        return None  # one with a zone that nobody knows, one without: nobody can tell which is earlier
    return starts.date(), (ends - timedelta(seconds=1)).date() if ends > starts else ends.date()


def _is_same(holiday: CityHoliday, entry: HolidayEntry) -> bool:
    named = holiday.kind == entry.kind and holiday.name_de.casefold() == entry.name_de.casefold()
    return named and holiday.first_day <= entry.last_day and entry.first_day <= holiday.last_day


def _with_english_of(entry: HolidayEntry, holiday: CityHoliday) -> HolidayEntry:
    """Keep an English name that somebody typed: files have none."""
    values = asdict(entry) | {"name_en": entry.name_en or holiday.name_en}
    return HolidayEntry(**values)

"""What stands in a cell, as people write it in German or English. Pure.

Rule: what can be meant in two ways is asked again, never guessed: 03/04/2026 is two different days.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from node.imports.tables import folded
from shared.time import YEARS

Reader = Callable[[str], Any]
WEEKDAYS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "mo montag montags mon monday mondays",
            "di dienstag dienstags tue tues tuesday tuesdays",
            "mi mittwoch mittwochs wed wednesday wednesdays",
            "do donnerstag donnerstags thu thurs thursday thursdays",
            "fr freitag freitags fri friday fridays",
            "sa samstag samstags sonnabend sonnabends sat saturday saturdays",
            "so sonntag sonntags sun sunday sundays",
        )
    )
    for name in names.split()
}
YES, NO = ("ja", "j", "yes", "y", "x", "1", "wahr", "true"), ("nein", "n", "no", "0", "falsch", "false")
FREE = ("kostenlos", "kostenfrei", "frei", "gratis", "free", "freeofcharge")
_EUROS = re.compile(r"(?:€\s*)?(\d{1,6}|\d{1,3}(?:[. ]\d{3})+)(?:[.,](\d{1,2}))?\s*(?:€|eur|euro)?", re.IGNORECASE)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_GERMAN_DAY = re.compile(r"(?:[^\W\d]{2,10}\.?,?\s*)?(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2}|\d{4})(?: 00:00(?::00)?)?")
_WALL = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::00)?)?\s*(?:uhr|h)?", re.IGNORECASE)


class CellUnreadable(Exception):
    """A cell that cannot be read; `reason` is a key of `labels.PROBLEMS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def words(length_max: int) -> Reader:
    """Read a text of at most `length_max` characters, without signs that nobody sees."""

    def read(cell: str) -> str:
        kept = "".join(sign for sign in cell.replace("\r\n", "\n") if sign.isprintable() or sign == "\n")
        if len(kept) > length_max:
            raise CellUnreadable("cell_too_long")
        return kept

    return read


def whole(least: int, most: int) -> Reader:
    """Read a whole number; Excel likes to write 12,0."""

    def read(cell: str) -> int:
        found = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", cell)
        if found is None or not least <= int(found[1]) <= most:
            raise CellUnreadable("cell_no_number")
        return int(found[1])

    return read


def euros(cell: str) -> int:
    """Return cents: of `3,50`, `3.50 €`, `1.200,00` or `kostenlos`."""
    if folded(cell) in FREE:
        return 0
    found = _EUROS.fullmatch(cell)
    if found is None:
        raise CellUnreadable("cell_no_amount")
    return int(re.sub(r"[. ]", "", found[1])) * 100 + int((found[2] or "0").ljust(2, "0"))


def day(cell: str) -> date:
    """Return the day of `23.11.2026`, `23.11.26`, `Mo, 23.11.2026` or `2026-11-23`."""
    if found := _ISO_DAY.fullmatch(cell):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _GERMAN_DAY.fullmatch(cell):
        year = int(found[3])
        parts = (year + 2000 if year < 100 else year, int(found[2]), int(found[1]))
    else:
        raise CellUnreadable("cell_no_day")
    try:
        read = date(*parts)
    except ValueError as error:
        raise CellUnreadable("cell_no_day") from error
    if not YEARS[0] < read.year < YEARS[1]:
        raise CellUnreadable("cell_no_day")
    return read


def wall(cell: str) -> time:
    """Return the time of `9:30`, `09.30 Uhr`, `9 Uhr` or `09:30:00`; 24:00 is midnight."""
    found = _WALL.fullmatch(cell)
    if found is None:
        raise CellUnreadable("cell_no_time")
    hour, minute = int(found[1]), int(found[2] or 0)
    if (hour, minute) == (24, 0):
        return time()
    try:
        return time(hour, minute)
    except ValueError as error:
        raise CellUnreadable("cell_no_time") from error


def weekdays(cell: str) -> tuple[int, ...]:
    """Return the weekdays (Monday is 0) of `Montag`, `Mo`, `montags` or `Mo, Mi und Fr`."""
    parts = [folded(part) for part in re.split(r"[,/+&]|\bund\b|\band\b", cell) if part.strip()]
    if not parts or not all(part in WEEKDAYS for part in parts):
        raise CellUnreadable("cell_no_weekday")
    return tuple(sorted({WEEKDAYS[part] for part in parts}))


def weeks(cell: str) -> int:
    """Return every how many weeks: of `1`, `wöchentlich`, `14-tägig`, `alle 2 Wochen`."""
    plain = folded(cell)
    named = {"woechentlich": 1, "weekly": 1, "14taegig": 2, "vierzehntaegig": 2, "fortnightly": 2, "biweekly": 2}
    if plain in named:
        return named[plain]
    found = re.fullmatch(r"(?:alle|every)?(\d)(?:wochen|woche|weeks|week)?", plain)
    if found is None or found[1] == "0":
        raise CellUnreadable("cell_no_weeks")
    return int(found[1])


def yes_no(cell: str) -> bool:
    """Read `ja`, `nein`, `x`, …"""
    plain = folded(cell)
    if plain not in (*YES, *NO):
        raise CellUnreadable("cell_no_yes")
    return plain in YES


def one_of(known: Mapping[str, str]) -> Reader:
    """Read a key by any of its words; `known` has them folded."""

    def read(cell: str) -> str:
        if folded(cell) not in known:
            raise CellUnreadable("cell_unknown_word")
        return known[folded(cell)]

    return read


def some_of(known: Mapping[str, str]) -> Reader:
    """Read several keys with commas, slashes or line breaks between them."""
    one = one_of(known)

    def read(cell: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one(part) for part in re.split(r"[,;/|\n]", cell) if part.strip()))

    return read

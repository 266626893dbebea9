"""What was typed, noted by those who typed it, apart from every database.

Rule: a note is made when the house has confirmed, never before. Whoever got no answer asks again
under the same key until there is one, as a device does; so at the end everything noted is certain:
it must be there, once, with this content.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class BookingNote(NamedTuple):
    """What travels of a booking that somebody took."""

    space_id: str
    starts_at: datetime
    ends_at: datetime
    state: str


class SpaceNote(NamedTuple):
    name: str
    capacity: int


class AnnouncementNote(NamedTuple):
    title: str
    body: str


@dataclass
class Paper:
    """The notes of everybody who writes in one centre, by the title that they gave; safe among threads."""

    bookings: dict[str, BookingNote] = field(default_factory=dict)
    spaces: dict[str, SpaceNote] = field(default_factory=dict)
    announcements: dict[str, AnnouncementNote] = field(default_factory=dict)
    taps: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def booked(self, title: str, note: BookingNote) -> None:
        with self._lock:
            self.bookings[title] = note

    def tapped(self, steps: dict[str, int]) -> None:
        with self._lock:
            self.taps |= steps

    def arranged(self, *notes: SpaceNote) -> None:
        with self._lock:
            self.spaces |= {note.name: note for note in notes}

    def removed(self, names: Iterable[str]) -> None:
        with self._lock:
            for name in names:
                del self.spaces[name]

    def announced(self, *notes: AnnouncementNote) -> None:
        with self._lock:
            self.announcements |= {note.title: note for note in notes}

    def __len__(self) -> int:
        return len(self.bookings) + len(self.spaces) + len(self.announcements) + len(self.taps)


@dataclass
class Tally:
    """What a comparison found. `offered` was lost by the house and is kept by the city for it."""

    checked: int = 0
    lost: int = 0
    doubled: int = 0
    offered: int = 0
    findings: list[str] = field(default_factory=list)

    def compare(self, where: str, noted: Iterable[object], found: Iterable[object]) -> None:
        """Count what is noted and not found, and what is found more often than noted."""
        wanted, there = Counter(noted), Counter(found)
        missing, surplus = wanted - there, there - wanted
        self.checked += wanted.total()
        self.lost += missing.total()
        self.doubled += surplus.total()
        self._tell(where, "lost", missing)
        self._tell(where, "doubled or never typed", surplus)

    def compare_number(self, where: str, noted: int, found: int) -> None:
        """The same for things that are only counted."""
        self.checked += noted
        self.lost += max(0, noted - found)
        self.doubled += max(0, found - noted)
        if noted != found:
            self.findings.append(f"{where}: {noted} noted, {found} found")

    def forgive(self, count: int) -> None:
        """So many of those that were lost are offered for recovery."""
        self.lost -= count
        self.offered += count
        self.findings.append(f"{count} of these are offered for recovery")

    def add(self, other: "Tally") -> None:
        self.checked += other.checked
        self.lost += other.lost
        self.doubled += other.doubled
        self.offered += other.offered
        self.findings += other.findings

    def _tell(self, where: str, what: str, found: Counter[object]) -> None:
        if found:
            self.findings.append(f"{where}: {found.total()} {what}, such as {next(iter(found))}")

"""The city's houses as the finder reads them, kept in memory as long as their stamps hold.

Rule: whoever looks compares all stamps first, in the same snapshot; what is remembered of a
house under another stamp is read again. So nothing here is ever late, and each process of the
site may remember for itself. Bookings are never remembered.
"""

from collections import namedtuple
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.centres import queries as centres
from hub.finder.models import HouseStamp
from hub.finder.openings import Openings, of_house
from hub.finder.quarters import Frame
from hub.opening_hours import queries as hours_queries
from hub.spaces import queries as spaces
from shared.records.opening_hours import ClosedOnHolidays
from shared.records.space_hours import GuestHours
from shared.records.spaces import LEVELS_MAX, parts_by_space
from shared.time import find_zone

_DAY = timedelta(days=1)
DAYS_KEPT = 60  # openings of so many days are kept of a house, beside those of its ordinary week
HOME_ZONE = ZoneInfo("Europe/Berlin")
Facts = namedtuple("Facts", spaces.READ)  # type: ignore[misc]
READ_ALL_FROM = 100  # so many houses at once are read as all are: the first look, or after a rush


@dataclass(slots=True)
class Room:
    """A space as rules read it. Seconds, not minutes; `related` are all whose bookings take it too, itself first.

    `guest_hours` is None for a space of the house's own; a part of a guest space has those of the whole.
    """

    row: Any  # Facts: read five thousand times for an answer, so faster than a row of the database
    before_s: int
    after_s: int
    related: tuple[tuple[str, int, int], ...] = ()  # (space_id, buffer before, buffer after)
    guest_hours: tuple[GuestHours, ...] | None = None


@dataclass(slots=True)
class House:
    """A house with its rooms; what was reckoned of its `openings` is kept with it."""

    centre_id: str
    stamp: int
    profile: Any | None
    zone: ZoneInfo
    hours: hours_queries.AllHours
    rooms: tuple[Room, ...]
    dated: tuple[tuple[date, date], ...] = ()  # seasons and exceptions
    holidays: tuple[ClosedOnHolidays, ...] = ()
    kept: dict[date | int, Openings] = field(default_factory=dict)
    latest: tuple[Frame, Openings] | None = None

    def __post_init__(self) -> None:
        rows = [rule for rule in self.hours if not isinstance(rule, ClosedOnHolidays)]
        self.holidays = tuple(rule for rule in self.hours if isinstance(rule, ClosedOnHolidays))
        self.dated = tuple(
            (row.valid_from or date.min, row.valid_until or date.max)
            for row in rows
            if row.valid_from or row.valid_until
        )

    def openings(self, frame: Frame) -> Openings:
        """Return when the house is open. Where nothing is special, that is the same each week."""
        if self.latest is not None and self.latest[0] is frame:
            return self.latest[1]
        key = frame.day.weekday() if self._is_ordinary(frame) else frame.day
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= DAYS_KEPT:
                self.kept.clear()
            found = self.kept[key] = of_house(self.hours, frame, self.zone)
        self.latest = (frame, found)
        return found

    def _is_ordinary(self, frame: Frame) -> bool:
        """Tell whether only the ordinary week holds on the days of `frame` and the one before."""
        if not frame.is_plain or frame.zone is not self.zone:
            return False
        first, last = frame.day - _DAY, frame.day + _DAY
        if any(starts <= last and first <= ends for starts, ends in self.dated):
            return False
        return not any(rule.closure(day) for rule in self.holidays for day in (first, frame.day, last))

    @property
    def name(self) -> str:
        return self.profile.name if self.profile else self.centre_id

    @property
    def district(self) -> str:
        return self.profile.district if self.profile else ""

    @property
    def quarter(self) -> str:
        return self.profile.quarter if self.profile else ""


@dataclass(slots=True)
class City:
    """All houses of a database, by id. `total` sums up the stamps under which they were read."""

    houses: Mapping[str, House]
    total: tuple[int, int]
    margin: timedelta  # the longest buffer of all


_REMEMBERED: WeakKeyDictionary[Any, City] = WeakKeyDictionary()  # by pool: what engines of one database share


def city(session: Session) -> City:
    """Return all houses as they stand in the session's snapshot."""
    key = session.get_bind().engine.pool
    known = _REMEMBERED.get(key)
    count, total = session.execute(select(func.count(), func.sum(HouseStamp.stamp))).one()
    sums = (int(count), int(total or 0))
    if known is None or known.total != sums:
        known = _REMEMBERED[key] = _renewed(session, known.houses if known else {}, sums)
    return known


def forget() -> None:
    """Remember nothing, as a program that has just begun."""
    _REMEMBERED.clear()


def _renewed(session: Session, known: Mapping[str, House], sums: tuple[int, int]) -> City:
    stamps = {row.centre_id: row.stamp for row in session.execute(select(HouseStamp.centre_id, HouseStamp.stamp))}
    changed = [i for i, stamp in stamps.items() if i not in known or known[i].stamp != stamp]
    read = _read(session, stamps, changed) if changed else {}
    houses = {centre_id: read.get(centre_id) or known[centre_id] for centre_id in stamps}
    buffers = (max(room.before_s, room.after_s) for house in houses.values() for room in house.rooms)
    return City(houses, sums, timedelta(seconds=max(buffers, default=0)))


def _read(session: Session, stamps: Mapping[str, int], changed: list[str]) -> dict[str, House]:
    wanted: Collection[str] | None = None if len(changed) >= READ_ALL_FROM else changed
    profiles = centres.profiles_of(session, wanted)
    hours = hours_queries.hours_of_many(session, wanted)
    rows = _grouped(Facts._make(row) for row in spaces.spaces_of_many(session, wanted))
    guests = _grouped(spaces.guest_hours_of_many(session, wanted))
    houses = {}
    for centre_id in changed:
        profile = profiles.get(centre_id)
        zone = _zone(profile.time_zone) if profile else HOME_ZONE
        rooms = tuple(_rooms(rows.get(centre_id, []), guests.get(centre_id, [])))
        houses[centre_id] = House(centre_id, stamps[centre_id], profile, zone, hours.get(centre_id, ()), rooms)
    return houses


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.centre_id, []).append(row)
    return found


def _rooms(rows: list[Any], guest_hours: list[Any]) -> Iterable[Room]:
    by_id = {row.id: row for row in rows}
    parts = {space_id: set(leaves) for space_id, leaves in parts_by_space(rows).items()}
    for row in rows:
        line = _with_wholes(row, by_id)
        if len(parts[row.id]) == 1 and row.parent_id not in by_id and parts[row.id] == {row.id}:
            others = [row]
        else:
            others = [other for other in rows if parts[other.id] & parts[row.id]]
        related = tuple((one.id, one.buffer_before_min * 60, one.buffer_after_min * 60) for one in others)
        room = Room(row, row.buffer_before_min * 60, row.buffer_after_min * 60, related)
        if any(one.is_guest_space for one in line):
            ids = {one.id for one in line}
            room.guest_hours = tuple(hours for hours in guest_hours if hours.space_id in ids)
        yield room


def _with_wholes(row: Any, by_id: Mapping[str, Any]) -> list[Any]:
    line = [row]
    while line[-1].parent_id in by_id and len(line) < LEVELS_MAX:
        line.append(by_id[line[-1].parent_id])
    return line


def _zone(name: str) -> ZoneInfo:
    """Return the zone that a house says it is in; the usual one for a name that this system does not have."""
    return find_zone(name) or HOME_ZONE

"""Open and used time of the spaces of one house, added up. Pure: no clock, no database.

What counts:
- open: the house's real opening hours in which one may walk in (open and consultation hours, with
  seasons, exceptions, closures and public holidays), of a guest space its own hours; on days on
  which the space was on offer; without blocked time.
- used: confirmed bookings of the space, or of a whole that it is part of, clipped to the time
  asked for. Blocked time and buffers are nobody's use.
- used inside: used while open. Used outside: all other use, in self-management mostly.
- blocked: time within opening hours that was taken out of the offer.

Rule: only spaces without parts are measured; a whole has its parts' time by their shares (see
`offer`). Seconds are rounded once, at the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.occupancy.offer import Room, Share, ancestors, on_offer, shares
from hub.occupancy.parts import Cell, Key
from hub.occupancy.stretches import lengths, shared, without
from shared.records.free_time import Seconds, joined, seconds_of
from shared.records.opening_hours import PUBLIC_KINDS, Rule, slots_on
from shared.records.space_hours import GuestHours, free_between

ONE_DAY = timedelta(days=1)


class Amounts(NamedTuple):
    """Seconds; used is `inside_s` + `outside_s`, free is `open_s` - `inside_s`."""

    open_s: int = 0
    inside_s: int = 0
    outside_s: int = 0
    blocked_s: int = 0

    @property
    def occupancy(self) -> float | None:
        """Return the share of the open time that was used; None where nothing was open."""
        return self.inside_s / self.open_s if self.open_s else None

    @property
    def free_s(self) -> int:
        return self.open_s - self.inside_s

    def plus(self, other: "Amounts") -> "Amounts":
        return Amounts(*(one + more for one, more in zip(self, other, strict=True)))


NOTHING = Amounts()


class Taken(NamedTuple):
    """A confirmed booking."""

    space_id: str
    starts_at: datetime
    ends_at: datetime
    blocked: bool


@dataclass(frozen=True)
class House:
    """What the records tell of a house: its wall clock, its hours, its spaces and who has them when."""

    zone: ZoneInfo
    hours: Sequence[Rule] = ()
    rooms: Sequence[Room] = ()
    guest_hours: Mapping[str, Sequence[GuestHours]] = field(default_factory=dict)
    taken: Sequence[Taken] = ()


class Line(NamedTuple):
    """What time is added up for: a space, as the whole that it is (`top`) or as part of one."""

    space_id: str
    top: bool


def add_up(house: House, cells: Sequence[Cell[Key]]) -> dict[Line, dict[Key, Amounts]]:
    """Return the time of each space by the keys of `cells`; whoever has none at all is left out.

    A space is `top` on the days on which it is part of no other. The house's own time is the
    sum of its tops.
    """
    parents = {room.id: room.parent_id for room in house.rooms}
    sums: dict[tuple[Line, Key], list[Fraction]] = {}
    measured: dict[str, dict[int, Amounts]] = {}
    rooms = {room.id: room for room in house.rooms}
    hours = _open(house, cells)
    for offered, run in groupby(enumerate(cells), lambda numbered: on_offer(house.rooms, numbered[1].day)):
        places = list(run)
        for leaf, counts_for in shares(offered, parents).items():
            if leaf not in measured:
                measured[leaf] = _measured(house, rooms[leaf], parents, hours, cells)
            of_leaf = measured[leaf]
            _count(sums, counts_for, ((cell.key, of_leaf[place]) for place, cell in places if place in of_leaf))
    found: dict[Line, dict[Key, Amounts]] = defaultdict(dict)
    for (line, key), seconds in sums.items():
        found[line][key] = Amounts(*map(round, seconds))
    return dict(found)


def tops(added: Mapping[Line, Mapping[Key, Amounts]]) -> dict[Key, Amounts]:
    """Return the time of the whole house: what belongs to no other space, so nothing counts twice."""
    found: dict[Key, Amounts] = {}
    for line, by_key in added.items():
        for key, amounts in by_key.items():
            if line.top:
                found[key] = found.get(key, NOTHING).plus(amounts)
    return found


def _count(
    sums: dict[tuple[Line, Key], list[Fraction]], counts_for: Iterable[Share], measured: Iterable[tuple[Key, Amounts]]
) -> None:
    """Add the measured time of a space to all that it counts for."""
    by_key: dict[Key, Amounts] = {}
    for key, amounts in measured:
        by_key[key] = by_key.get(key, NOTHING).plus(amounts)
    for share in counts_for:
        for key, amounts in by_key.items():
            so_far = sums.setdefault((Line(share.space_id, share.top), key), [Fraction()] * len(amounts))
            for place, seconds in enumerate(amounts):
                so_far[place] += share.weight * seconds


def _measured(
    house: House, room: Room, parents: Mapping[str, str | None], hours: Sequence[Seconds], cells: Sequence[Cell[Key]]
) -> dict[int, Amounts]:
    """Return the time of a space without parts by the place of a cell, where it has any."""
    concerned = {room.id, *ancestors(room.id, parents)}
    taken = [each for each in house.taken if each.space_id in concerned]
    blocked = joined(seconds_of(each.starts_at, each.ends_at) for each in taken if each.blocked)
    used = joined(seconds_of(each.starts_at, each.ends_at) for each in taken if not each.blocked)
    planned = _guest_open(house, room, cells) if room.is_guest else hours
    offered = without(planned, blocked)
    kinds = (offered, shared(used, offered), without(used, offered), shared(planned, blocked))
    when = [cell.when for cell in cells]
    by_kind = [lengths(each, when) for each in kinds]
    places = sorted(set().union(*by_kind))
    return {place: Amounts(*(found.get(place, 0) for found in by_kind)) for place in places}


def _open(house: House, cells: Sequence[Cell[Key]]) -> list[Seconds]:
    """Return when one may walk in; last night's hours may reach into the first day."""
    if not cells:
        return []
    first, last = cells[0].day - ONE_DAY, cells[-1].day
    slots = (slot for day in _days(first, last) for slot in slots_on(day, house.hours, house.zone))
    return joined(seconds_of(slot.starts_at, slot.ends_at) for slot in slots if slot.kind in PUBLIC_KINDS)


def _guest_open(house: House, room: Room, cells: Sequence[Cell[Key]]) -> list[Seconds]:
    """Return when a guest space is ours."""
    own = house.guest_hours.get(room.id, ())
    free = free_between(cells[0].day - ONE_DAY, cells[-1].day, own, house.zone)
    return joined(seconds_of(*slot) for slot in free)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))

"""A day of the house as a table: a row for each space, a column for each quarter of an hour.

Rule: free time is one link, however long ("frei 11:30–15:00"); what is neither free nor
booked is kept for the buffers. A hall's row shows the bookings of its halves and the reverse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from node.bookings.models import Booking
from node.spaces.models import Space
from node.spaces.service import buffers_of, in_tree_order, parts_by_space
from shared.records.bookings import Slot
from shared.records.free_time import STEP, Held, free_stretches
from shared.time import at_local, local_day

SHOWN_FROM, SHOWN_UNTIL = time(8), time(22)  # a quiet day; earlier and later bookings widen it
FREE = -1
KEPT = -2


@dataclass(frozen=True)
class Cell:
    """`quarters` columns wide; with bookings it is taken, `is_free` links to a new booking."""

    slot: Slot
    quarters: int
    is_free: bool = False
    bookings: tuple[Booking, ...] = ()

    @property
    def offer(self) -> Slot:
        """The times a new booking in this free time begins with: its first hour."""
        return Slot(self.slot.starts_at, min(self.slot.ends_at, self.slot.starts_at + 4 * STEP))


@dataclass(frozen=True)
class Row:
    """One space: its level in the tree (0 for a whole) and its day from left to right."""

    space: Space
    level: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Day:
    """`hours` are the instants over the columns; the last hour may be cut by a change of the clocks."""

    date: date
    shown: Slot
    hours: tuple[datetime, ...]
    rows: tuple[Row, ...]


def lay_out(  # noqa: PLR0917 (what a day is made of)
    day: date,
    spaces: Sequence[Space],
    bookings: Sequence[Booking],
    held_by_part: dict[str, list[Held]],
    zone: ZoneInfo,
    ours: Mapping[str, Sequence[Slot]] | None = None,
) -> Day:
    """Return the table of `day`; `bookings` are the confirmed ones, `held_by_part` what they hold.

    `ours` tells for each guest space when it may be used at all.
    """
    shown = _shown(day, bookings, zone)
    parts = parts_by_space(spaces)
    rows = []
    for space, level in in_tree_order(spaces):
        own = set(parts[space.id])
        here = [booking for booking in bookings if own & set(parts.get(booking.space_id, (booking.space_id,)))]
        if space.bookable or here:
            taken = [use for part in own for use in held_by_part.get(part, [])]
            rows.append(Row(space, level, tuple(_cells(space, shown, here, _not_ours(shown, ours, space) + taken))))
    count = (shown.ends_at - shown.starts_at) // STEP
    hours = tuple(shown.starts_at + STEP * number for number in range(0, count, 4))
    return Day(day, shown, hours, tuple(rows))


def _not_ours(shown: Slot, ours: Mapping[str, Sequence[Slot]] | None, space: Space) -> list[Held]:
    """Return the stretches of the day in which a guest space belongs to its own building."""
    if ours is None or space.id not in ours:
        return []
    gone, start = [], shown.starts_at
    for stretch in ours[space.id]:
        if start < stretch.starts_at:
            gone.append(Slot(start, stretch.starts_at))
        start = max(start, stretch.ends_at)
    gone.append(Slot(start, max(start, shown.ends_at)))
    return [Held(slot, slot) for slot in gone if slot.starts_at < slot.ends_at]


def _shown(day: date, bookings: Iterable[Booking], zone: ZoneInfo) -> Slot:
    """Return what of the day is drawn: full hours, as much as there is to see."""
    whole = Slot(*local_day(day, zone))
    first, last = at_local(day, SHOWN_FROM, zone), at_local(day, SHOWN_UNTIL, zone)
    for booking in bookings:
        first, last = min(first, booking.starts_at), max(last, booking.ends_at)
    first, last = max(first, whole.starts_at), min(last, whole.ends_at)
    early = (first - whole.starts_at) // (4 * STEP)
    late = -(-(last - whole.starts_at) // (4 * STEP))
    return Slot(whole.starts_at + early * 4 * STEP, min(whole.starts_at + late * 4 * STEP, whole.ends_at))


def _cells(space: Space, shown: Slot, here: Sequence[Booking], taken: Iterable[Held]) -> Iterator[Cell]:
    """Yield the cells of a space from left to right, without a gap."""
    painted = [KEPT] * ((shown.ends_at - shown.starts_at) // STEP)
    if space.bookable:
        for free in free_stretches(shown, taken, buffers_of(space)):
            first = -(-(free.starts_at - shown.starts_at) // STEP)
            _paint(painted, first, (free.ends_at - shown.starts_at) // STEP, FREE)
    together: dict[int, list[Booking]] = {}
    for number, booking in enumerate(here):  # in the order of their start: those that meet share a cell
        first = max(0, (booking.starts_at - shown.starts_at) // STEP)
        last = -(-(booking.ends_at - shown.starts_at) // STEP)
        meets = painted[first] if first < len(painted) and painted[first] >= 0 else number
        together.setdefault(meets, []).append(booking)
        _paint(painted, first, last, meets)
    at = 0
    for colour, quarters in groupby(painted):
        width = len(list(quarters))
        slot = Slot(shown.starts_at + at * STEP, shown.starts_at + (at + width) * STEP)
        yield Cell(slot, width, colour == FREE, tuple(together.get(colour, ())))
        at += width


def _paint(painted: list[int], first: int, last: int, colour: int) -> None:
    for place in range(max(0, first), min(last, len(painted))):
        painted[place] = colour

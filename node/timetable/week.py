"""A week of the house laid out: a row for each space, a column for each day; or one space by the hour.

Rule: plain reckoning, without a database or words. Places on a page are wall times in minutes
of the day: in the night of the autumn fold the same hour is shown once, twice used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from node.spaces.models import Space
from node.spaces.service import in_tree_order, parts_by_space
from shared.records.bookings import Slot

DAY_MIN = 24 * 60
STEP_MIN = 30  # a line of the page by the hour
SHOWN_FROM_MIN, SHOWN_UNTIL_MIN = 8 * 60, 22 * 60  # a quiet week; earlier and later use widens it


@dataclass(frozen=True)
class Use:
    """Somebody has a space for a time. `title` is what may be said here; `kind` is one of `BookingKind`, or ''.

    `weeks` is 0 in the week of a calendar; in an ordinary week it says in how many of the
    weeks that were looked at it takes place.
    """

    space_id: str
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str = ""
    booking_id: str = ""
    weeks: int = 0


@dataclass(frozen=True, order=True)
class Piece:
    """What of a use lies on one day, in minutes of that day. `in_other`: a part or the whole of the row's space."""

    starts_min: int
    ends_min: int
    use: Use = field(compare=False)
    in_other: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Row:
    """A space (`level` 0 for a whole) and its pieces on each day."""

    space: Space
    level: int
    days: tuple[tuple[Piece, ...], ...]

    @property
    def is_empty(self) -> bool:
        return not any(self.days)


@dataclass(frozen=True)
class Week:
    """`by_day` has the pieces of all spaces, each once, for the list of a day."""

    days: tuple[date, ...]
    rows: tuple[Row, ...]
    by_day: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Block:
    """Pieces that overlap, or nothing: `lines` steps high from step number `first`.

    `ours` is False where a guest space is not the house's at that time.
    """

    first: int
    lines: int
    pieces: tuple[Piece, ...] = ()
    ours: bool = True


@dataclass(frozen=True)
class Hours:
    """A space by the hour: for each step of the day the blocks that begin there, None where one goes on."""

    from_min: int
    lines: tuple[tuple[Block | None, ...], ...]

    @property
    def has_limits(self) -> bool:
        """Whether the space is not ours at some of these times."""
        return not all(block is None or block.ours for line in self.lines for block in line)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> tuple[date, ...]:
    return tuple(monday + timedelta(days=ahead) for ahead in range(7))


def lay_out(monday: date, spaces: Sequence[Space], uses: Iterable[Use], zone: ZoneInfo) -> Week:
    """Return the week of all spaces; a retired one is there only if it is still used."""
    days = days_of(monday)
    listed = list(uses)
    parts = {space_id: set(leaves) for space_id, leaves in parts_by_space(spaces).items()}
    rows = []
    for space, level in in_tree_order(spaces):
        here = [use for use in listed if parts[space.id] & parts.get(use.space_id, {use.space_id})]
        row = Row(space, level, tuple(tuple(_pieces(day, here, zone, space.id)) for day in days))
        if space.bookable or not row.is_empty:
            rows.append(row)
    return Week(days, tuple(rows), tuple(tuple(_pieces(day, listed, zone)) for day in days))


def by_the_hour(row: Row, ours: Sequence[Sequence[tuple[int, int]]] | None = None) -> Hours:
    """Return one space of a week as lines of half an hour.

    `ours` are for each day the minutes [from, until) in which a guest space is the house's; None: always.
    """
    first, last = _shown(row)
    count = (last - first) // STEP_MIN
    columns = [_column(pieces, first, count, ours[day] if ours else None) for day, pieces in enumerate(row.days)]
    return Hours(first, tuple(tuple(column[line] for column in columns) for line in range(count)))


def _pieces(day: date, uses: Iterable[Use], zone: ZoneInfo, space_id: str | None = None) -> list[Piece]:
    found = []
    for use in uses:
        starts, ends = _minute(use.starts_at, day, zone), _minute(use.ends_at, day, zone)
        if starts < ends:
            found.append(Piece(starts, ends, use, space_id is not None and use.space_id != space_id))
    return sorted(found)


def _minute(instant: datetime, day: date, zone: ZoneInfo) -> int:
    """Return the minute of `day` that the clock shows at `instant`: 0 if it is before that day, 1440 if after."""
    local = instant.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else DAY_MIN
    return local.hour * 60 + local.minute


def _shown(row: Row) -> tuple[int, int]:
    pieces = [piece for day in row.days for piece in day]
    first = min([SHOWN_FROM_MIN, *(piece.starts_min for piece in pieces)])
    last = max([SHOWN_UNTIL_MIN, *(piece.ends_min for piece in pieces)])
    return first // 60 * 60, -(-last // 60) * 60


def minutes_of_days(days: Sequence[date], stretches: Iterable[Slot], zone: ZoneInfo) -> list[list[tuple[int, int]]]:
    """Return for each day the minutes of it that lie within `stretches`."""
    listed = list(stretches)
    found = [[(_minute(one.starts_at, day, zone), _minute(one.ends_at, day, zone)) for one in listed] for day in days]
    return [[(first, last) for first, last in day if first < last] for day in found]


def _column(
    pieces: Sequence[Piece], from_min: int, count: int, ours: Sequence[tuple[int, int]] | None
) -> list[Block | None]:
    """Return the blocks of a day at the steps where they begin; free steps are blocks of one line."""

    def is_ours(line: int) -> bool:
        at = from_min + line * STEP_MIN
        return ours is None or any(first <= at < last for first, last in ours)

    column: list[Block | None] = [Block(line, 1, ours=is_ours(line)) for line in range(count)]
    for block in _blocks(pieces, from_min):
        column[block.first] = block
        column[block.first + 1 : block.first + block.lines] = [None] * (block.lines - 1)
    return column


def _blocks(pieces: Sequence[Piece], from_min: int) -> list[Block]:
    """Return pieces as blocks; those that share a line share a block."""
    blocks: list[Block] = []
    for piece in pieces:
        first, last = (piece.starts_min - from_min) // STEP_MIN, -(-(piece.ends_min - from_min) // STEP_MIN)
        if blocks and first < blocks[-1].first + blocks[-1].lines:
            before = blocks.pop()
            last, first = max(last, before.first + before.lines), before.first
            blocks.append(Block(first, last - first, (*before.pieces, piece)))
        else:
            blocks.append(Block(first, last - first, (piece,)))
    return blocks

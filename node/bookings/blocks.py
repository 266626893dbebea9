"""Spaces that nobody can use for a while: several or the whole house at once, for hours or days.

Rule: a block is one booking for each space, joined by `block_id`; all of them stand, or none.
Rule: bookings in the way are named, never overrun: people move or cancel them first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings.changes import cancel_booking, take_booking
from node.bookings.entry import BookingEntry
from node.bookings.finding import find_in_the_way
from node.bookings.models import Booking
from node.spaces import service as spaces
from node.spaces.models import Space
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import BookingKind, BookingState, Slot, SpaceTaken


class BlockRefused(Refusal):
    """Some of the spaces are booked at that time; `in_the_way` are those bookings."""

    def __init__(self, in_the_way: Sequence[Booking]) -> None:
        super().__init__(f"{len(in_the_way)} bookings in the way")
        self.in_the_way = tuple(in_the_way)


class NothingToBlock(Refusal):
    """No space was named."""


def block_spaces(
    session: Session, space_ids: Iterable[str], slot: Slot, why: str, *, now: datetime, by: str = ""
) -> list[Booking]:
    """Block spaces with all their parts. Raises NothingToBlock, SpaceUnknown, BookingTimesImpossible, BlockRefused."""
    wanted = _wholes(spaces.list_spaces(session), set(space_ids))
    if not wanted:
        raise NothingToBlock
    block_id, made = new_id(), []
    in_the_way: dict[str, Booking] = {}
    with session.begin_nested():
        for space in wanted:
            entry = BookingEntry(space_id=space.id, slot=slot, kind=BookingKind.BLOCKED, title=why, block_id=block_id)
            try:
                made.append(take_booking(session, entry, now=now, by=by))
            except SpaceTaken:
                found = find_in_the_way(session, "", space.id, slot)
                in_the_way |= {booking.id: booking for booking in found if booking.block_id != block_id}
        if in_the_way or len(made) < len(wanted):
            raise BlockRefused(sorted(in_the_way.values(), key=lambda booking: booking.starts_at))
    return made


def bookings_of_block(session: Session, block_id: str) -> Sequence[Booking]:
    """Return what stands of a block."""
    standing = (Booking.block_id == block_id, Booking.state == BookingState.CONFIRMED)
    return session.scalars(select(Booking).where(*standing).order_by(Booking.id)).all()


def lift_block(session: Session, block_id: str, reason: str, *, now: datetime, by: str = "") -> int:
    """Free every space of a block; return how many."""
    standing = bookings_of_block(session, block_id)
    for booking in standing:
        cancel_booking(session, booking.id, reason, now=now, by=by)
    return len(standing)


def _wholes(listed: Sequence[Space], wanted: set[str]) -> list[Space]:
    """Leave out what a whole in the list brings along: a hall and its half would be in each other's way."""
    above = {space.id: space.parent_id for space in listed}

    def covered(space_id: str) -> bool:
        parent = above.get(space_id)
        return parent is not None and (parent in wanted or covered(parent))

    return [space for space in listed if space.id in wanted and not covered(space.id)]

"""Bookable rooms: what is true of each, and what each asks of a booking.

Spaces form a tree: a hall and its halves. A guest space belongs to another building (a school
that is empty in the evening) and is ours only within its hours: see `space_hours`.

Rule: what a space asks of a booking is refused here, one class for each reason, by
`refuse_against_rules`; that nobody is double-booked is the database's own affair.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from marshmallow import fields
from sqlalchemy import Boolean, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, Tags
from shared.errors import Refusal
from shared.records.base import (
    TEXT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Collection,
    RecordColumns,
    RecordSchema,
    Side,
    TagList,
    added_later,
    choice,
    record_link,
    text,
    whole,
)
from shared.records.bookings import Slot
from shared.records.free_time import Buffers
from shared.records.space_hours import GuestHours, free_around, next_free

CAPACITY_MAX = 10_000
BUFFER_MINUTES_MAX = 24 * 60
NOTICE_HOURS_MAX = 365 * 24
LEVELS_MAX = 3  # a house, its halls, their halves: more make no sense in a neighbourhood house
LENGTH_MINUTES_MAX = 31 * 24 * 60  # the longest booking there is


class SpaceKind(StrEnum):
    MULTI_PURPOSE = "multi_purpose"
    COUNSELLING = "counselling"
    KITCHEN = "kitchen"
    CAFE = "cafe"
    OFFICE = "office"
    STORAGE = "storage"
    OUTDOOR = "outdoor"


NOT_FOR_GUESTS = (SpaceKind.OFFICE, SpaceKind.STORAGE)  # nobody from outside can ask for one
PRIVATE_KINDS = (*NOT_FOR_GUESTS, SpaceKind.COUNSELLING)  # who is counselled when is private: no public timetable


class Seating(StrEnum):
    """How a room is set up; the capacity of each is the column `capacity_<seating>`."""

    ROWS = "rows"
    TABLES = "tables"  # parliamentary: rows of tables that look to the front
    CIRCLE = "circle"  # a circle of chairs, or banquet tables
    STANDING = "standing"


class SpaceColumns(RecordColumns):
    """What a house says of a space.

    `capacity` is persons, the largest of all seatings; that of a seating is 0 where it is not
    known. Buffers are minutes kept free around a booking; `rank` sorts. A booking has to be
    made `notice_hours` before it begins and lasts at most `length_max_min` minutes (0: no such
    rule). `fee_class` is the key of one of the house's fees ('': none). A `self_managed` space
    may be used by a group that opens and closes by itself. A guest space stands in
    `host_building` and is free within its `space_hours` only.
    """

    __collection__ = "spaces"

    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    kind: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    capacity: Mapped[int] = mapped_column(Integer, default=0)
    accessibility: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    description: Mapped[str] = mapped_column(Text, default="")
    buffer_before_min: Mapped[int] = mapped_column(Integer, default=0)
    buffer_after_min: Mapped[int] = mapped_column(Integer, default=0)
    bookable: Mapped[bool] = mapped_column(Boolean, default=True)
    rank: Mapped[int] = mapped_column(Integer, default=0)
    capacity_rows: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    capacity_tables: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    capacity_circle: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    capacity_standing: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    features: Mapped[tuple[str, ...]] = mapped_column(Tags, default=(), server_default="")
    notice_hours: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    length_max_min: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    fee_class: Mapped[str] = mapped_column(String(40), default="", server_default="")
    is_guest_space: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    host_building: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="", server_default="")
    self_managed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


def _truth() -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False})


class SpaceSchema(RecordSchema):
    name = text(TITLE_LENGTH_MAX, required=True)
    kind = choice(SpaceKind)
    parent_id = record_link(allow_none=True)
    capacity = whole(0, CAPACITY_MAX)
    accessibility = TagList(required=True)
    description = text(TEXT_LENGTH_MAX)
    buffer_before_min = whole(0, BUFFER_MINUTES_MAX)
    buffer_after_min = whole(0, BUFFER_MINUTES_MAX)
    bookable = _truth()
    rank = whole(0, 10_000)
    capacity_rows = added_later(whole(0, CAPACITY_MAX), 0)
    capacity_tables = added_later(whole(0, CAPACITY_MAX), 0)
    capacity_circle = added_later(whole(0, CAPACITY_MAX), 0)
    capacity_standing = added_later(whole(0, CAPACITY_MAX), 0)
    features = added_later(TagList(), ())
    notice_hours = added_later(whole(0, NOTICE_HOURS_MAX), 0)
    length_max_min = added_later(whole(0, LENGTH_MINUTES_MAX), 0)
    fee_class = added_later(text(40), "")
    is_guest_space = added_later(_truth(), value=False)
    host_building = added_later(text(TITLE_LENGTH_MAX), "")
    self_managed = added_later(_truth(), value=False)


SPACES = Collection(SpaceColumns, SpaceSchema, Side.NODE, version=2)


class NoticeTooShort(Refusal):
    """The booking begins too soon: the space wants `notice`; `earliest` is the first start that goes now."""

    def __init__(self, notice: timedelta, earliest: datetime) -> None:
        super().__init__(f"{notice} of notice")
        self.notice, self.earliest = notice, earliest


class BookingTooLong(Refusal):
    """The booking lasts longer than `longest`, the most that the space takes."""

    def __init__(self, longest: timedelta) -> None:
        super().__init__(f"longer than {longest}")
        self.longest = longest


class OutsideSpaceHours(Refusal):
    """A guest space is not free all that time.

    `free` are its free stretches that the wish meets or that lie on the wished day, in order;
    `following` is the first that begins after the wish's start, None if there is none within
    `space_hours.DAYS_AHEAD` days (a guest space without hours is never free).
    """

    def __init__(self, free: tuple[Slot, ...], following: Slot | None) -> None:
        super().__init__("outside the hours of the guest space")
        self.free, self.following = free, following


class Rules(Protocol):
    """What `refuse_against_rules` reads of a space, on either side."""

    notice_hours: int
    length_max_min: int
    is_guest_space: bool


def refuse_against_rules(space: Rules, hours: Iterable[GuestHours], slot: Slot, now: datetime, zone: ZoneInfo) -> None:
    """Raise the first of NoticeTooShort, BookingTooLong, OutsideSpaceHours that `slot` breaks.

    `hours` are those of the space (`node.spaces.service.hours_of`), read only for a guest
    space; `slot` and `now` in UTC, `zone` is that of the house, whose wall clock the hours
    follow. Buffers may reach out of the hours: they are nobody's use. Staff at the counter
    may be allowed to do without notice; who calls this decides whom it binds.
    """
    refuse_short_notice(space, slot, now)
    refuse_long(space, slot)
    if space.is_guest_space:
        refuse_outside_hours(hours, slot, zone)


def refuse_short_notice(space: Rules, slot: Slot, now: datetime) -> None:
    """Raise NoticeTooShort if `slot` begins sooner than the space's notice from `now`."""
    notice = timedelta(hours=space.notice_hours)
    if notice and slot.starts_at < now + notice:
        raise NoticeTooShort(notice, now + notice)


def refuse_long(space: Rules, slot: Slot) -> None:
    """Raise BookingTooLong if `slot` lasts longer than the space allows; a length of 0 allows all."""
    longest = timedelta(minutes=space.length_max_min)
    if longest and slot.ends_at - slot.starts_at > longest:
        raise BookingTooLong(longest)


def refuse_outside_hours(hours: Iterable[GuestHours], slot: Slot, zone: ZoneInfo) -> None:
    """Raise OutsideSpaceHours unless one free stretch of a guest space covers all of `slot`."""
    listed = tuple(hours)
    free = free_around(slot, listed, zone)
    if not any(stretch.starts_at <= slot.starts_at and slot.ends_at <= stretch.ends_at for stretch in free):
        raise OutsideSpaceHours(free, next_free(slot.starts_at, listed, zone))


class Part(Protocol):
    """What the tree of spaces is made of, on either side."""

    @property
    def id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...


class Room(Protocol):
    """What is read of a space to tell its buffers."""

    buffer_before_min: int
    buffer_after_min: int


def buffers_of(space: Room) -> Buffers:
    """Return the buffers of a space."""
    return Buffers(timedelta(minutes=space.buffer_before_min), timedelta(minutes=space.buffer_after_min))


def parts_by_space(spaces: Iterable[Part]) -> dict[str, tuple[str, ...]]:
    """Return for each space the ids of its undivided parts; its own id if it has none.

    Two spaces are in each other's way exactly if they share a part. The tree is read down to
    LEVELS_MAX levels, as a house's database does: a circle that somebody sent ends there.
    """
    below: dict[str, list[str]] = {}
    listed = list(spaces)
    for space in listed:
        if space.parent_id:
            below.setdefault(space.parent_id, []).append(space.id)

    def leaves(space_id: str, levels: int) -> tuple[str, ...]:
        children = below.get(space_id) if levels else None
        return tuple(leaf for child in children for leaf in leaves(child, levels - 1)) if children else (space_id,)

    return {space.id: leaves(space.id, LEVELS_MAX - 1) for space in listed}


def seats_of(space: Any, seating: str) -> int:
    """Return for how many people a space is in a seating; where that is not known, for how many at most."""
    seats: int = (getattr(space, f"capacity_{seating}", 0) if seating else 0) or space.capacity
    return seats


def largest_capacity(*capacities: int) -> int:
    """Return the capacity of a space: the largest of what is said of it and of its seatings."""
    return max(capacities, default=0)

"""Which spaces are on offer on a day, and how much of the house each of them is. Pure.

Records say what a space is today, not what it was. What they tell of its past: it was there
since it was born (its id carries the time) or first booked, whichever was earlier; one that can
no longer be booked was on offer until its last booking. So a room that is taken out of use keeps
its past.

Space hours: an hour of a whole space is one space hour. A part is a share of its whole, one half
of two, so an hour in which both halves are used is as much as an hour of the hall, never more.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.time import born_at

EARLIEST = date(2020, 1, 1)  # the network is younger; a slip of the year must not add up a century
FOR_EVER = date.max
ONE_SECOND = timedelta(seconds=1)


class Span(NamedTuple):
    """The days [first, before) on which a space was on offer; empty if it never was."""

    first: date
    before: date

    @property
    def is_empty(self) -> bool:
        return self.first >= self.before


@dataclass(frozen=True)
class Room:
    """What adding up needs to know of a space."""

    id: str
    parent_id: str | None
    is_guest: bool
    span: Span


class Share(NamedTuple):
    """A space that some time counts for, and how much of it; `top`: it is part of no other on offer."""

    space_id: str
    top: bool
    weight: Fraction


class Booked(NamedTuple):
    """When the first confirmed booking of a space begins, and when the last ends."""

    starts_at: datetime
    ends_at: datetime


def span_of(record_id: str, bookable: bool, booked: Booked | None, zone: ZoneInfo) -> Span:
    """Return the days on which a space was on offer, from its id and its confirmed bookings."""
    instants = (born_at(record_id), booked.starts_at if booked else None)
    known = [instant.astimezone(zone).date() for instant in instants if instant]
    first = max(min(known, default=FOR_EVER), EARLIEST)
    if bookable:
        return Span(first, FOR_EVER)
    if booked is None:
        return Span(first, first)
    last = (booked.ends_at - ONE_SECOND).astimezone(zone).date()
    return Span(first, max(first, last + timedelta(days=1)))


def ancestors(space_id: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the wholes that a space is part of, the nearest first; a circle of parents ends where it closes.

    A whole that has no record (any more) is none, and what is still booked there is of nothing.
    """
    seen = {space_id}
    at = parents.get(space_id)
    while at is not None and at in parents and at not in seen:
        seen.add(at)
        yield at
        at = parents.get(at)


def on_offer(rooms: Sequence[Room], day: date) -> frozenset[str]:
    """Return which spaces are on offer on `day`."""
    return frozenset(room.id for room in rooms if room.span.first <= day < room.span.before)


def shares(offered: Collection[str], parents: Mapping[str, str | None]) -> dict[str, tuple[Share, ...]]:
    """Return for each space on offer that has no parts on offer what its time counts for.

    That is itself, wholly, and each whole above it, by the part that it is of it. Spaces in
    between that are not on offer are passed over.
    """
    whole_of = {each: next((up for up in ancestors(each, parents) if up in offered), None) for each in offered}
    if any(each in _chain(each, whole_of) for each in offered):
        whole_of = dict.fromkeys(offered)  # a circle: nobody is part of anybody
    parts = {each: sum(1 for whole in whole_of.values() if whole == each) for each in offered}
    return {each: tuple(_shares_of(each, whole_of, parts)) for each in sorted(offered) if not parts[each]}


def _shares_of(leaf: str, whole_of: Mapping[str, str | None], parts: Mapping[str, int]) -> Iterator[Share]:
    weight = Fraction(1)
    at: str | None = leaf
    while at is not None:
        whole = whole_of[at]
        yield Share(at, whole is None, weight)
        weight /= parts[whole] if whole is not None else 1
        at = whole


def _chain(space_id: str, whole_of: Mapping[str, str | None]) -> list[str]:
    """Return what lies above a space, itself last if it lies above itself."""
    found: list[str] = []
    at = whole_of[space_id]
    while at is not None and at not in found:
        found.append(at)
        at = whole_of[at]
    return found

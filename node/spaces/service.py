"""The house's rooms: added, changed, retired; never deleted, since bookings of the past name them.

Rule: spaces form a tree of at most three levels (a house, its halls, their halves); booking
a space books its parts. The claims of bookings follow the tree by themselves (see
`node.bookings.guard`), so a change that would put two bookings into one part is refused.
The hours of guest spaces are kept by `guest_hours`; what a space asks of a booking stands in
`shared.records.spaces`.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.spaces.guest_hours import all_hours, hours_of
from node.spaces.models import Space
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.free_time import Buffers
from shared.records.spaces import LEVELS_MAX, SpaceKind, buffers_of, largest_capacity, parts_by_space

__all__ = [
    "LEVELS_MAX",
    "Branch",
    "Buffers",
    "PartsBooked",
    "SpaceEntry",
    "SpaceUnknown",
    "SpaceWithinItself",
    "TreeTooDeep",
    "add_space",
    "all_hours",
    "bookable_spaces",
    "buffers_of",
    "edit_space",
    "get_space",
    "hours_of",
    "in_tree_order",
    "list_spaces",
    "parts_by_space",
    "parts_of",
    "reopen_space",
    "retire_space",
    "tree",
    "with_wholes",
]


class SpaceUnknown(Refusal):
    """There is no space with this id."""


class SpaceWithinItself(Refusal):
    """A space cannot be a part of itself or of one of its parts."""


class TreeTooDeep(Refusal):
    """A half of a half of a half: more than LEVELS_MAX levels."""


class PartsBooked(Refusal):
    """Coming bookings would share a part after this change of the tree."""


@dataclass(frozen=True, kw_only=True)
class SpaceEntry:
    """What staff say about a space; units and limits as in `shared.records.spaces`.

    `capacity` need not be said where that of a seating is: the space has the largest of them.
    """

    name: str
    kind: str = SpaceKind.MULTI_PURPOSE
    parent_id: str | None = None
    capacity: int = 0
    accessibility: tuple[str, ...] = ()
    description: str = ""
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    bookable: bool = True
    rank: int = 0
    capacity_rows: int = 0
    capacity_tables: int = 0
    capacity_circle: int = 0
    capacity_standing: int = 0
    features: tuple[str, ...] = ()
    notice_hours: int = 0
    length_max_min: int = 0
    fee_class: str = ""
    is_guest_space: bool = False
    host_building: str = ""
    self_managed: bool = False

    def columns(self) -> dict[str, object]:
        """Return the values of a space with this entry."""
        seatings = (self.capacity_rows, self.capacity_tables, self.capacity_circle, self.capacity_standing)
        return asdict(self) | {"capacity": largest_capacity(self.capacity, *seatings)}

    @classmethod
    def of(cls, space: Space) -> "SpaceEntry":
        """Return what has been said of `space`: to change one thing of it."""
        return cls(**{field.name: getattr(space, field.name) for field in fields(cls)})


def add_space(session: Session, entry: SpaceEntry) -> Space:
    """Add a space. Raises SpaceUnknown (the whole), TreeTooDeep, PartsBooked."""
    space = Space(id=new_id(), **entry.columns())
    _refuse_bad_place(list_spaces(session), space.id, entry.parent_id)
    _keep(session, space, entry)
    return space


def edit_space(session: Session, space_id: str, entry: SpaceEntry) -> Space:
    """Change a space. Raises SpaceUnknown, SpaceWithinItself, TreeTooDeep, PartsBooked."""
    space = get_space(session, space_id)
    if entry.parent_id != space.parent_id:
        _refuse_bad_place(list_spaces(session), space_id, entry.parent_id)
    _keep(session, space, entry)
    return space


def retire_space(session: Session, space_id: str) -> Space:
    """Take a space out of use: it takes no new bookings; those it has stay."""
    space = get_space(session, space_id)
    space.bookable = False
    return space


def reopen_space(session: Session, space_id: str) -> Space:
    """Put a retired space to use again."""
    space = get_space(session, space_id)
    space.bookable = True
    return space


def get_space(session: Session, space_id: str) -> Space:
    """Return a space; raise SpaceUnknown."""
    space = session.get(Space, space_id)
    if space is None:
        raise SpaceUnknown
    return space


def list_spaces(session: Session) -> list[Space]:
    """Return all spaces, retired ones too, each whole before its parts, by rank and name."""
    found = session.scalars(select(Space).order_by(Space.rank, Space.name)).all()
    return [space for space, _level in in_tree_order(found)]


def bookable_spaces(session: Session) -> list[Space]:
    """Return the spaces that take bookings, in the order of `list_spaces`."""
    return [space for space in list_spaces(session) if space.bookable]


def in_tree_order(spaces: Iterable[Space]) -> list[tuple[Space, int]]:
    """Return each space with its level (0 for a whole), each whole before its parts."""
    below: dict[str | None, list[Space]] = {}
    listed = list(spaces)
    known = {space.id for space in listed}
    for space in listed:
        below.setdefault(space.parent_id if space.parent_id in known else None, []).append(space)

    def walk(parent_id: str | None, level: int) -> list[tuple[Space, int]]:
        return [found for space in below.get(parent_id, []) for found in [(space, level), *walk(space.id, level + 1)]]

    return walk(None, 0)


def with_wholes(session: Session, space: Space) -> list[Space]:
    """Return the space, the whole that it is a part of, and so on up the tree."""
    line = [space]
    while line[-1].parent_id and len(line) < LEVELS_MAX:
        whole = session.get(Space, line[-1].parent_id)
        if whole is None:
            break
        line.append(whole)
    return line


class Branch(NamedTuple):
    """A space with its parts, as a list of lists draws them."""

    space: Space
    parts: tuple["Branch", ...]


def tree(spaces: Iterable[Space]) -> tuple[Branch, ...]:
    """Return the wholes, each with its parts; one whose whole is not there stands by itself."""
    listed = list(spaces)
    known = {space.id for space in listed}

    def below(parent_id: str | None) -> tuple[Branch, ...]:
        return tuple(
            Branch(space, below(space.id))
            for space in listed
            if (space.parent_id if space.parent_id in known else None) == parent_id
        )

    return below(None)


def parts_of(session: Session, space_id: str) -> tuple[str, ...]:
    """Return the ids of the undivided parts of a space; its own id if it has none."""
    return parts_by_space(list_spaces(session))[space_id]


def _keep(session: Session, space: Space, entry: SpaceEntry) -> None:
    try:
        with session.begin_nested():
            for name, value in entry.columns().items():
                if getattr(space, name) != value:
                    setattr(space, name, value)
            session.add(space)
    except IntegrityError as error:  # the database's guard: nothing else of a space can collide
        raise PartsBooked from error


def _refuse_bad_place(spaces: Iterable[Space], space_id: str, parent_id: str | None) -> None:
    """Raise unless the space may stand under `parent_id` (None: a whole of its own)."""
    parents = {space.id: space.parent_id for space in spaces}
    above = 0
    walker = parent_id
    while walker is not None:
        if walker == space_id:
            raise SpaceWithinItself
        if walker not in parents:
            raise SpaceUnknown
        walker, above = parents[walker], above + 1
    if above + 1 + _depth_below(parents, space_id) > LEVELS_MAX:
        raise TreeTooDeep


def _depth_below(parents: dict[str, str | None], space_id: str) -> int:
    children = [child for child, parent in parents.items() if parent == space_id]
    return max((1 + _depth_below(parents, child) for child in children), default=0)

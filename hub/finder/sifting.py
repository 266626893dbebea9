"""Which spaces can answer a wish at all, and why others cannot."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from hub.finder.answers import Unfit, Why
from hub.finder.houses import City, House, Room
from hub.finder.wishes import Wish
from shared.records.spaces import NOT_FOR_GUESTS, seats_of

EXAMPLES = 8
SEATS_UNKNOWN = 1_000_000  # spare seats of a room of which nobody said how many it takes: it comes last
HOUSE_WIDE = ("accessible_toilet", "parking")  # what a house has, all its own rooms have


@dataclass(slots=True, eq=False)
class Candidate:
    """A space that can answer, and what has been found out about it so far."""

    house: House
    room: Room
    seats: int
    spare: int
    is_near: bool  # in the wished district
    why: Why | None = None
    ever_open: bool = False
    earliest_s: int = 0


def sift(city: City, wish: Wish, gone: Collection[str] = ()) -> tuple[list[Candidate], tuple[Unfit, ...]]:
    """Return the spaces in the wished places that can answer, the others by reason; none of houses `gone`."""
    candidates: list[Candidate] = []
    unfit: dict[Why, list[tuple[House, Room]]] = {}
    for house, room in _in_places(city, wish, gone):
        seats = seats_of(room.row, wish.seating)
        why = _why_not(wish, house, room, seats)
        if why is None:
            spare = seats - wish.persons if seats else SEATS_UNKNOWN
            near = not wish.district or house.district == wish.district
            candidates.append(Candidate(house, room, seats, spare, near))
        else:
            unfit.setdefault(why, []).append((house, room))
    return candidates, tuple(_unfit(why, unfit[why]) for why in Why if why in unfit)


def _in_places(city: City, wish: Wish, gone: Collection[str]) -> Iterator[tuple[House, Room]]:
    """Yield the spaces of the wished places and kind; nobody is told of the others."""
    for house in city.houses.values():
        if house.centre_id in gone or (wish.centre and house.centre_id != wish.centre):
            continue
        if wish.district and not wish.elsewhere and house.district != wish.district:
            continue
        if wish.quarter and house.quarter != wish.quarter:
            continue
        for room in house.rooms:
            row = room.row
            if (row.kind != wish.kind) if wish.kind else (row.kind in NOT_FOR_GUESTS):
                continue
            if row.kind in NOT_FOR_GUESTS or (wish.own_rooms and room.guest_hours is not None):
                continue
            yield house, room


def _why_not(wish: Wish, house: House, room: Room, seats: int) -> Why | None:
    row = room.row
    if not row.bookable:
        return Why.NOT_BOOKABLE
    if wish.persons and seats and seats < wish.persons:
        return Why.TOO_SMALL
    if wish.features and not set(wish.features) <= set(row.features):
        return Why.LACKS
    if wish.accessibility and not set(wish.accessibility) <= accessibility_of(house, room):
        return Why.NOT_ACCESSIBLE
    if row.length_max_min and wish.length_min > row.length_max_min:
        return Why.TOO_LONG
    return None


def accessibility_of(house: House, room: Room) -> set[str]:
    """Return what is accessible about a room: what is said of itself, and what all rooms of its house have."""
    found = set(room.row.accessibility)
    if room.guest_hours is None and house.profile is not None:
        found |= set(house.profile.accessibility).intersection(HOUSE_WIDE)
    return found


def _unfit(why: Why, found: list[tuple[House, Room]]) -> Unfit:
    examples = tuple(
        {"centre_id": house.centre_id, "centre": house.name, "space_id": room.row.id, "name": room.row.name}
        for house, room in found[:EXAMPLES]
    )
    return Unfit(why, len(found), examples)

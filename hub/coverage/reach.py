"""Which districts and quarters have a house yet, and where the next one would help most. Pure: no database.

The city's concept: a Stadtteilzentrum in every district first, in every quarter later. A
Nachbarschaftszentrum is the same thing under its own city's name; a Quartiersbüro or
Stadtteilbüro is a smaller base, from which a centre can grow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from hub.city.queries import Part
from shared.records.centres import CentreKind

CENTRES = frozenset({CentreKind.STADTTEILZENTRUM, CentreKind.NACHBARSCHAFTSZENTRUM})
EARTH_RADIUS_KM = 6_371


class Reach(StrEnum):
    """How far a district or quarter has come."""

    CENTRE = "centre"
    BASE = "base"  # a smaller house only
    NOTHING = "nothing"


class Progress(NamedTuple):
    """How many of `total` places have a house of any kind, and how many a centre."""

    total: int
    with_house: int
    with_centre: int


@dataclass(frozen=True, slots=True)
class Place:
    """A quarter and its houses (`name` '' where they name no quarter)."""

    name: str
    district: str
    houses: tuple[Any, ...]

    @property
    def reach(self) -> Reach:
        return reach_of(self.houses)


@dataclass(frozen=True, slots=True)
class Area:
    """A district, its quarters, and all its houses."""

    name: str
    quarters: tuple[Place, ...]

    @property
    def houses(self) -> tuple[Any, ...]:
        return tuple(house for place in self.quarters for house in place.houses)

    @property
    def reach(self) -> Reach:
        return reach_of(self.houses)

    @property
    def progress(self) -> Progress:
        return progress([place for place in self.quarters if place.name])


def reach_of(houses: Iterable[Any]) -> Reach:
    """Return how far a place with these houses has come."""
    kinds = {house.kind for house in houses}
    if kinds & CENTRES:
        return Reach.CENTRE
    return Reach.BASE if kinds else Reach.NOTHING


def areas(districts: Sequence[str], parts: Iterable[Part], houses: Iterable[Any]) -> list[Area]:
    """Sort the houses into districts and quarters; a house is where its profile says it is."""
    there: dict[Part, list[Any]] = {part: [] for part in parts}
    for house in houses:
        there.setdefault(Part(house.quarter, house.district), []).append(house)
    return [
        Area(name, tuple(Place(part.quarter, name, tuple(of)) for part, of in there.items() if part.district == name))
        for name in districts
    ]


def progress(places: Sequence[Place] | Sequence[Area]) -> Progress:
    """Count the places that have something."""
    reached = [place.reach for place in places]
    return Progress(len(reached), sum(one != Reach.NOTHING for one in reached), reached.count(Reach.CENTRE))


class Next(NamedTuple):
    """A place where a house would be next; `nearest_km` is how far the nearest house is, None if nobody knows."""

    name: str
    district: str
    why: str  # no_house, only_base, far
    nearest_km: float | None = None


def next_places(found: Sequence[Area], positions: Mapping[str, tuple[float, float]], shown: int = 5) -> list[Next]:
    """Return what would be next: districts without a house, then those with a base only, then quarters far from any.

    `positions` are (longitude, latitude) of quarters.
    """
    empty = sorted((area for area in found if area.reach == Reach.NOTHING), key=lambda area: -len(area.quarters))
    first = [Next(area.name, area.name, "no_house") for area in empty]
    bases = [Next(area.name, area.name, "only_base") for area in found if area.reach == Reach.BASE]
    served = [
        positions[place.name] for area in found for place in area.quarters if place.houses and place.name in positions
    ]
    far = [
        Next(
            place.name, area.name, "far", min((distance_km(positions[place.name], one) for one in served), default=None)
        )
        for area in found
        if area.reach != Reach.NOTHING
        for place in area.quarters
        if place.name in positions and not place.houses
    ]
    far.sort(key=lambda one: -(one.nearest_km or 0))
    return [*first, *bases, *far[:shown]]


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance between two (longitude, latitude) as the crow flies."""
    (lon_1, lat_1), (lon_2, lat_2) = (tuple(map(radians, point)) for point in (one, other))
    chord = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))

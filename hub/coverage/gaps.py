"""The gaps: what nobody offers for whom, where, and where the nearest is. Pure: no database.

An offer for everyone does not fill a gap: somebody who looks for something for older people is
not helped by its being open to all. But it softens it, so both are told apart: *nothing at all*,
and *only for everyone*.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.city.queries import Part
from hub.coverage.queries import NOTHING, Cells, Count
from hub.coverage.reach import distance_km
from hub.coverage.sums import EVERYONE

Positions = Mapping[Part, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Gap:
    """A theme that nobody offers for a target group in a place.

    `for_everyone`: dates of the theme there that are for everyone. `nearest`: the nearest place
    that has it; `nearest_km` None if nobody knows how far.
    """

    place: Part
    theme: str
    group: str
    for_everyone: int
    nearest: Part
    nearest_km: float | None = None

    @property
    def is_hard(self) -> bool:
        return not self.for_everyone


def by_district(cells: Cells) -> Cells:
    """Add up quarters to districts."""
    found: dict[tuple[Part, str, str], Count] = {}
    for (place, theme, key), count in cells.items():
        whole = (Part("", place.district), theme, key)
        before = found.get(whole, NOTHING)
        found[whole] = Count(before.dates + count.dates, before.offers + count.offers)
    return found


def gaps(
    cells: Cells, places: Iterable[Part], themes: Sequence[str], groups: Sequence[str], positions: Positions
) -> Iterator[Gap]:
    """Yield the gaps of `places`, theme by theme; `cells` are those of the whole city.

    What nobody in the city has is no gap of a place: `nowhere` tells it once.
    """
    served: dict[tuple[str, str], list[Part]] = {}
    for place, theme, key in cells:
        served.setdefault((theme, key), []).append(place)
    asked = list(places)
    for theme in themes:
        for group in groups:
            having = served.get((theme, group), [])
            if not having:
                continue
            for place in asked:
                if group == EVERYONE or (place, theme, group) in cells:
                    continue
                nearest, far = nearest_of(place, having, positions)
                open_to_all = cells.get((place, theme, EVERYONE), NOTHING).dates
                yield Gap(place, theme, group, open_to_all, nearest, far)


def nearest_of(place: Part, having: Sequence[Part], positions: Positions) -> tuple[Part, float | None]:
    """Return the nearest of the places that have something, and how far it is in km.

    Where positions are not known, one of the same district comes first.
    """
    here = positions.get(place)
    known = [(distance_km(here, positions[other]), other) for other in having if here and other in positions]
    if known:
        far, other = min(known)
        return other, far
    return min(having, key=lambda other: (other.district != place.district, other)), None


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A theme that nobody in the whole city offers for these target groups; `for_everyone` counts its other dates."""

    theme: str
    groups: tuple[str, ...]
    for_everyone: int


def nowhere(cells: Cells, themes: Sequence[str], groups: Sequence[str]) -> list[Nowhere]:
    """Return what nobody in the whole city offers, theme by theme."""
    served = {(theme, key) for _, theme, key in cells}
    found = []
    for theme in themes:
        lacking = tuple(group for group in groups if group != EVERYONE and (theme, group) not in served)
        general = sum(count.dates for (_, of, key), count in cells.items() if (of, key) == (theme, EVERYONE))
        if lacking:
            found.append(Nowhere(theme, lacking, general))
    return found


def unserved(cells: Cells, themes: Sequence[str], groups: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the themes without any offer in the city, and the target groups that have nothing of their own."""
    offered = {theme for _, theme, _ in cells}
    addressed = {key for _, _, key in cells}
    return [theme for theme in themes if theme not in offered], [
        group for group in groups if group != EVERYONE and group not in addressed
    ]

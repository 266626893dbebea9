"""Rings of a map: thinned, measured, and a point well inside. Pure; points are (longitude, latitude).

Rule: nothing here knows of files or names. Distances are in degrees: on the scale of a city it
makes no difference to what is left of an outline.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot
from operator import itemgetter

Point = tuple[float, float]
Ring = list[Point]  # closed: the last point is the first
Polygon = list[Ring]  # the outline, then its holes
RING_POINTS_MAX = 2_000  # before lines are straightened
PIECE = 120  # points of a line that are straightened at once, which may take the square of it
SCAN_LINES = 9  # how many heights of an outline are looked at for its widest place


def thinned(ring: Ring, tolerance: float) -> Ring:
    """Return a ring without points that lie nearer than `tolerance` to the line without them.

    Douglas and Peucker's way, on the two halves between the first point and the one furthest from
    it. A ring that would collapse keeps a triangle.
    """
    ring = _spaced(ring, tolerance / 2)
    if len(ring) <= 4:
        return ring
    middle = max(range(len(ring)), key=lambda place: _distance(ring[0], ring[place]))
    kept = [*_straightened(ring[: middle + 1], tolerance), *_straightened(ring[middle:], tolerance)[1:]]
    if len(kept) >= 4:
        return kept
    aside, _ = max(_from_line(ring, range(1, len(ring) - 1), ring[0], ring[middle]), key=itemgetter(1))
    return [ring[place] for place in sorted({0, middle, aside})] + [ring[0]]


def area(ring: Ring) -> float:
    """Return the area of a ring in square degrees, whichever way round it runs."""
    pairs = pairwise(ring)
    return abs(sum(x_1 * y_2 - x_2 * y_1 for (x_1, y_1), (x_2, y_2) in pairs)) / 2


def point_inside(polygons: Iterable[Polygon]) -> Point:
    """Return a point well inside the largest of the polygons: in the middle of its widest place."""
    largest = max(polygons, key=lambda polygon: area(polygon[0]))
    heights = [y for _, y in largest[0]]
    low, high = min(heights), max(heights)
    widest: tuple[float, Point] = (-1.0, largest[0][0])
    for line in range(1, SCAN_LINES + 1):
        y = low + (high - low) * line / (SCAN_LINES + 1)
        crossed = sorted(x for ring in largest for x in _crossings(ring, y))
        for left, right in zip(crossed[::2], crossed[1::2], strict=False):
            lean = 1 - abs(line / (SCAN_LINES + 1) - 0.5) / 2  # the middle of the height is better for a name
            widest = max(widest, ((right - left) * lean, ((left + right) / 2, y)))
    return widest[1]


def contains(polygons: Iterable[Polygon], point: Point) -> bool:
    """Tell whether a point lies in one of the polygons, and in none of its holes."""
    x, y = point
    return any(
        sum(crossing > x for ring in polygon for crossing in _crossings(ring, y)) % 2 == 1 for polygon in polygons
    )


def _crossings(ring: Ring, y: float) -> list[float]:
    """Return where the edges of a ring cross the height `y`."""
    found = []
    for (x_1, y_1), (x_2, y_2) in pairwise(ring):
        if (y_1 <= y) != (y_2 <= y):
            found.append(x_1 + (y - y_1) * (x_2 - x_1) / (y_2 - y_1))
    return found


def _spaced(ring: Ring, apart: float) -> Ring:
    """Drop points that follow another too closely; further apart if too many are left."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if _distance(kept[-1], point) >= apart:
            kept.append(point)
    if len(kept) < 3:  # smaller than the tolerance: leave it as it is, as far as that goes
        kept = ring[:-1][:: -(-len(ring) // (RING_POINTS_MAX - 1))]
    kept.append(ring[0])
    return kept if len(kept) <= RING_POINTS_MAX else _spaced(kept, apart * 2)


def _straightened(line: Sequence[Point], tolerance: float) -> list[Point]:
    """Straighten a line piece by piece; the ends of the pieces stay."""
    ends = [*range(0, len(line) - 1, PIECE), len(line) - 1]
    keep, waiting = set(ends), list(pairwise(ends))
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        furthest, far = max(_from_line(line, range(first + 1, last), line[first], line[last]), key=itemgetter(1))
        if far > tolerance:
            keep.add(furthest)
            waiting += [(first, furthest), (furthest, last)]
    return [line[place] for place in sorted(keep)]


def _from_line(points: Sequence[Point], places: range, start: Point, end: Point) -> Iterator[tuple[int, float]]:
    """Return the places with how far each point is from the line between `start` and `end`."""
    (x, y), wide, high = start, end[0] - start[0], end[1] - start[1]
    length = hypot(wide, high)
    if length == 0:
        return ((place, _distance(points[place], start)) for place in places)
    return ((place, abs(wide * (y - points[place][1]) - (x - points[place][0]) * high) / length) for place in places)


def _distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])

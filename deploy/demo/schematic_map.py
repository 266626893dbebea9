"""Draws the schematic shapes of the demo's city: what lies nearest to each quarter's middle is that quarter.

    python -m deploy.demo.schematic_map     # writes duisburg_schematic.geojson beside this file

A cell is the part of the city's rough hull that is nearer to its quarter than to any other (a
Voronoi cell, cut out of the hull line by line). A district is its quarters together: the edges
that two of them share fall away. No official geometry is in it.
"""

import json
from collections.abc import Iterable
from math import cos, radians
from pathlib import Path

from deploy.demo.quarters import QUARTERS

FILE = Path(__file__).with_name("duisburg_schematic.geojson")
SHRINK = cos(radians(51.45))  # a degree of longitude is shorter than one of latitude here
BEYOND = 0.013  # degrees of latitude, some 1.4 km: how far the hull lies outside the outermost middles
CORNERS = 16
DECIMALS = 4

Point = tuple[float, float]  # in degrees of latitude, both ways
Ring = list[Point]


def collection() -> dict[str, object]:
    """Return the shapes of all quarters and districts as GeoJSON."""
    middles = {name: (lon * SHRINK, lat) for of in QUARTERS.values() for name, (lat, lon) in of.items()}
    outer = hull([around for middle in middles.values() for around in circle(middle)])
    cells = {
        name: cell(middle, [other for other in middles.values() if other != middle], outer)
        for name, middle in middles.items()
    }
    cells = snapped(cells)
    features = []
    for district, of in QUARTERS.items():
        features.append(feature(district, "district", district, union(cells[name] for name in of)))
        features += [feature(name, "quarter", district, [cells[name]]) for name in of]
    return {"type": "FeatureCollection", "features": features}


def circle(middle: Point) -> Ring:
    """Return points around a middle, for the hull."""
    return [
        (
            middle[0] + BEYOND * cos(radians(360 * step / CORNERS)),
            middle[1] + BEYOND * cos(radians(360 * step / CORNERS - 90)),
        )
        for step in range(CORNERS)
    ]


def hull(points: Iterable[Point]) -> Ring:
    """Return the convex hull, against the clock (Andrew's way)."""

    def half(ordered: Iterable[Point]) -> Ring:
        kept: Ring = []
        for point in ordered:
            while len(kept) > 1 and turn(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    ordered = sorted(set(points))
    return half(ordered) + half(reversed(ordered))


def turn(one: Point, two: Point, three: Point) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def cell(middle: Point, others: Iterable[Point], outer: Ring) -> Ring:
    """Return what of `outer` is nearer to `middle` than to any of `others`."""
    ring = outer
    for other in others:
        ring = cut(ring, middle, other)
    return ring


def cut(ring: Ring, middle: Point, other: Point) -> Ring:
    """Cut off what is nearer to `other`."""

    def side(point: Point) -> float:
        """Positive on the side of `middle`."""
        here = (point[0] - middle[0]) ** 2 + (point[1] - middle[1]) ** 2
        return (point[0] - other[0]) ** 2 + (point[1] - other[1]) ** 2 - here

    kept: Ring = []
    for one, two in zip(ring, ring[1:] + ring[:1], strict=True):
        first, second = side(one), side(two)
        if first >= 0:
            kept.append(one)
        if first * second < 0:
            share = first / (first - second)
            kept.append((one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share))
    return kept


def snapped(cells: dict[str, Ring]) -> dict[str, Ring]:
    """Let corners that differ by rounding only be the same, so that cells share their edges."""
    known: list[Point] = []

    def corner(point: Point) -> Point:
        near = next((one for one in known if abs(one[0] - point[0]) + abs(one[1] - point[1]) < 10**-DECIMALS), None)
        if near is None:
            known.append(point)
        return near or point

    found = {}
    for name, ring in cells.items():
        corners = [corner(point) for point in ring]
        found[name] = [
            point for point, before in zip(corners, corners[-1:] + corners[:-1], strict=True) if point != before
        ]
    return found


def union(cells: Iterable[Ring]) -> list[Ring]:
    """Return the outlines of cells together: edges that run both ways are inside and fall away."""
    edges = {(one, two) for ring in cells for one, two in zip(ring, ring[1:] + ring[:1], strict=True)}
    after = {one: two for one, two in edges if (two, one) not in edges}
    rings = []
    while after:
        start, at = after.popitem()
        ring = [start]
        while at != start:
            ring.append(at)
            at = after.pop(at)
        rings.append(ring)
    return rings


def feature(name: str, level: str, district: str, rings: list[Ring]) -> dict[str, object]:
    coordinates = [[closed(ring)] for ring in rings]
    return {
        "type": "Feature",
        "properties": {"name": name, "level": level, "district": district},
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
    }


def closed(ring: Ring) -> list[list[float]]:
    degrees = [[round(x / SHRINK, DECIMALS), round(y, DECIMALS)] for x, y in ring]
    return [*degrees, degrees[0]]


def main() -> None:
    """Write the file, a feature on each line."""
    made = collection()
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in made["features"])  # type: ignore[attr-defined]
    FILE.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()

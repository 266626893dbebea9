"""A GeoJSON file of districts or quarters, read strictly: only shapes and names leave this module.

What is taken: a FeatureCollection whose features are polygons or multipolygons in longitude and
latitude (WGS 84). Rings that were left open are closed, heights are dropped, points beyond what a
map can show are thinned. Everything else is refused, with a word on what to do (`Trouble`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from math import isfinite
from typing import Any, NamedTuple

import orjson

from hub.city.geometry import Point, Polygon, Ring, area, thinned
from shared.errors import Refusal

FILE_BYTES_MAX = 5_000_000  # the finest outlines of a city's quarters that were met had 3 MB
AREAS_MAX = 300
RINGS_MAX = 200  # of one area: islands and holes
POINTS_MAX = 300_000  # in the file
POINTS_THINNED_MAX = 100_000  # that ten metres leave over; more is no city, and would take minutes
POINTS_KEPT_MAX = 20_000  # on the map, in all: a page of 200 kB
TOLERANCE = 0.0001  # degrees, some ten metres: half a point on a map of the city
DECIMALS = 5  # about a metre
NAME_LENGTH_MAX = 80
PROPERTIES_MAX = 100
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


class Trouble(StrEnum):
    """Why a file, or an area of it, cannot be taken."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_A_COLLECTION = "not_a_collection"
    EMPTY = "empty"
    TOO_MANY_AREAS = "too_many_areas"
    TOO_MANY_POINTS = "too_many_points"
    NO_NAMES = "no_names"
    PROJECTED = "projected"  # metres of a national grid instead of degrees
    NOT_A_POLYGON = "not_a_polygon"
    BAD_COORDINATES = "bad_coordinates"
    OUT_OF_RANGE = "out_of_range"
    TOO_FEW_POINTS = "too_few_points"
    NO_AREA = "no_area"


class BadFile(Refusal):
    """The file cannot be taken. `where` is the number of the feature from 1, 0 for the whole file."""

    def __init__(self, trouble: Trouble, where: int = 0) -> None:
        super().__init__()
        self.trouble, self.where = trouble, where


class Feature(NamedTuple):
    """A shape, and what is said of it: texts by the names of their properties."""

    said: Mapping[str, str]
    polygons: list[Polygon]


def read(content: bytes) -> list[Feature]:
    """Return the features of a file, thinned. Raises BadFile."""
    if len(content) > FILE_BYTES_MAX:
        raise BadFile(Trouble.TOO_LARGE)
    features = _features(content)
    found, points = [], 0
    for number, feature in enumerate(features, start=1):
        polygons = _polygons(feature, number)
        points += sum(len(ring) for polygon in polygons for ring in polygon)
        if points > POINTS_MAX:
            raise BadFile(Trouble.TOO_MANY_POINTS)
        found.append(Feature(_said(feature), polygons))
    return _all_thinned(found)


def _features(content: bytes) -> Sequence[Any]:
    try:
        read = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadFile(Trouble.NOT_JSON) from error
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection":
        raise BadFile(Trouble.NOT_A_COLLECTION)
    features = read.get("features")
    if not isinstance(features, list):
        raise BadFile(Trouble.NOT_A_COLLECTION)
    if not features:
        raise BadFile(Trouble.EMPTY)
    if len(features) > AREAS_MAX:
        raise BadFile(Trouble.TOO_MANY_AREAS)
    crs = read.get("crs")
    if crs is not None and not any(known in _name_of(crs) for known in _WGS84):
        raise BadFile(Trouble.PROJECTED)
    return features


def _name_of(crs: Any) -> str:
    """Return the name of a coordinate system, as old files write it; '' for whatever else stands there."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    return name if isinstance(name, str) else ""


def _said(feature: Mapping[str, Any]) -> dict[str, str]:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return {}
    texts = (
        (key, " ".join(value.split()))
        for key, value in list(properties.items())[:PROPERTIES_MAX]
        if isinstance(value, str)
    )
    return {key: value for key, value in texts if 0 < len(value) <= NAME_LENGTH_MAX and value.isprintable()}


def _polygons(feature: Any, number: int) -> list[Polygon]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise BadFile(Trouble.NOT_A_POLYGON, number)
    coordinates = geometry.get("coordinates")
    listed = [coordinates] if kind == "Polygon" else coordinates
    polygons = [[_ring(ring, number) for ring in _list(polygon, number)] for polygon in _list(listed, number)]
    if sum(map(len, polygons)) > RINGS_MAX:
        raise BadFile(Trouble.TOO_MANY_POINTS, number)
    kept = [
        [polygon[0], *(hole for hole in polygon[1:] if area(hole) > 0)] for polygon in polygons if area(polygon[0]) > 0
    ]
    if not kept:
        raise BadFile(Trouble.NO_AREA, number)
    return kept


def _list(value: Any, number: int) -> list[Any]:
    """Return a list that is not empty."""
    if not isinstance(value, list) or not value:
        raise BadFile(Trouble.BAD_COORDINATES, number)
    return value


def _ring(value: Any, number: int) -> Ring:
    """Return a ring, closed if it was not."""
    ring = [_point(point, number) for point in _list(value, number)]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(set(ring)) < 3:
        raise BadFile(Trouble.TOO_FEW_POINTS, number)
    return ring


def _point(value: Any, number: int) -> Point:
    if not isinstance(value, list) or not 2 <= len(value) <= 4:
        raise BadFile(Trouble.BAD_COORDINATES, number)
    longitude, latitude = value[0], value[1]
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not isfinite(one) for one in value[:2]):
        raise BadFile(Trouble.BAD_COORDINATES, number)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        metres = abs(longitude) > 10_000 or abs(latitude) > 10_000
        raise BadFile(Trouble.PROJECTED if metres else Trouble.OUT_OF_RANGE, number)
    return float(longitude), float(latitude)


def _all_thinned(features: Sequence[Feature]) -> list[Feature]:
    """Thin all areas by the same measure, more and more until a map can carry them. Raises BadFile if none can."""
    if 4 * sum(len(polygon) for feature in features for polygon in feature.polygons) > POINTS_KEPT_MAX:
        raise BadFile(Trouble.TOO_MANY_POINTS)
    tolerance = TOLERANCE
    found = [Feature(feature.said, _thinned(feature.polygons, tolerance)) for feature in features]
    while POINTS_KEPT_MAX < _points(found) <= POINTS_THINNED_MAX and tolerance < 1:
        tolerance *= 2
        found = [Feature(feature.said, _thinned(feature.polygons, tolerance)) for feature in found]
    if _points(found) > POINTS_KEPT_MAX:
        raise BadFile(Trouble.TOO_MANY_POINTS)
    return found


def _thinned(polygons: Iterable[Polygon], tolerance: float) -> list[Polygon]:
    return [[_rounded(thinned(ring, tolerance), ring) for ring in polygon] for polygon in polygons]


def _rounded(ring: Ring, before: Ring) -> Ring:
    """Round what is kept to a metre; a ring that is smaller than that stays as it was."""
    kept: Ring = []
    for longitude, latitude in ring:
        point = (round(longitude, DECIMALS), round(latitude, DECIMALS))
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept if len(set(kept)) >= 3 and area(kept) > 0 else before


def _points(features: Iterable[Feature]) -> int:
    return sum(len(ring) for feature in features for polygon in feature.polygons for ring in polygon)


def names_in(features: Iterable[Feature]) -> Iterator[str]:
    """Yield the names of the properties that carry texts, each once."""
    yield from dict.fromkeys(key for feature in features for key in feature.said)

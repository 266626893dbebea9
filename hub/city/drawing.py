"""A map of areas as SVG, drawn on the server: text in, SVG out. No tiles, no styles: `map.css` has the rest.

Areas are links with names of their own, so a keyboard goes through them and a screen reader says
what each is. Their state is a pattern and a word, never colour alone. Beside each map stands a table.

Projection: equirectangular at the middle latitude of what is shown; over a city's twenty
kilometres that is right to a few metres.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, radians

from markupsafe import Markup, escape

from hub.city.geometry import Point, Polygon, Ring

WIDTH, HEIGHT_MAX, MARGIN = 720.0, 960.0, 10.0
LETTER, LINE = 6.6, 15.0  # width of a letter and height of a line of a name, in units of the view box
HOUSE = 10.0  # half the width of a house, with a little air
FEW = 12  # so many areas have room for large names on a phone
PATTERNS = {
    "plain": "",
    "full": '<path class="map__ink" d="M0 5h10M5 0v10"/>',
    "some": '<path class="map__ink" d="M-2 2l4-4M0 10l10-10M8 12l4-4"/>',
    "none": '<circle class="map__dot" cx="3" cy="3" r="1.1"/>',
    "unknown": '<path class="map__ink" d="M0 5h4"/>',
}


@dataclass(frozen=True)
class DrawnArea:
    """An area as it is drawn. `said` is what a screen reader says of the link; `figure` stands below the name."""

    name: str
    outline: Sequence[Polygon]
    middle: Point
    href: str
    said: str
    pattern: str = "plain"
    figure: str = ""


@dataclass(frozen=True)
class DrawnHouse:
    """A house as a point; `is_rough` if only its quarter is known."""

    name: str
    at: Point
    href: str
    kind: str
    is_rough: bool = False


@dataclass(frozen=True)
class Drawing:
    """What is on a map. `borders` are lines above the areas, of their districts."""

    key: str
    title: str
    text: str
    areas: Sequence[DrawnArea]
    houses: Sequence[DrawnHouse] = ()
    borders: Sequence[Sequence[Polygon]] = field(default=())


class Projection:
    """Longitude and latitude to units of the view box."""

    def __init__(self, outlines: Iterable[Sequence[Polygon]]) -> None:
        points = [point for outline in outlines for polygon in outline for point in polygon[0]]
        self.west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, self.north = min(y for _, y in points), max(y for _, y in points)
        self.shrink = cos(radians((south + self.north) / 2))  # a degree of longitude is shorter up here
        wide, high = max((east - self.west) * self.shrink, 1e-6), max(self.north - south, 1e-6)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT_MAX - 2 * MARGIN) / high)
        self.width, self.height = wide * self.scale + 2 * MARGIN, high * self.scale + 2 * MARGIN

    def __call__(self, point: Point) -> Point:
        x = (point[0] - self.west) * self.shrink * self.scale
        return MARGIN + x, MARGIN + (self.north - point[1]) * self.scale

    def shows(self, point: Point) -> bool:
        """Tell whether a point is on the map."""
        x, y = self(point)
        return 0 <= x <= self.width and 0 <= y <= self.height


def draw(drawing: Drawing) -> Markup:
    """Return the picture; a drawing needs at least one area."""
    project = Projection(area.outline for area in drawing.areas)
    key, css = drawing.key, "map map--few" if len(drawing.areas) <= FEW else "map"
    parts = [
        f'<svg class="{css}" viewBox="0 0 {project.width:.0f} {project.height:.0f}" role="group" direction="ltr"',
        f' aria-labelledby="{key}-title" aria-describedby="{key}-text">',
        f'<title id="{key}-title">{escape(drawing.title)}</title><desc id="{key}-text">{escape(drawing.text)}</desc>',
        f"<defs>{''.join(pattern(key, name) for name in PATTERNS)}</defs>",
        *(_area(key, area, project) for area in drawing.areas),
        *(f'<path class="map__border" d="{_path(outline, project)}"/>' for outline in drawing.borders),
        '<g aria-hidden="true">',
        *_names(drawing, project),
        "</g>",
        *_houses(drawing.houses, project),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (every text in it went through escape)


def swatch(key: str, name: str) -> Markup:
    """Return a little field with a pattern of the map `key`, for the legend beside it."""
    return Markup(  # noqa: S704 (both come from this program)
        '<svg class="map__swatch" viewBox="0 0 32 20" aria-hidden="true">'
        f'<rect class="map__field map__field--{name}" width="32" height="20"/>'
        f'<rect class="map__edge" width="32" height="20" fill="url(#{key}-{name})"/></svg>'
    )


def pattern(key: str, name: str) -> str:
    """Return the definition of a pattern."""
    return (
        f'<pattern id="{key}-{name}" class="map__pattern map__field--{name}" width="10" height="10"'
        f' patternUnits="userSpaceOnUse"><rect width="10" height="10"/>{PATTERNS[name]}</pattern>'
    )


def _area(key: str, area: DrawnArea, project: Projection) -> str:
    return (
        f'<a class="map__area" href="{escape(area.href)}" aria-label="{escape(area.said)}">'
        f"<title>{escape(area.said)}</title>"
        f'<path class="map__edge" fill="url(#{key}-{area.pattern})" fill-rule="evenodd"'
        f' d="{_path(area.outline, project)}"/></a>'
    )


def _path(outline: Iterable[Polygon], project: Projection) -> str:
    return "".join(_line(ring, project) for polygon in outline for ring in polygon)


def _line(ring: Ring, project: Projection) -> str:
    points = [f"{x:.1f} {y:.1f}" for x, y in map(project, ring[:-1])]
    return f"M{'L'.join(points)}Z"


def _names(drawing: Drawing, project: Projection) -> list[str]:
    """Write names and figures where they do not collide; the table has all of them."""
    houses = [_box(*project(house.at)) for house in drawing.houses]
    taken = list(houses)
    parts = []
    for area in drawing.areas:
        x, y = project(area.middle)
        lines = [*_wrapped(area.name), *([area.figure] if area.figure else [])]
        wide = max(len(line) for line in lines) * LETTER / 2
        x = min(max(x, wide + 2), project.width - wide - 2)
        high = LINE * len(lines) / 2
        box = (x - wide, y - high, x + wide, y + high)
        if any(_meet(box, house) for house in houses):  # the name moves below the house
            box = (x - wide, y + HOUSE, x + wide, y + HOUSE + 2 * high)
        if any(_meet(box, other) for other in taken):
            continue
        taken.append(box)
        for number, line in enumerate(lines):
            css = "map__figure" if area.figure and number == len(lines) - 1 else "map__name"
            at = box[1] + LINE * (number + 0.8)
            parts.append(f'<text class="{css}" x="{x:.1f}" y="{at:.1f}">{escape(line)}</text>')
    return parts


def _box(x: float, y: float) -> tuple[float, float, float, float]:
    return x - HOUSE, y - HOUSE, x + HOUSE, y + HOUSE


def _wrapped(name: str) -> list[str]:
    """Break a long name at its middle hyphen, slash or space."""
    breaks = [place + 1 for place, letter in enumerate(name) if letter in "-/ "]
    if len(name) < 12 or not breaks:
        return [name]
    middle = min(breaks, key=lambda place: abs(place - len(name) / 2))
    return [name[:middle].strip(), name[middle:].strip()]


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _houses(houses: Iterable[DrawnHouse], project: Projection) -> list[str]:
    """Draw the houses; those at the same place stand side by side."""
    at: dict[tuple[int, int], int] = {}
    parts = []
    for house in houses:
        if not project.shows(house.at):
            continue
        x, y = project(house.at)
        beside = at[int(x / HOUSE), int(y / HOUSE)] = at.get((int(x / HOUSE), int(y / HOUSE)), -1) + 1
        x += beside * 2 * HOUSE
        css = "map__house map__house--rough" if house.is_rough else "map__house"
        parts.append(
            f'<a class="{css}" href="{escape(house.href)}" aria-label="{escape(house.name)}, {escape(house.kind)}">'
            f"<title>{escape(house.name)}</title>"
            f'<g transform="translate({x:.1f} {y:.1f})"><path d="M-8 8V-2L0-9l8 7v10z"/></g></a>'
        )
    return parts

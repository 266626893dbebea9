"""Bar and line charts as SVG, drawn on the server, each with the table of its figures.

Rule: never colour alone. Series differ by pattern or dash and marker, and are named; the
table says the same in figures. Colours come from `charts.css`, by class.

    chart = charts.bars("Besuche", "Besuche je Bezirk im Oktober", ["Mitte", "Süd"], [Series("2026", [120, 80])])

and in a template: `{{ figure(chart) }}` (macros.html).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from shared.web import chart_shapes as shapes
from shared.web.filters import number

Figure = float | int | None
SERIES_MAX = 6  # more patterns than that cannot be told apart


@dataclass(frozen=True)
class Series:
    """A named row of figures, one for each label; None is "not known" and is not drawn as zero."""

    name: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Chart:
    """A picture and the same figures as a table."""

    title: str
    description: str
    svg: Markup
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numeric(self) -> tuple[int, ...]:
        return tuple(range(1, len(self.headers)))


def bars(  # noqa: PLR0917 (what a chart needs)
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    first_header: str = "",
    write: Callable[[Any], str] = number,
) -> Chart:
    """Return a chart with a group of upright bars for each label. `write` puts a figure into words."""
    return _chart(title, description, labels, series, first_header, write, shapes.draw_bars, shapes.bar_key)


def lines(  # noqa: PLR0917 (what a chart needs)
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    first_header: str = "",
    write: Callable[[Any], str] = number,
) -> Chart:
    """Return a chart with a line for each series, over labels that follow each other in time."""
    return _chart(title, description, labels, series, first_header, write, shapes.draw_lines, shapes.line_key)


def _chart(  # noqa: PLR0917 (what a chart needs)
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    first_header: str,
    write: Callable[[Any], str],
    draw: Callable[[shapes.Plot], list[str]],
    key_of: shapes.KeyOf,
) -> Chart:
    if len(series) > SERIES_MAX:
        raise ValueError(f"{len(series)} series in one chart: {SERIES_MAX} is what people can tell apart")
    if any(len(one.figures) != len(labels) for one in series):
        raise ValueError("each series needs one figure for each label")
    key = "chart-" + hashlib.sha256(f"{title}|{description}".encode()).hexdigest()[:8]
    plot = shapes.Plot(key, tuple(labels), tuple(one.name for one in series), [one.figures for one in series], write)
    rows = tuple(
        (label, *("–" if one.figures[place] is None else write(one.figures[place]) for one in series))
        for place, label in enumerate(labels)
    )
    svg = shapes.frame(plot, title, description, draw(plot), key_of)
    return Chart(title, description, svg, (first_header, *(one.name for one in series)), rows)

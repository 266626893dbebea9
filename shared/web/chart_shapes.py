"""The geometry of charts: scales, axes, bars, lines, legends; text in, SVG out.

Lengths are in units of the view box. No styles here: classes only, `charts.css` has the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from markupsafe import Markup, escape

WIDTH = 720
LEFT, RIGHT, TOP = 56, 16, 16
PLOT_HEIGHT = 240
LABEL_HEIGHT = 44
LEGEND_ROW = 26
LETTER = 7.2  # average width of a letter at 13 units
TICKS_MIN, TICKS_MAX = 4, 6
VALUES_SHOWN_MAX = 14  # beyond that figures above the bars would collide
PATTERNS = (
    '<rect width="8" height="8"/>',
    '<rect width="8" height="8"/><path class="chart__ink" d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>',
    '<rect width="8" height="8"/><circle class="chart__dot" cx="4" cy="4" r="1.8"/>',
    '<rect width="8" height="8"/><path class="chart__ink" d="M0 4h8"/>',
    '<rect width="8" height="8"/><path class="chart__ink" d="M0 0l8 8M8 0l-8 8"/>',
    '<rect width="8" height="8"/><path class="chart__ink" d="M4 0v8"/>',
)
MARKERS = (
    '<circle r="4.5"/>',
    '<rect x="-4" y="-4" width="8" height="8"/>',
    '<path d="M0-5.5l5 9h-10z"/>',
    '<path d="M0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z"/>',
    '<path d="M0 5.5l5-9h-10z"/>',
    '<path d="M-5-1.5h3.5v-3.5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5z"/>',
)


@dataclass(frozen=True)
class Plot:
    """What is to be drawn; `figures` has one sequence per series."""

    key: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    figures: Sequence[Sequence[Any]]
    write: Callable[[Any], str]

    @property
    def top(self) -> float:
        """The figure at the top of the scale: a round one that no figure exceeds."""
        return self.ticks * self.step

    @property
    def ticks(self) -> int:
        """How many lines the scale has: as few above the largest figure as can be."""
        return max(TICKS_MIN, ceil(self._largest / self.step))

    @property
    def step(self) -> float:
        return _round_step(self._largest / TICKS_MAX)

    @property
    def _largest(self) -> float:
        return max((value for row in self.figures for value in row if value is not None), default=0)

    @property
    def slot(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(1, len(self.labels))

    def y(self, value: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - value / self.top)


KeyOf = Callable[[Plot, int, float, float], str]


def frame(plot: Plot, title: str, description: str, inside: list[str], key_of: KeyOf) -> Markup:
    """Return the whole picture: title and description for screen readers, axes, `inside`, legend."""
    legend, legend_height = _legend(plot, key_of)
    height = TOP + PLOT_HEIGHT + LABEL_HEIGHT + legend_height
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" direction="ltr"',
        f' aria-labelledby="{plot.key}-title {plot.key}-text">',
        f'<title id="{plot.key}-title">{escape(title)}</title>',
        f'<desc id="{plot.key}-text">{escape(description)}</desc>',
        *_patterns(plot),
        *_scale(plot),
        *_label_texts(plot),
        *inside,
        *legend,
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (every text in it went through escape)


def draw_bars(plot: Plot) -> list[str]:
    """Return the bars, side by side within each label, with their figures above while there is room."""
    gap = min(24.0, plot.slot * 0.25)
    width = min(56.0, (plot.slot - gap) / max(1, len(plot.figures)))
    shown = len(plot.labels) * len(plot.figures) <= VALUES_SHOWN_MAX and _values_fit(plot, width)
    parts = []
    for series, row in enumerate(plot.figures):
        for place, value in enumerate(row):
            if value is None:
                continue
            x = LEFT + plot.slot * (place + 0.5) + width * (series - len(plot.figures) / 2)
            y = plot.y(value)
            parts.append(
                f'<rect class="chart__bar chart__bar--{series}" x="{x:.1f}" y="{y:.1f}" width="{width - 2:.1f}"'
                f' height="{TOP + PLOT_HEIGHT - y:.1f}" fill="url(#{plot.key}-{series})"/>'
            )
            if shown:
                parts.append(_text(x + width / 2 - 1, y - 5, plot.write(value), "chart__value"))
    return parts


def _values_fit(plot: Plot, width: float) -> bool:
    """Tell whether figures above bars that stand side by side would stay apart; the table has them anyway."""
    written = (plot.write(value) for row in plot.figures for value in row if value is not None)
    return len(plot.figures) == 1 or LETTER * max(map(len, written), default=0) <= width


def draw_lines(plot: Plot) -> list[str]:
    """Return the lines; where a figure is not known the line has a gap."""
    parts = []
    for series, row in enumerate(plot.figures):
        stretch: list[str] = []
        for place, value in enumerate([*row, None]):
            if value is None:
                if len(stretch) > 1:
                    parts.append(f'<polyline class="chart__line chart__line--{series}" points="{" ".join(stretch)}"/>')
                stretch = []
                continue
            x, y = LEFT + plot.slot * (place + 0.5), plot.y(value)
            stretch.append(f"{x:.1f},{y:.1f}")
            parts.append(_marker(series, x, y))
    return parts


def _scale(plot: Plot) -> list[str]:
    parts = []
    for tick in range(plot.ticks + 1):
        value = plot.step * tick
        y = plot.y(value)
        parts.append(f'<path class="chart__rule" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        shown = plot.write(int(value) if value == int(value) else value)
        parts.append(_text(LEFT - 8, y + 4.5, shown, "chart__tick"))
    return parts


def _label_texts(plot: Plot) -> list[str]:
    """Labels below the axis; where they would collide only every n-th is written, the table has all."""
    longest = max((len(label) for label in plot.labels), default=0)
    room = max(1, int(plot.slot // LETTER))
    two_lines = longest > room
    every = max(1, -(-min(longest, 12) // (room * (2 if two_lines else 1))))
    parts = []
    for place in range(0, len(plot.labels), every):
        x = LEFT + plot.slot * (place + 0.5)
        for row, words in enumerate(_wrapped(plot.labels[place], room * every)):
            parts.append(_text(x, TOP + PLOT_HEIGHT + 18 + 15 * row, words, "chart__label"))
    return parts


def _wrapped(label: str, room: int) -> list[str]:
    """Return at most two lines of about `room` letters, broken at a space or hyphen if there is one."""
    if len(label) <= room:
        return [label]
    breaks = [place + 1 for place, letter in enumerate(label) if letter in " -/" and place + 1 <= room]
    cut = breaks[-1] if breaks else room
    rest = label[cut:].strip()
    return [label[:cut].strip(), rest if len(rest) <= room else rest[: max(1, room - 1)] + "…"]


def _legend(plot: Plot, key_of: KeyOf) -> tuple[list[str], int]:
    """Return the legend and its height; a single series needs none, the title says what it is."""
    if len(plot.names) < 2:
        return [], 0
    parts, x, row = [], float(LEFT), 0
    for series, name in enumerate(plot.names):
        width = 38 + LETTER * len(name) + 18
        if x > LEFT and x + width > WIDTH:
            x, row = float(LEFT), row + 1
        y = TOP + PLOT_HEIGHT + LABEL_HEIGHT + LEGEND_ROW * row
        parts.append(key_of(plot, series, x, y))
        parts.append(f'<text class="chart__legend" x="{x + 36:.1f}" y="{y + 12}">{escape(name)}</text>')
        x += width
    return parts, LEGEND_ROW * (row + 1)


def bar_key(plot: Plot, series: int, x: float, y: float) -> str:
    """Return the sample of a series of bars beside its name."""
    css = f"chart__bar chart__bar--{series}"
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="28" height="14" fill="url(#{plot.key}-{series})"/>'


def line_key(plot: Plot, series: int, x: float, y: float) -> str:
    """Return the sample of a line beside its name."""
    line = f'<path class="chart__line chart__line--{series}" d="M{x:.1f} {y + 7:.1f}h28"/>'
    return line + _marker(series, x + 14, y + 7)


def _patterns(plot: Plot) -> list[str]:
    return [
        "<defs>",
        *(
            f'<pattern id="{plot.key}-{series}" class="chart__pattern chart__pattern--{series}" width="8" height="8"'
            f' patternUnits="userSpaceOnUse">{PATTERNS[series]}</pattern>'
            for series in range(len(plot.names))
        ),
        "</defs>",
    ]


def _marker(series: int, x: float, y: float) -> str:
    shape = MARKERS[series]
    return f'<g class="chart__marker chart__marker--{series}" transform="translate({x:.1f} {y:.1f})">{shape}</g>'


def _text(x: float, y: float, words: str, css: str) -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _round_step(rough: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, 50 … that is not below `rough`."""
    power = 1.0
    while True:
        for step in (1, 2, 5):
            if step * power >= rough:
                return step * power
        power *= 10

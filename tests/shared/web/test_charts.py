"""Charts are pictures with the same figures beside them, and never colour alone."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest

from shared.web.charts import Chart, Series, bars, lines

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def german(town: Any) -> Iterator[None]:
    """Figures are written for somebody who reads German."""
    with town.app.test_request_context():
        yield


def drawn(chart: Chart) -> ET.Element:
    """Return the picture as a tree; a broken one raises."""
    return ET.fromstring(str(chart.svg))


def of_class(chart: Chart, css: str) -> list[ET.Element]:
    """Return the shapes of a class."""
    return [shape for shape in drawn(chart).iter() if css in shape.get("class", "").split()]


def test_a_picture_has_a_title_and_a_description() -> None:
    """A screen reader announces the picture by its title and tells what it shows."""
    root = drawn(bars("Besuche & <mehr>", "Besuche je Bezirk", ["Mitte"], [Series("Oktober", [3])]))
    title, text = root.find("title"), root.find("desc")
    assert title is not None
    assert text is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
    assert (title.text, text.text) == ("Besuche & <mehr>", "Besuche je Bezirk")


def test_bars_are_as_high_as_their_figures() -> None:
    """Twice the figure is twice the height, and zero has none."""
    heights = [
        float(bar.get("height", "nan"))
        for bar in of_class(bars("t", "d", ["a", "b", "c"], [Series("s", [0, 50, 100])]), "chart__bar")
    ]
    assert heights[0] == 0
    assert heights[2] == pytest.approx(2 * heights[1], abs=0.2)


@pytest.mark.parametrize(
    ("largest", "written"),
    [(0, "4"), (3, "4"), (7, "8"), (38, "40"), (100, "100"), (5271, "6.000"), (10_001, "12.000")],
)
def test_the_scale_ends_close_above_the_largest_figure(largest: int, written: str) -> None:
    """Round steps, few of them, and the picture is not half empty."""
    chart = bars("Visits", "By month", ["May"], [Series("This year", [largest])])
    ticks = [str(shape.text) for shape in of_class(chart, "chart__tick")]
    assert ticks[-1] == written
    assert 5 <= len(ticks) <= 7


def test_what_is_not_known_is_not_drawn_as_zero() -> None:
    """A missing figure has no bar, a gap in the line, and a dash in the table."""
    series = [Series("s", [1, 2, None, 4, 5])]
    labels = ["a", "b", "c", "d", "e"]
    assert len(of_class(bars("t", "d", labels, series), "chart__bar")) == 4
    line = lines("t", "d", labels, series)
    assert len(of_class(line, "chart__line")) == 2
    assert line.rows[2] == ("c", "–")


def test_series_differ_without_colour() -> None:
    """Each series has its own pattern or marker, and its name stands beside a sample."""
    series = [Series(name, [1, 2]) for name in ("A", "B", "C", "D", "E", "F")]
    for chart, css in (
        (bars("t", "d", ["x", "y"], series), "chart__pattern"),
        (lines("t", "d", ["x", "y"], series), ""),
    ):
        names = [text.text for text in of_class(chart, "chart__legend")]
        assert names == ["A", "B", "C", "D", "E", "F"]
        shapes = of_class(chart, css or "chart__marker")
        looks = {ET.tostring(child) for shape in shapes for child in list(shape)[-1:]}
        assert len(looks) == 6


def test_the_table_has_every_figure() -> None:
    """The table beside the picture says the same, in the language's figures."""
    chart = bars("t", "d", ["Mitte", "Süd"], [Series("2025", [1200, 0]), Series("2026", [1310, None])], "Bezirk")
    assert chart.headers == ("Bezirk", "2025", "2026")
    assert chart.rows == (("Mitte", "1.200", "1.310"), ("Süd", "0", "–"))
    assert chart.numeric == (1, 2)


def test_too_many_series_or_figures_that_do_not_fit_are_bugs() -> None:
    """Nobody tells seven patterns apart, and a figure needs its label."""
    with pytest.raises(ValueError, match="series"):
        bars("t", "d", ["a"], [Series(str(n), [1]) for n in range(7)])
    with pytest.raises(ValueError, match="label"):
        lines("t", "d", ["a", "b"], [Series("s", [1])])


@pytest.mark.parametrize("labels", [[], ["a"], [f"Tag {n}" for n in range(60)], ["Homberg-Ruhrort-Baerl"] * 7])
def test_any_number_of_labels_can_be_drawn(labels: list[str]) -> None:
    """Labels of one row never collide: where there is no room some are left to the table."""
    chart = lines("t", "d", labels, [Series("s", [0] * len(labels))])
    rows: dict[str, list[tuple[float, str]]] = {}
    for text in of_class(chart, "chart__label"):
        rows.setdefault(text.get("y", ""), []).append((float(text.get("x", "nan")), text.text or ""))
    for row in rows.values():
        for (x, words), (next_x, next_words) in itertools.pairwise(row):
            assert (len(words) + len(next_words)) * 6.2 / 2 <= next_x - x
    assert len(chart.rows) == len(labels)

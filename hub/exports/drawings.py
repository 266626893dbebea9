"""Charts of the pages for paper: the same SVG, with colours of its own, since no style sheet is there.

Patterns, dashes and markers stay, so a copy in black and white says the same.
"""

from shared.web.charts import Chart

_SERIES = ("#2b5797", "#b5452c", "#2d7a5f", "#a8741a", "#74479a", "#4a4f5a")
_DASHES = ("none", "9 4", "2 4", "12 4 2 4", "5 3", "16 5")


def _style() -> str:
    rules = [
        "text{fill:#1c2330;font-size:13px;font-family:'Fira Sans','Noto Sans','DejaVu Sans',sans-serif}",
        ".chart__tick{text-anchor:end;fill:#555}.chart__label,.chart__value{text-anchor:middle}",
        ".chart__value{font-weight:600}.chart__rule{stroke:#c8ccd4;stroke-width:1}",
        ".chart__ink{stroke:#fff;stroke-width:1.6;fill:none}.chart__dot{fill:#fff}",
        ".chart__line{fill:none;stroke-width:2.5;stroke-linejoin:round}.chart__marker{stroke:#fff;stroke-width:1}",
    ]
    for number, (colour, dash) in enumerate(zip(_SERIES, _DASHES, strict=True)):
        rules.append(
            f".chart__bar--{number}{{stroke:{colour};stroke-width:1}}.chart__pattern--{number} rect{{fill:{colour}}}"
            f".chart__line--{number}{{stroke:{colour};stroke-dasharray:{dash}}}.chart__marker--{number}{{fill:{colour}}}"
        )
    return "".join(rules)


_STYLE = f"<style>{_style()}</style>"


def on_paper(chart: Chart) -> str:
    """Return the picture as a file of its own."""
    picture = str(chart.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return picture.replace("<defs>", f"{_STYLE}<defs>", 1)

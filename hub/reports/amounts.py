"""Amounts as people read them: counts as they are, booked time in hours, shares in percent."""

from hub.reports.measures import MEASURES
from hub.reports.tables import Amount
from shared.web.filters import number, percent

NOT_COUNTED = "–"
AT_LEAST = "≥"
SECONDS_PER_HOUR = 3600


def figure_of(measure: str, amount: Amount) -> float | int | None:
    """Return the amount in the unit of the measure (hours, percent, or how many); None stays None."""
    if amount is None:
        return None
    if MEASURES[measure].is_share:
        return round(amount * 100, 1)
    return round(amount / SECONDS_PER_HOUR, 1) if measure == "booked_hours" else amount


def written(measure: str, amount: Amount, *, at_least: bool = False) -> str:
    """Return the amount in the language of the page, a dash where nobody counted."""
    figure = figure_of(measure, amount)
    if figure is None or amount is None:
        return NOT_COUNTED
    words = percent(round(amount, 3)) if MEASURES[measure].is_share else number(figure)
    return f"{AT_LEAST}\N{NO-BREAK SPACE}{words}" if at_least else words

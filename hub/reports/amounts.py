"""Amounts as people read them: counts as they are, booked time in hours."""

from hub.reports.tables import Amount
from shared.web.filters import number

NOT_COUNTED = "–"
SECONDS_PER_HOUR = 3600


def figure_of(measure: str, amount: Amount) -> float | int | None:
    """Return the amount in the unit of the measure; None stays None."""
    if amount is None or measure != "booked_hours":
        return amount
    return round(amount / SECONDS_PER_HOUR, 1)


def written(measure: str, amount: Amount) -> str:
    """Return the amount in the language of the page, a dash where nobody counted."""
    figure = figure_of(measure, amount)
    return NOT_COUNTED if figure is None else number(figure)

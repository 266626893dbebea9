"""What occupancy is called on pages, and how its figures are written."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.occupancy.adding import Amounts
from hub.occupancy.parts import Part
from shared.web.filters import number, percent

UNKNOWN = "–"
SECONDS_PER_HOUR = 3600

WAYS: Mapping[str, Any] = {
    "month": _l("Month"),
    "quarter_of_year": _l("Quarter of the year"),
    "year": _l("Year"),
    "part": _l("Part of the week"),
    "centre": _l("Centre"),
    "district": _l("District"),
    "quarter": _l("Quarter"),
    "kind": _l("Kind of space"),
}
PARTS: Mapping[str, Any] = {
    Part.MORNING: _l("Morning, Monday to Friday"),
    Part.AFTERNOON: _l("Afternoon, Monday to Friday"),
    Part.EVENING: _l("Evening, Monday to Friday"),
    Part.WEEKEND_MORNING: _l("Weekend morning"),
    Part.WEEKEND_AFTERNOON: _l("Weekend afternoon"),
    Part.WEEKEND_EVENING: _l("Weekend evening"),
}


def hours(seconds: float) -> str:
    """Return seconds as hours, with one decimal below a hundred."""
    exact = seconds / SECONDS_PER_HOUR
    return number(round(exact, 1) if exact < 100 else round(exact))


def share(amounts: Amounts) -> str:
    """Return the occupancy in percent, a dash where nothing was open."""
    return UNKNOWN if amounts.occupancy is None else percent(amounts.occupancy)


def state_of(amounts: Amounts) -> str:
    """Return what stands out, in words; '' for nothing."""
    if not amounts.open_s:
        return str(_("used though closed") if amounts.outside_s else _("no opening hours known"))
    return "" if amounts.inside_s else str(_("open, but not used"))

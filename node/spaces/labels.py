"""The words of spaces: the hours of a guest space; what both sites say stands in `shared.web.rooms`."""

from flask_babel import gettext as _

from node.spaces.models import SpaceHours
from shared.web.filters import local_date
from shared.web.rooms import DAY_MIN, HOUR_MIN, how_long, rules_of, seatings_of
from shared.web.vocabulary import WEEKDAYS

__all__ = ["DAY_MIN", "HOUR_MIN", "hours_day", "hours_period", "hours_times", "how_long", "rules_of", "seatings_of"]


def hours_day(row: SpaceHours) -> str:
    """`Monday`, or `Every day`."""
    return str(WEEKDAYS[row.weekday]) if row.weekday is not None else str(_("Every day"))


def hours_times(row: SpaceHours) -> str:
    """`18:00–22:00`; what ends the next day says so."""
    times = f"{row.opens_local}–{row.closes_local}"
    return times if row.closes_local > row.opens_local else str(_("%(times)s (next day)", times=times))


def hours_period(row: SpaceHours) -> str:
    """From when to when the row holds; '' for always."""
    if row.valid_from and row.valid_until:
        first, last = local_date(row.valid_from), local_date(row.valid_until)
        return str(_("from %(first)s to %(last)s", first=first, last=last))
    if row.valid_from:
        return str(_("from %(first)s on", first=local_date(row.valid_from)))
    return str(_("until %(last)s", last=local_date(row.valid_until))) if row.valid_until else ""

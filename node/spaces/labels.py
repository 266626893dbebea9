"""What a space asks of a booking, and how many it seats, in words."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from node.spaces.models import Space, SpaceHours
from shared.records.spaces import Seating
from shared.web.filters import local_date
from shared.web.vocabulary import SEATINGS, WEEKDAYS

HOUR_MIN = 60
DAY_MIN = 24 * HOUR_MIN
WEEK_MIN = 7 * DAY_MIN


def how_long(minutes: int) -> str:
    """`45 minutes`, `1 hour 30 minutes`, `2 days`, `4 weeks`: in the largest units that come out even."""
    for unit, words in ((WEEK_MIN, _weeks), (DAY_MIN, _days)):
        if minutes and minutes % unit == 0:
            return words(minutes // unit)
    hours, rest = divmod(minutes, HOUR_MIN)
    told = [ngettext("%(num)s hour", "%(num)s hours", hours)] if hours else []
    if rest or not hours:
        told.append(ngettext("%(num)s minute", "%(num)s minutes", rest))
    return " ".join(told)


def rules_of(space: Space) -> Iterator[str]:
    """Yield what a booking of the space has to keep to, a short sentence each."""
    if space.notice_hours:
        yield _("book at least %(time)s ahead", time=how_long(space.notice_hours * HOUR_MIN))
    if space.length_max_min:
        yield _("at most %(time)s at a time", time=how_long(space.length_max_min))
    if space.buffer_before_min:
        yield _("%(time)s kept free before", time=how_long(space.buffer_before_min))
    if space.buffer_after_min:
        yield _("%(time)s kept free after", time=how_long(space.buffer_after_min))


def seatings_of(space: Space) -> list[tuple[Any, int]]:
    """Return how many people each seating of the space takes, as far as it is said."""
    told = [(SEATINGS[seating], getattr(space, f"capacity_{seating}")) for seating in Seating]
    return [(name, persons) for name, persons in told if persons]


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


def _weeks(number: int) -> str:
    return str(ngettext("%(num)s week", "%(num)s weeks", number))


def _days(number: int) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", number))

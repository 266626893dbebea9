"""What a space asks of a booking, and how many it seats, in words, on both sites."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from shared.records.spaces import Seating
from shared.web.vocabulary import SEATINGS

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


def rules_of(space: Any) -> Iterator[str]:
    """Yield what a booking of the space has to keep to, a short sentence each."""
    if space.notice_hours:
        yield _("book at least %(time)s ahead", time=how_long(space.notice_hours * HOUR_MIN))
    if space.length_max_min:
        yield _("at most %(time)s at a time", time=how_long(space.length_max_min))
    if space.buffer_before_min:
        yield _("%(time)s kept free before", time=how_long(space.buffer_before_min))
    if space.buffer_after_min:
        yield _("%(time)s kept free after", time=how_long(space.buffer_after_min))


def seatings_of(space: Any) -> list[tuple[Any, int]]:
    """Return how many people each seating of the space takes, as far as it is said."""
    told = [(SEATINGS[seating], getattr(space, f"capacity_{seating}")) for seating in Seating]
    return [(name, persons) for name, persons in told if persons]


def _weeks(number: int) -> str:
    return str(ngettext("%(num)s week", "%(num)s weeks", number))


def _days(number: int) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", number))

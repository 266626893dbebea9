"""What the views of the counter share: the blueprint, the day in the address, what a device is told of today."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, request
from flask_babel import gettext as _

from node.core.db import reading
from node.visits import service
from shared.time import local_day, to_wire
from shared.web import zone
from shared.web.filters import month as month_words

pages = Blueprint(
    "visits", __name__, template_folder="templates", static_folder="static", static_url_path="/zaehler/dateien"
)
months = Blueprint("visit_months", __name__)
board = Blueprint("counter_board", __name__)
FIRST_DAY = date(2000, 1, 1)


def today_of(at: datetime) -> date:
    """Return the day that it is in the house."""
    return at.astimezone(zone()).date()


def day_asked(at: datetime) -> date:
    """The day in the address, today if there is none. What is no date, or not yet, is not found."""
    today = today_of(at)
    try:
        day = date.fromisoformat(request.args["tag"]) if "tag" in request.args else today
    except ValueError:
        abort(404)
    if not FIRST_DAY <= day <= today:
        abort(404)
    return day


def month_asked(at: datetime) -> date:
    """The first of the month in the address, of this month if there is none."""
    this = today_of(at).replace(day=1)
    try:
        first = date.fromisoformat(f"{request.args['monat']}-01") if "monat" in request.args else this
    except ValueError:
        abort(404)
    if not FIRST_DAY <= first <= this:
        abort(404)
    return first


def told_of_today(at: datetime) -> dict[str, Any]:
    """Return today's sums as devices keep them: by kind, and `pairs` by kind and target group."""
    day = today_of(at)
    sums = service.no_visits()
    pairs: dict[str, int] = {}
    with reading() as found:
        for (kind, group), count in service.sums_between(found, *local_day(day, zone())).items():
            sums[kind] = sums.get(kind, 0) + count
            if group:
                pairs[f"{kind}:{group}"] = count
    return {
        "day": day.isoformat(),
        "as_of": to_wire(at),
        "sums": sums,
        "pairs": pairs,
        "total": sum(sums.values()),
    }


def locked_words(month: str) -> str:
    """Say that a month is locked, and what can be done."""
    first = date.fromisoformat(f"{month}-01")
    words: str = _("%(month)s is locked. The lead of the house can open it again.", month=month_words(first))
    return words

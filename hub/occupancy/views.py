"""The pages of occupancy: the figures, one house's week, and where there is still room."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from hub.core.db import reading
from hub.core.rights import Right, needs
from hub.occupancy import queries
from hub.occupancy.desk import Desk, desk
from hub.occupancy.forms import OccupancyForm, presets
from hub.occupancy.pictures import left_out, picture
from hub.occupancy.rooms import first_days, free_rooms
from hub.occupancy.tables import Figures, table
from hub.occupancy.week import shade, week_of
from hub.occupancy.wording import UNKNOWN, WAYS, hours, share, state_of
from shared.time import now
from shared.web import pagination, zone
from shared.web.vocabulary import SPACE_KINDS, WEEKDAYS

pages = Blueprint(
    "occupancy", __name__, template_folder="templates", static_folder="static", url_prefix="/berichte/auslastung"
)
HOUSES_MAX = 50  # of more the page shows the districts first


@pages.get("")
@needs(Right.READ_REPORTS)
def show() -> str:
    """How much of the open time was used: in a sentence, as a chart and as a table."""
    way = request.args.get("by", "")
    with reading() as session:
        at = desk(session, now(), zone())
        way = way if way in WAYS else "centre" if len(at.houses) <= HOUSES_MAX else "district"
        found = table(at, way)
        with_records = {each.centre_id for each in queries.sums(session, at.period, ("centre_id",), at.centre_ids)}
        return render_template(
            "occupancy/figures.html",
            way=way,
            ways=WAYS,
            table=found,
            chart=picture(found, way),
            left_out=left_out(found, way),
            standings=at.standings(with_records),
            **_frame(at),
        )


@pages.get("/freie-raeume")
@needs(Right.READ_REPORTS)
def rooms() -> str:
    """Where there is still room in the evening and at the weekend."""
    with reading() as session:
        at = desk(session, now(), zone())
        listed = pagination.of_list(free_rooms(at), pagination.wanted(request.args.get(pagination.ARGUMENT)))
        return render_template("occupancy/rooms.html", listed=listed, kinds=SPACE_KINDS, **_frame(at))


@pages.get("/haus/<centre_id>")
@needs(Right.READ_REPORTS)
def house(centre_id: str) -> str:
    """The week of one house, hour by hour, and its spaces."""
    with reading() as session:
        at = desk(session, now(), zone())
        here = at.known.get(centre_id) or abort(404)
        facts = queries.spaces(session, [centre_id])
        by_space: dict[str, Figures] = {each.space_id: Figures() for each in facts}
        for found in queries.sums_of_spaces(session, at.period, [centre_id]):
            by_space[found.space_id] = by_space.get(found.space_id, Figures()).plus(found.amounts, found.part)
        whole = Figures()
        for each in queries.sums(session, at.period, ("part",), [centre_id]):
            whole = whole.plus(each.amounts, each.part)
        return render_template(
            "occupancy/house.html",
            house=here,
            as_of=next((heard.as_of for heard in at.expected if heard.centre_id == centre_id), None),
            spaces=[(each, by_space[each.space_id]) for each in facts if not each.span.is_empty],
            since=first_days(facts, at.period),
            whole=whole,
            week=week_of(session, centre_id, at.period),
            kinds=SPACE_KINDS,
            weekdays=WEEKDAYS,
            shade=shade,
            **_frame(at),
        )


def _frame(at: Desk) -> dict[str, Any]:
    """Return what the templates have in common."""
    return {
        "form": at.form,
        "scope_name": at.in_words,
        "period": at.period,
        "presets": list(presets(at.now, at.zone)),
        "running": at.is_running,
        "adding_up": at.adding_up,
        "address": _address,
        "hours": hours,
        "share": share,
        "state_of": state_of,
        "unknown": UNKNOWN,
        "weekday_hours": _weekday_hours,
    }


def _address(**changes: str | None) -> dict[str, str]:
    """Return the query of this page with `changes`, for a link to the same question; None drops a field."""
    changed = {**request.args.to_dict(), **changes}
    return {name: value for name, value in changed.items() if value and name in ("by", *OccupancyForm.names)}


def _weekday_hours(weekday: int, first: int, before: int) -> str:
    """Return `Saturday 10:00–14:00`."""
    return f"{WEEKDAYS[weekday]} {first}:00–{before}:00"

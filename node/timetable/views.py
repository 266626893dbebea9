"""The room timetable: the week of the house and of each space, on screen and as a PDF; a public one beside it."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.bookings.labels import KINDS
from node.centre import service as centre
from node.core.accounts import staff_required
from node.core.db import reading
from node.timetable import labels, service, sheets
from node.timetable.week import STEP_MIN, Hours, Row, Week, by_the_hour, minutes_of_days, monday_of
from shared.time import YEARS, now
from shared.web import zone
from shared.web.vocabulary import WEEKDAYS

pages = Blueprint(
    "timetable", __name__, template_folder="templates", static_folder="static", static_url_path="/stundenplan/dateien"
)
ORDINARY = "ueblich"
A_WEEK = timedelta(weeks=1)


@pages.context_processor
def words() -> dict[str, Any]:
    """Words for the pages of timetables."""
    return {
        "times": labels.times,
        "title_of": labels.title_of,
        "tag_of": labels.tag_of,
        "how_often": labels.how_often,
        "wall": labels.wall,
        "booking_kinds": KINDS,
        "weekdays": WEEKDAYS,
        "names_of": lambda week: {row.space.id: row.space.name for row in week.rows},
        "today": now().astimezone(zone()).date(),
    }


@pages.get("/stundenplan")
@staff_required
def house() -> Any:
    """The week of all spaces, as staff see it."""
    with reading() as session:
        week = _week(session)
    return render_template("timetable/house.html", week=week, **_around("timetable.house", week))


@pages.get("/stundenplan/haus.pdf")
@staff_required
def house_paper() -> Any:
    """The same on one page of A4."""
    with reading() as session:
        week, name = _week(session), _name_of_house(session)
    made = sheets.house_pdf(week, name, at=now(), ordinary=_is_ordinary())
    return _pdf(made, "haus")


@pages.get("/stundenplan/raum/<space_id>")
@staff_required
def space(space_id: str) -> Any:
    """The week of one space by the hour."""
    with reading() as session:
        week = _week(session)
        row = _row(week, space_id)
        hours = _hours(session, week, row)
    return render_template(
        "timetable/space.html",
        week=week,
        row=row,
        hours=hours,
        step=STEP_MIN,
        **_around("timetable.space", week, space_id=space_id),
    )


@pages.get("/stundenplan/raum/<space_id>/raum.pdf")
@staff_required
def space_paper(space_id: str) -> Any:
    """The same on one page of A4."""
    with reading() as session:
        week, name = _week(session), _name_of_house(session)
        row = _row(week, space_id)
        hours = _hours(session, week, row)
    return _pdf(sheets.space_pdf(week, row, hours, name, at=now(), ordinary=_is_ordinary()), "raum")


@pages.get("/haus/stundenplan")
def public() -> Any:
    """The week of the house for everybody: what is published has its title, all else is only taken."""
    with reading() as session:
        week = service.public_week(session, _day(), zone())
    return render_template("timetable/public.html", week=week, **_around("timetable.public", week))


@pages.get("/haus/stundenplan.pdf")
def public_paper() -> Any:
    """The same on one page of A4, for the notice board."""
    with reading() as session:
        week, name = service.public_week(session, _day(), zone()), _name_of_house(session)
    return _pdf(sheets.house_pdf(week, name, at=now(), ordinary=False, public=True), "haus")


def _week(session: Session) -> Week:
    if _is_ordinary():
        return service.ordinary_week(session, now(), zone())
    return service.week_of_house(session, _day(), zone())


def _is_ordinary() -> bool:
    return request.args.get("woche") == ORDINARY


def _day() -> date:
    """Return a day of the wanted week, today if none is named; nonsense is no day."""
    try:
        named = date.fromisoformat(request.args.get("woche") or "")
    except ValueError:
        return now().astimezone(zone()).date()
    return named if YEARS[0] < named.year < YEARS[1] else now().astimezone(zone()).date()


def _around(endpoint: str, week: Week, **place: str) -> dict[str, Any]:
    """Return the links to the weeks around, and when this page was true."""
    this = monday_of(now().astimezone(zone()).date())
    ordinary = _is_ordinary()
    monday = week.days[0]
    shown = ORDINARY if ordinary else monday.isoformat()

    def href(named: str | date, to: str = endpoint) -> str:
        values: dict[str, Any] = {"woche": str(named), **place}
        return url_for(to, **values)

    return {
        "ordinary": ordinary,
        "title": sheets.title_of_week(week, ordinary=ordinary),
        "before": None if ordinary else (monday - A_WEEK, href(monday - A_WEEK)),
        "after": None if ordinary else (monday + A_WEEK, href(monday + A_WEEK)),
        "steps": [
            (_("This week"), href(this), not ordinary and monday == this),
            (_("Next week"), href(this + A_WEEK), not ordinary and monday == this + A_WEEK),
            (_("Ordinary week"), href(ORDINARY), ordinary),
        ],
        "paper": href(shown, f"{endpoint}_paper"),
        "shown": shown,
        "as_of_time": now(),
    }


def _hours(session: Session, week: Week, row: Row) -> Hours:
    free = service.hours_of_guest(session, row.space, week.days, zone())
    return by_the_hour(row, None if free is None else minutes_of_days(week.days, free, zone()))


def _row(week: Week, space_id: str) -> Row:
    """Return the row of a space; one that is not there, or retired and unused, has no timetable."""
    found = next((row for row in week.rows if row.space.id == space_id), None)
    if found is None:
        abort(404)
    return found


def _name_of_house(session: Session) -> str:
    profile = centre.profile(session)
    return profile.name if profile else ""


def _pdf(made: bytes, name: str) -> Response:
    week = monday_of(_day()).isoformat() if not _is_ordinary() else ORDINARY
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="stundenplan-{name}-{week}.pdf"'
    return answer

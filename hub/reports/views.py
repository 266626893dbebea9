"""The city's figures: an overview, a page for each, and the same as a file."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy.orm import Session

from hub.city import queries as city_queries
from hub.core.accounts import staff_required
from hub.core.db import reading
from hub.network import queries as network_queries
from hub.reports import queries
from hub.reports.amounts import written
from hub.reports.coverage import Heard
from hub.reports.files import as_csv
from hub.reports.forms import QuestionForm, period_of
from hub.reports.labels import MEASURES, WAYS
from hub.reports.naming import names, scope_in_words
from hub.reports.pictures import left_out, picture
from hub.reports.report import City, Question, Report, Scope, answer, ways
from hub.reports.sheet import Sheet
from hub.themes import queries as theme_queries
from shared.time import now
from shared.web import zone
from shared.web.languages import language

pages = Blueprint("reports", __name__, template_folder="templates", url_prefix="/berichte")
ADDRESSES = {
    "visits": "besuche",
    "bookings": "buchungen",
    "booked_hours": "stunden",
    "events": "veranstaltungen",
    "cancelled_events": "absagen",
}
_MEASURES = {address: measure for measure, address in ADDRESSES.items()}


@dataclass(frozen=True)
class Desk:
    """What every page of reports works with."""

    session: Session
    city: City
    form: QuestionForm
    districts: list[str]

    @property
    def scope(self) -> Scope:
        """What was asked for; a district or centre that does not exist is none at all."""
        return Scope(
            period_of(self.form, self.city.now, self.city.zone),
            "" if self.form.district.errors else self.form.district.data or "",
            "" if self.form.centre.errors else self.form.centre.data or "",
        )

    def report(self, measure: str, way: str) -> Report:
        scope = self.scope
        themes = theme_queries.labels(self.session, language())
        named = names(self.city, measure, scope, self.districts, themes)
        return answer(self.session, self.city, Question(measure, way, scope), named)


@pages.get("")
@staff_required
def overview() -> str:
    """Every figure at a glance, and how complete they are."""
    with reading() as session:
        desk = _desk(session)
        reports = {measure: desk.report(measure, "month") for measure in MEASURES}
    return render_template(
        "reports/overview.html",
        reports=reports,
        standings=reports["events"].standings,
        wording=MEASURES,
        addresses=ADDRESSES,
        **_frame(desk),
    )


@pages.get("/<name>")
@staff_required
def figure(name: str) -> str:
    """One figure, split as wanted: in a sentence, as a chart and as a table."""
    measure = _measure(name)
    with reading() as session:
        desk = _desk(session)
        report = desk.report(measure, _way(measure))
    return render_template(
        "reports/figure.html",
        name=name,
        measure=measure,
        report=report,
        wording=MEASURES[measure],
        ways=[(way, WAYS[way]) for way in ways(measure)],
        chart=picture(report),
        left_out=left_out(report),
        sheet=Sheet(report),
        **_frame(desk),
    )


@pages.get("/<name>.csv")
@staff_required
def download(name: str) -> Response:
    """The table of a figure as a file for a spreadsheet."""
    measure = _measure(name)
    with reading() as session:
        desk = _desk(session)
        report = desk.report(measure, _way(measure))
    period = desk.scope.period
    return Response(
        as_csv(report, desk.city),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"'},
    )


def _desk(session: Session) -> Desk:
    at = now()
    expected = [Heard(*each) for each in network_queries.expected_centres(session)]
    city = City(queries.houses(session), expected, zone(), at)
    districts = city_queries.districts(session)
    centres = [(house.centre_id, house.name) for house in city.known.values()]
    form = QuestionForm.of_city(districts, centres, at, zone())
    form.validate()
    return Desk(session, city, form, districts)


def _frame(desk: Desk) -> dict[str, Any]:
    """Return what the templates of reports have in common."""
    scope = desk.scope
    return {
        "form": desk.form,
        "scope_name": scope_in_words(scope, desk.city),
        "running": scope.period.ends_at(desk.city.zone) > desk.city.now,
        "address": _address,
        "written": written,
    }


def _address(**changes: str | None) -> dict[str, str]:
    """Return the query of this page with `changes`, for a link to the same period and part; None drops a field."""
    changed = {**request.args.to_dict(), **changes}
    return {key: value for key, value in changed.items() if value is not None and key in ("by", *QuestionForm.names)}


def _measure(name: str) -> str:
    return _MEASURES[name] if name in _MEASURES else abort(404)


def _way(measure: str) -> str:
    wanted = request.args.get("by", "month")
    return wanted if wanted in ways(measure) else "month"

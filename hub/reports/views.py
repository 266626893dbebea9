"""The city's figures: an overview, a page for each, and the same as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy.orm import Session

from hub.city import queries as city_queries
from hub.city.queries import Part
from hub.core.db import reading
from hub.core.rights import Right, needs
from hub.network import queries as network_queries
from hub.occupancy import queries as occupancy_queries
from hub.reports import board, links, queries
from hub.reports.amounts import written
from hub.reports.coverage import Heard
from hub.reports.files import as_csv
from hub.reports.forms import QuestionForm, presets
from hub.reports.labels import MEASURES, WAYS
from hub.reports.measures import MEASURES as KEPT
from hub.reports.measures import ways
from hub.reports.naming import columns, names, scope_in_words
from hub.reports.pictures import left_out, picture
from hub.reports.receipts import DUE_DAYS
from hub.reports.report import City, Completeness, Question, Report, Scope, answer, completeness
from hub.themes import queries as theme_queries
from shared.time import now
from shared.web import pagination, zone
from shared.web.languages import language

pages = Blueprint(
    "reports",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/berichte/static",
    url_prefix="/berichte",
)
ADDRESSES = {
    "visits": "besuche",
    "came": "teilnahmen",
    "registered": "anmeldungen",
    "waiting": "wartelisten",
    "no_shows": "nicht-erschienen",
    "events": "veranstaltungen",
    "cancelled_events": "absagen",
    "cancellation_rate": "absagequote",
    "bookings": "buchungen",
    "booked_hours": "stunden",
    "declined_bookings": "ablehnungen",
    "cancelled_bookings": "stornierungen",
}
_MEASURES = {address: measure for measure, address in ADDRESSES.items()}


@dataclass(frozen=True)
class Desk:
    """What every page of reports works with."""

    session: Session
    city: City
    form: QuestionForm
    districts: Sequence[str]
    quarters: Sequence[Part]

    @cached_property
    def scope(self) -> Scope:
        """What was asked for; a place that does not exist is none at all."""
        return self.form.scope(self.city)

    @cached_property
    def completeness(self) -> Completeness:
        return completeness(self.session, self.city, self.scope)

    def report(self, measure: str, way: str) -> Report:
        themes = theme_queries.labels(self.session, language())
        named = names(self.city, measure, self.scope, self.districts, themes, self.quarters)
        heads = columns(self.scope.period)
        return answer(self.session, self.city, Question(measure, way, self.scope), named, self.completeness, heads)


@pages.get("")
@needs(Right.READ_REPORTS)
def overview() -> str:
    """Every figure at a glance, and how complete they are."""
    with reading() as session:
        desk = _desk(session)
        reports = {measure: desk.report(measure, "month") for measure in MEASURES}
        occupancy = occupancy_queries.compared(session, desk.scope.period, desk.city.centre_ids(desk.scope))
    return render_template(
        "reports/overview.html",
        reports=reports,
        occupancy=occupancy,
        wording=MEASURES,
        addresses=ADDRESSES,
        **_frame(desk),
    )


@pages.get("/<name>")
@needs(Right.READ_REPORTS)
def figure(name: str) -> str:
    """One figure, split as wanted: in a sentence, as a chart and as a table."""
    measure = _measure(name)
    with reading() as session:
        desk = _desk(session)
        report = desk.report(measure, _way(measure))
    by_week = report.question.way == "week"
    return render_template(
        "reports/figure.html",
        name=name,
        measure=measure,
        report=report,
        wording=MEASURES[measure],
        ways=[(way, WAYS[way]) for way in ways(measure)],
        chart=None if by_week else picture(report),
        left_out=left_out(report),
        heat=board.heat(report) if by_week else None,
        board=board.Board(report),
        rows=pagination.of_list(report.folded.rows, pagination.wanted(request.args.get(pagination.ARGUMENT))),
        deeper=lambda row: links.deeper(report.question, row.key),
        **_frame(desk),
    )


@pages.get("/<name>.csv")
@needs(Right.READ_REPORTS)
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
    expected = [Heard(*each) for each in network_queries.expected_centres(session)]
    city = City(queries.houses(session), expected, zone(), now())
    districts, quarters = city_queries.districts(session), city_queries.quarters(session)
    return Desk(session, city, QuestionForm.of_city(districts, quarters, city), districts, quarters)


def _frame(desk: Desk) -> dict[str, Any]:
    """Return what the templates of reports have in common."""
    scope = desk.scope
    return {
        "form": desk.form,
        "scope": scope,
        "scope_name": scope_in_words(scope, desk.city),
        "running": scope.period.ends_at(desk.city.zone) > desk.city.now,
        "whole": desk.completeness,
        "presets": list(presets(desk.city.now, desk.city.zone)),
        "higher": links.higher(scope, desk.city),
        "due_days": DUE_DAYS,
        "address": links.address,
        "written": written,
        "is_share": lambda measure: KEPT[measure].is_share,
    }


def _measure(name: str) -> str:
    return _MEASURES[name] if name in _MEASURES else abort(404)


def _way(measure: str) -> str:
    wanted = request.args.get("by", "month")
    return wanted if wanted in ways(measure) else "month"

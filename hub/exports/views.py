"""The figures as files: a workbook or a report on paper of each, and of the whole city."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from hub.core.db import reading
from hub.core.rights import Right, needs
from hub.exports import city_report
from hub.exports.desk import PUBLISH, desk_of, threshold_asked
from hub.exports.grid import grid_of, may_be_published
from hub.exports.notes import notes
from hub.exports.paper import part_of, printed
from hub.exports.plain import as_csv
from hub.exports.workbook import MEDIA_TYPE, Workbook
from hub.open_data.terms import terms
from hub.reports.labels import MEASURES
from hub.reports.measures import ways
from hub.reports.naming import scope_in_words
from hub.reports.views import ADDRESSES, Desk
from shared.web.filters import local_datetime

pages = Blueprint("exports", __name__, template_folder="templates", url_prefix="/berichte")
PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
_MEASURES = {address: measure for measure, address in ADDRESSES.items()}


@pages.get("/oeffentlich/<name>.csv")
@needs(Right.READ_REPORTS)
def table(name: str) -> Response:
    """The table of a figure for publication; the one for the city's own work stands beside the page."""
    measure = _measure(name)
    with reading() as session:
        desk = desk_of(session)
        standing = terms(session)
        report = desk.report(measure, _way(measure))
    if not may_be_published(measure):
        abort(404)
    grid = grid_of(report, standing.threshold)
    words = notes(report, grid, desk.city, scope_in_words(desk.scope, desk.city), standing)
    return _file(as_csv(grid, words).encode(), CSV, f"{name}-{_months(desk)}.csv", standing.threshold)


@pages.get("/<name>.xlsx")
@needs(Right.READ_REPORTS)
def workbook(name: str) -> Response:
    """The table of a figure as a workbook."""
    measure = _measure(name)
    with reading() as session:
        desk = desk_of(session)
        threshold, standing = threshold_asked(session)
        report = desk.report(measure, _way(measure))
    grid = grid_of(report, threshold)
    words = list(notes(report, grid, desk.city, scope_in_words(desk.scope, desk.city), standing))
    book = Workbook(grid.title, standing.publisher)
    book.add_table(str(MEASURES[measure].name), grid)
    book.add_words(_("How to read it"), words, grid.columns)
    return _file(book.content(), MEDIA_TYPE, f"{name}-{_months(desk)}.xlsx", threshold)


@pages.get("/<name>.pdf")
@needs(Right.READ_REPORTS)
def paper(name: str) -> Response:
    """One figure on paper."""
    measure = _measure(name)
    with reading() as session:
        desk = desk_of(session)
        threshold, standing = threshold_asked(session)
        report = desk.report(measure, _way(measure))
    scope, grid = scope_in_words(desk.scope, desk.city), grid_of(report, threshold)
    content = printed(
        str(MEASURES[measure].name),
        scope,
        standing.publisher,
        _foot(desk, threshold, standing),
        [part_of(report, grid)],
    )
    return _file(content, PDF, f"{name}-{_months(desk)}.pdf", threshold)


@pages.get("/stadtbericht")
@needs(Right.READ_REPORTS)
def city() -> str:
    """Choose the period of the city report."""
    with reading() as session:
        desk = desk_of(session)
        standing = terms(session)
    query = {name: value for name, value in request.args.items() if name in ("first", "last", PUBLISH) and value}
    return render_template(
        "exports/city.html",
        form=desk.form,
        scope_name=scope_in_words(desk.scope, desk.city),
        query=query,
        publish=request.args.get(PUBLISH) == "1",
        terms=standing,
        publish_name=PUBLISH,
    )


@pages.get("/stadtbericht.pdf")
@needs(Right.READ_REPORTS)
def city_paper() -> Response:
    """The report of the whole city on paper."""
    with reading() as session:
        desk = desk_of(session)
        threshold, standing = threshold_asked(session)
        found = city_report.figures(desk, threshold)
        parts = list(city_report.parts(desk, found, standing, threshold))
    title = _("Neighbourhood centres: report of the city")
    scope = scope_in_words(desk.scope, desk.city)
    content = printed(title, scope, standing.publisher, _foot(desk, threshold, standing), parts)
    return _file(content, PDF, f"stadtbericht-{_months(desk)}.pdf", threshold)


@pages.get("/stadtbericht.xlsx")
@needs(Right.READ_REPORTS)
def city_workbook() -> Response:
    """All key figures of the city in one workbook, a sheet each."""
    with reading() as session:
        desk = desk_of(session)
        threshold, standing = threshold_asked(session)
        found = city_report.figures(desk, threshold)
    book = Workbook(_("Neighbourhood centres: report of the city"), standing.publisher)
    for measure, figure in found.items():
        book.add_table(str(MEASURES[measure].name), figure.grid)
    scope = (_("Period and part of the city"), scope_in_words(desk.scope, desk.city))
    book.add_words(
        _("How to read it"),
        [scope, *city_report.reading_notes(found, standing, threshold)],
        next(iter(found.values())).grid.columns,
    )
    return _file(book.content(), MEDIA_TYPE, f"stadtbericht-{_months(desk)}.xlsx", threshold)


def _measure(name: str) -> str:
    """Return the measure of an address; one that must not be published is not there for publication."""
    measure = _MEASURES.get(name) or abort(404)
    if request.args.get(PUBLISH) == "1" and not may_be_published(measure):
        abort(404)
    return measure


def _way(measure: str) -> str:
    wanted = request.args.get("by", "month")
    return wanted if wanted in ways(measure) else "month"


def _months(desk: Desk) -> str:
    return f"{desk.scope.period.first}-{desk.scope.period.last}"


def _foot(desk: Desk, threshold: int | None, standing: Any) -> str:
    about = _("Fetched %(time)s", time=local_datetime(desk.city.now))
    if threshold is None:
        return f"{about} · " + str(_("For the city's own work: small numbers are in it"))
    return f"{about} · {standing.publisher} · {standing.licensed.name}"


def _file(content: bytes, media_type: str, name: str, threshold: int | None) -> Response:
    name = name if threshold is None else name.replace(".", "-oeffentlich.", 1)
    return Response(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})

"""A report as a CSV file that a spreadsheet opens as it should, with what the page says below it.

Semicolons and a byte order mark are what German spreadsheets expect. Figures carry a
comma in German and a point in English, like the page.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import get_locale, pgettext
from flask_babel import gettext as _

from hub.reports.amounts import figure_of
from hub.reports.labels import MEASURES, WAYS
from hub.reports.measures import TIME_WAYS
from hub.reports.periods import Month
from hub.reports.report import City, Report
from hub.reports.tables import Amount, Row
from shared.time import to_wire
from shared.web.filters import month as month_name

MARK = "\ufeff"


def as_csv(report: Report, city: City) -> str:
    """Return the table of `report`, the sum of its rows, and notes on how complete it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for line in (_headers(report), *_lines(report), [], *_notes(report, city)):
        writer.writerow([harmless(cell) for cell in line])
    return MARK + out.getvalue()


def _headers(report: Report) -> list[str]:
    months = [] if report.question.way in TIME_WAYS else [month_name(each.first_day) for each in _months(report)]
    before = [_("Period before"), *((_("Year before"),) if _has_year_before(report) else ())]
    return [str(WAYS[report.question.way]), *months, _("Whole period"), *before]


def _lines(report: Report) -> Iterable[list[str]]:
    for row in report.table.rows:
        yield [row.name, *_figures(report, row)]
    yield [_("Altogether"), *_figures(report, report.table.sum_row)]


def _figures(report: Report, row: Row) -> list[str]:
    cells: Sequence[Amount] = () if report.question.way in TIME_WAYS else row.cells
    before = (row.before, row.year_before) if _has_year_before(report) else (row.before,)
    return [_plain(report.question.measure, amount) for amount in (*cells, row.total, *before)]


def _has_year_before(report: Report) -> bool:
    """Whether the year before is another period than the one before."""
    period = report.question.scope.period
    return period.before != period.year_before


def _notes(report: Report, city: City) -> Iterable[list[str]]:
    """What the page says above the table; after it here, so that the first line names the columns."""
    stand = report.standings
    wording = MEASURES[report.question.measure]
    yield [str(wording.name), str(wording.counts)]
    yield [_("Fetched at"), to_wire(city.now)]
    yield [pgettext("head of a column", "As of"), to_wire(stand.as_of) if stand.as_of else _("never yet")]
    yield [_("Centres expected"), str(stand.expected)]
    yield [_("Centres with data"), str(stand.received)]
    yield [_("Centres that are late"), ", ".join(heard.name for heard in stand.late)]
    yield [_("Centres without data"), ", ".join(heard.name for heard in stand.missing)]
    if any(row.at_least for row in (*report.table.rows, report.table.sum_row)):
        yield [_("Not all days were counted completely: sums are at least as high as shown.")]


def _months(report: Report) -> Sequence[Month]:
    return report.question.scope.period.months


def _plain(measure: str, amount: Amount) -> str:
    """Return a figure without thousands separators; nothing where nobody counted."""
    figure = figure_of(measure, amount)
    return "" if figure is None else decimal(figure)


def decimal(figure: float) -> str:
    """Return a figure with a comma in German, a point in English."""
    return str(figure).replace(".", "," if str(get_locale() or "de").startswith("de") else ".")


def harmless(cell: str) -> str:
    """Keep a text from being taken for a formula: names come from many hands."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_figure(cell) else cell


def _is_figure(cell: str) -> bool:
    return cell.lstrip("-").replace(",", "").replace(".", "").isdecimal()

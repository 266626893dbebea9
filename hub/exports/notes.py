"""What every file says about itself: of what and when it is, how complete, how to read it, who may use it."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import pgettext

from hub.exports.grid import Grid
from hub.open_data.terms import Terms
from hub.reports.report import City, Report
from shared.web.filters import local_datetime, percent

Note = tuple[str, str]


def notes(report: Report, grid: Grid, city: City, scope_name: str, terms: Terms) -> Iterator[Note]:
    """Yield pairs of what is said and what it is."""
    yield _("Figure"), grid.title
    yield _("Period and part of the city"), scope_name
    yield _("What is counted"), grid.counts
    yield from completeness_notes(report)
    yield _("Fetched at"), local_datetime(city.now)
    yield from licence_notes(grid.threshold, terms)
    yield from marks_notes(grid, terms)


def completeness_notes(report: Report) -> Iterator[Note]:
    """Yield as of when the figures are, and of whom."""
    stand, whole = report.standings, report.completeness
    yield pgettext("head of a column", "As of"), local_datetime(stand.as_of) if stand.as_of else _("never yet")
    yield _("Centres expected"), str(stand.expected)
    yield _("Centres with data"), str(stand.received)
    if stand.late:
        yield _("Centres that are late"), ", ".join(heard.name for heard in stand.late)
    if stand.missing:
        yield _("Centres without data"), ", ".join(heard.name for heard in stand.missing)
    if whole.punctuality.rate is not None:
        yield _("Reports on time"), percent(whole.punctuality.rate)
    if report.question.measure == "visits" and not whole.counting.is_complete:
        yield _("Days counted"), _("Not all days were counted completely: sums are at least as high as shown.")


def licence_notes(threshold: int | None, terms: Terms) -> Iterator[Note]:
    """Yield who may use the file for what."""
    if threshold is None:
        yield _("Licence"), _("For the city's own work. Small numbers are in it: do not publish this file as it is.")
    else:
        yield _("Licence"), f"{terms.licensed.name}, {terms.licensed.url}"
        yield _("Source to name"), terms.publisher


def marks_notes(grid: Grid, terms: Terms) -> Iterator[Note]:
    """Yield how to read cells that are no figures."""
    yield "–", _("Nobody counted. That is not zero.")
    if grid.threshold is None:
        return
    if terms.threshold:
        yield small_mark(terms.threshold), _("A small number, withheld so that nobody can be recognised")
        yield withheld_mark(), _("Withheld because a small number could be worked out from it")
        yield (
            _("Publishing several files"),
            _("Files of the same figures in other splits can reveal together what each withholds: publish one."),
        )
    else:
        yield _("Small numbers"), _("The protection of small numbers is switched off.")


def small_mark(threshold: int) -> str:
    """Return what stands in place of a small number."""
    return str(_("fewer than %(threshold)s", threshold=threshold))


def withheld_mark() -> str:
    """Return what stands in place of a number that would reveal a small one."""
    return str(_("withheld"))

"""Figures as workbooks: opened again by another program, they say what the page says."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from hub.core.accounts import Role
from hub.reports.files import MARK
from shared.database import Database
from tests.hub.reports.conftest import City

AUTUMN = {"first": "2025-09", "last": "2025-10"}
PUBLISHED = {**AUTUMN, "veroeffentlichen": "1"}


@pytest.fixture
def records(database: Database) -> City:
    """Two houses with visits in autumn, one of them with few."""
    city = City(database, at_once=True)
    city.centre("hamborn", "Hamborn", "Stadtteilbüro Alt-Hamborn")
    city.centre("walsum", "Walsum")
    for centre_id, few in (("hamborn", 3), ("walsum", 30)):
        city.visits(centre_id, "2025-09-06T08:00:00Z", few, "consultation")
        city.visits(centre_id, "2025-10-07T08:00:00Z", 1200)
        city.visits(centre_id, "2025-09-07T08:00:00Z", 70)
    return city


def opened(client: FlaskClient, address: str, **query: str) -> Any:
    answer = client.get(address, query_string=query)
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def words(sheet: Any) -> dict[str, str]:
    return dict(sheet.iter_rows(values_only=True, max_col=2))


def test_a_workbook_holds_real_figures(records: City, signed_in: FlaskClient) -> None:
    """Numbers to reckon with, the sum in the last row, the head frozen."""
    book = opened(signed_in, "/berichte/besuche.xlsx", by="centre", **AUTUMN)
    table = rows(book.worksheets[0])
    assert table[0][:4] == ("Stadtteilzentrum", "September 2025", "Oktober 2025", "Ganzer Zeitraum")
    assert table[1][:4] == ("Stadtteilbüro Alt-Hamborn", 73, 1200, 1273)
    assert table[-1][:4] == ("Gesamt", 173, 2400, 2573)
    assert book.worksheets[0].freeze_panes == "B2"
    assert book.worksheets[0]["C2"].number_format == "#,##0"
    assert book.worksheets[0].column_dimensions["A"].width > 20


def test_a_second_sheet_says_how_to_read_it(records: City, signed_in: FlaskClient) -> None:
    """Period, what is counted, as of, completeness, every column, and that it is not to be published."""
    book = opened(signed_in, "/berichte/besuche.xlsx", by="kind", **AUTUMN)
    said = words(book.worksheets[1])
    assert "September 2025 – Oktober 2025" in said["Zeitraum und Teil der Stadt"]
    assert said["Was gezählt wird"].startswith("Besuche, nicht Personen")
    assert said["Stand"] == "noch nie"
    assert said["Erwartete Stadtteilzentren"] == "0"
    assert "Spalte: Ganzer Zeitraum" in said
    assert "veröffentlichen Sie diese Datei nicht" in said["Lizenz"]


def test_a_workbook_speaks_english(records: City, signed_in: FlaskClient) -> None:
    """In the language of the page, sheets too."""
    signed_in.get("/sprache/en")
    book = opened(signed_in, "/berichte/besuche.xlsx", by="centre", **AUTUMN)
    assert book.sheetnames == ["Visits", "How to read it"]
    assert rows(book.worksheets[0])[0][-1] == "Year before"


def test_a_name_is_never_a_formula(records: City, signed_in: FlaskClient) -> None:
    """A spreadsheet would run a name that begins with an equals sign; here it stays a text."""
    records.centre("homberg", name='=HYPERLINK("http://example.org")')
    records.visits("homberg", "2025-09-06T08:00:00Z", 8)
    sheet = opened(signed_in, "/berichte/besuche.xlsx", by="centre", **AUTUMN).worksheets[0]
    (cell,) = [row[0] for row in sheet.iter_rows() if str(row[0].value).startswith("=")]
    assert cell.data_type == "s"


def test_nobody_counted_is_not_zero(records: City, signed_in: FlaskClient) -> None:
    """A dash stands where nobody counted."""
    records.centre("homberg")
    table = rows(opened(signed_in, "/berichte/besuche.xlsx", by="centre", **AUTUMN).worksheets[0])
    assert next(row for row in table if row[0] == "Homberg")[1:4] == ("–", "–", "–")


def test_hours_and_shares_have_their_formats(records: City, signed_in: FlaskClient) -> None:
    """One and a half hours are 1.5; a share is written in percent."""
    records.booking("hamborn", "2025-09-07T08:00:00Z", hours=1.5)
    records.event("hamborn", "2025-09-07T08:00:00Z")
    records.event("hamborn", "2025-09-08T08:00:00Z", state="cancelled")
    hours = opened(signed_in, "/berichte/stunden.xlsx", by="centre", **AUTUMN).worksheets[0]
    assert hours["B2"].value == 1.5
    share = opened(signed_in, "/berichte/absagequote.xlsx", by="centre", **AUTUMN).worksheets[0]
    assert share["B2"].value == 50
    assert "%" in share["B2"].number_format


def test_a_file_for_publication_withholds_small_numbers(records: City, signed_in: FlaskClient) -> None:
    """Three consultations in Hamborn, and what would reveal them; no period before, and the licence."""
    book = opened(signed_in, "/berichte/besuche.xlsx", by="kind", district="Hamborn", **PUBLISHED)
    table = rows(book.worksheets[0])
    by_name = {row[0]: row[1:] for row in table}
    assert table[0] == ("Art", "September 2025", "Oktober 2025", "Ganzer Zeitraum")
    assert by_name["Beratung"][0] == "weniger als 5"
    assert by_name["Beratung"][2] == "zurückgehalten"
    everything = [value for row in table[1:] for value in row[1:]]
    assert not [value for value in everything if isinstance(value, int) and 0 < value < 5]
    assert "zurückgehalten" in everything
    said = words(book.worksheets[1])
    assert said["Lizenz"].startswith("Datenlizenz Deutschland")
    assert said["Zu nennende Quelle"] == "Stadt Duisburg"
    assert "weniger als 5" in said


def test_figures_that_are_no_persons_are_not_withheld(records: City, signed_in: FlaskClient) -> None:
    """One booking of a hall tells nobody's secret."""
    records.booking("hamborn", "2025-09-07T08:00:00Z")
    table = rows(opened(signed_in, "/berichte/buchungen.xlsx", by="centre", **PUBLISHED).worksheets[0])
    assert table[1][1] == 1


def test_a_rate_of_few_persons_is_not_published(signed_in: FlaskClient) -> None:
    """The rate of those who did not come has no file for publication."""
    assert signed_in.get("/berichte/nicht-erschienen.xlsx", query_string=AUTUMN).status_code == 200
    assert signed_in.get("/berichte/nicht-erschienen.xlsx", query_string=PUBLISHED).status_code == 404


def test_the_workbook_of_the_city_has_a_sheet_for_each_figure(records: City, signed_in: FlaskClient) -> None:
    """By district, with one sheet that explains them all."""
    book = opened(signed_in, "/berichte/stadtbericht.xlsx", **AUTUMN)
    assert {"Besuche", "Buchungen", "Lesehilfe"} <= set(book.sheetnames)
    assert rows(book["Besuche"])[1][:2] == ("Hamborn", 73)
    assert "Besuche" in words(book["Lesehilfe"])


@pytest.mark.parametrize(
    "address", ["besuche.xlsx", "besuche.pdf", "stadtbericht", "stadtbericht.pdf", "stadtbericht.xlsx"]
)
def test_files_are_for_whoever_may_read_reports(
    address: str, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    """A visitor is asked to sign in; an editor may."""
    assert client.get(f"/berichte/{address}").status_code == 302
    assert sign_in(Role.EDITOR).get(f"/berichte/{address}").status_code == 200


def test_an_unknown_figure_is_not_there(signed_in: FlaskClient) -> None:
    """An address that nobody linked to is an ordinary 404."""
    assert signed_in.get("/berichte/nichts.xlsx").status_code == 404
    assert signed_in.get("/berichte/nichts.pdf").status_code == 404


def test_a_table_for_publication_comes_as_csv_too(records: City, signed_in: FlaskClient) -> None:
    """The same marks as in the workbook, and the licence below."""
    text = signed_in.get("/berichte/oeffentlich/besuche.csv", query_string={**AUTUMN, "by": "centre"}).text
    lines = list(csv.reader(io.StringIO(text.removeprefix(MARK)), delimiter=";"))
    assert lines[0] == ["Stadtteilzentrum", "September 2025", "Oktober 2025", "Ganzer Zeitraum"]
    assert lines[1] == ["Stadtteilbüro Alt-Hamborn", "73", "1200", "1273"]
    assert any(line[:1] == ["Lizenz"] for line in lines)
    assert signed_in.get("/berichte/oeffentlich/nicht-erschienen.csv").status_code == 404


def test_the_pages_of_reports_lead_to_the_files(records: City, signed_in: FlaskClient) -> None:
    """With the period and the split of the page; the overview leads to the report of the city."""
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "kind"}).text
    for file in (
        "/berichte/besuche.csv?",
        "/berichte/besuche.xlsx?",
        "/berichte/besuche.pdf?",
        "/oeffentlich/besuche.csv",
    ):
        assert file in page
    assert "by=kind" in page[page.index("/berichte/besuche.xlsx?") :][:120]
    assert "/berichte/stadtbericht?" in signed_in.get("/berichte", query_string=AUTUMN).text

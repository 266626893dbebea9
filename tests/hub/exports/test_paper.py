"""Reports on paper: real PDFs, read as whoever cannot see them would have them read."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hub.themes.models import Theme
from shared.database import Database
from tests.hub.reports.conftest import City

YEAR = {"first": "2025-01", "last": "2025-12"}
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler reads PDFs for this test")


@pytest.fixture
def records(database: Database) -> City:
    """Two districts, one of them with few visits."""
    city = City(database, at_once=True)
    city.centre("hamborn", "Hamborn")
    city.centre("walsum", "Walsum")
    city.visits("hamborn", "2025-10-07T08:00:00Z", 1200)
    city.visits("walsum", "2025-10-07T08:00:00Z", 3)
    city.event("walsum", "2025-10-08T08:00:00Z")
    return city


def printed(client: FlaskClient, address: str, folder: Path, **query: str) -> tuple[str, str]:
    """Return the text of a PDF and what it says about itself."""
    answer = client.get(address, query_string={**YEAR, **query})
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    paper = folder / "paper.pdf"
    paper.write_bytes(answer.data)
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    about = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    return text, about


@needs_poppler
def test_a_figure_on_paper_has_its_table_and_its_date(records: City, signed_in: FlaskClient, tmp_path: Path) -> None:
    """Title, sum, table, completeness, page number; tagged and titled."""
    text, about = printed(signed_in, "/berichte/besuche.pdf", tmp_path, by="district")
    assert "Gesamt: 1.203" in text
    assert re.search(r"Hamborn.* 1\.200", text)
    assert "Stand: noch nie" in text
    assert "Seite 1 / 1" in text
    assert re.search(r"Title: +Besuche, Die ganze Stadt, Januar 2025 – Dezember 2025", about)
    assert re.search(r"Tagged: +yes", about)


def test_a_paper_says_its_language_and_standard(records: City, signed_in: FlaskClient) -> None:
    """So that a screen reader speaks it rightly, in each language of the site."""
    assert b"/Lang(de" in signed_in.get("/berichte/besuche.pdf", query_string=YEAR).data
    signed_in.get("/sprache/en")
    english = signed_in.get("/berichte/besuche.pdf", query_string=YEAR).data
    assert b"/Lang(en" in english
    assert b"pdfuaid:part>1" in english.replace(b"\n", b"")


@needs_poppler
def test_the_report_of_the_city_holds_everything(records: City, signed_in: FlaskClient, tmp_path: Path) -> None:
    """Contents, key figures, each figure, each district, the norm, how to read it."""
    text, about = printed(signed_in, "/berichte/stadtbericht.pdf", tmp_path)
    for words in ("Inhalt", "Kennzahlen", "Besuche nach Stadtbezirk", "Bezirk für Bezirk", "Walsum", "Öffnungsnorm"):
        assert words in text, words
    assert "Wie dieser Bericht zu lesen ist" in text
    assert "kleine Zahlen sind enthalten" in text
    assert int(re.search(r"Pages: +(\d+)", about)[1]) > 5  # type: ignore[index]


@needs_poppler
def test_a_report_for_publication_withholds_small_numbers(
    records: City, signed_in: FlaskClient, tmp_path: Path
) -> None:
    """Three visits in Walsum are nowhere in it, and neither is what one would subtract to find them."""
    text, _about = printed(signed_in, "/berichte/stadtbericht.pdf", tmp_path, veroeffentlichen="1")
    assert "1.203" in text
    assert "1.200" not in text
    assert not re.search(r"Walsum +3\b", text)
    assert "weniger als 5" in " ".join(text.split())
    assert "Datenlizenz Deutschland" in text
    assert "Zeitraum davor" not in text


def test_an_empty_city_can_be_printed(signed_in: FlaskClient) -> None:
    """No centre, no figures: a paper that says so, not an error."""
    for address in ("besuche.pdf", "stadtbericht.pdf", "stadtbericht.xlsx"):
        assert signed_in.get(f"/berichte/{address}").status_code == 200


def test_the_page_leads_to_both_files(signed_in: FlaskClient) -> None:
    """With the period that was chosen, and the tick for publication."""
    page = signed_in.get("/berichte/stadtbericht", query_string={**YEAR, "veroeffentlichen": "1"}).text
    assert "/berichte/stadtbericht.pdf?first=2025-01&amp;last=2025-12&amp;veroeffentlichen=1" in page
    assert "/berichte/stadtbericht.xlsx?" in page
    assert 'value="1" checked' in page


@needs_poppler
def test_gaps_and_norm_stand_in_the_report_of_the_city(
    records: City, database: Database, signed_in: FlaskClient, tmp_path: Path
) -> None:
    """A theme that nobody offers to older people is named; a published report has neither."""
    with database.transaction() as session:
        session.add(Theme(key="sport", label_de="Sport und Bewegung", label_en="Sport", rank=1))
    text, _about = printed(signed_in, "/berichte/stadtbericht.pdf", tmp_path)
    assert "Lücken im Programm" in text
    assert re.search(r"Sport und Bewegung +Kinder.*Ältere Menschen", text)
    assert "0 von 2 Stadtteilzentren erfüllen die Öffnungsnorm" in text
    public, _about = printed(signed_in, "/berichte/stadtbericht.pdf", tmp_path, veroeffentlichen="1")
    assert "Lücken im Programm" not in public
    assert "Öffnungsnorm" not in public

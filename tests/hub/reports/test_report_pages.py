"""Reports as staff see them: figures, how complete they are, and the same as a file."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from hub.city.service import plant_districts
from hub.network.models import Member
from hub.reports.files import MARK
from hub.reports.periods import month_of
from hub.themes.models import Theme
from shared.database import Database
from shared.time import now, to_wire

AUTUMN = {"first": "2026-09", "last": "2026-10"}


@pytest.fixture
def join(database: Database) -> Callable[..., None]:
    """Let a centre join the network; `hours` is how long ago its records were proven to be the same here."""

    def joined(centre_id: str, hours: float | None = 0, **said: Any) -> None:
        with database.transaction() as session:
            agreed = None if hours is None else now() - timedelta(hours=hours)
            said = {"name": centre_id.title(), "public_key": "k", "admitted_at": now(), "agreed_up_at": agreed, **said}
            session.add(Member(centre_id=centre_id, **said))

    return joined


def table_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix(MARK)), delimiter=";"))


def test_reports_are_for_staff(client: FlaskClient) -> None:
    """A visitor is asked to sign in, also for the file."""
    for address in ("/berichte", "/berichte/besuche", "/berichte/besuche.csv"):
        assert client.get(address).status_code == 302


def test_the_overview_shows_every_figure_beside_the_period_before(
    records: Any, join: Any, signed_in: FlaskClient
) -> None:
    """1,200 visits in autumn after 1,000 in summer are 20 % more."""
    join("hamborn")
    records.visits("hamborn", "2026-10-05T08:00:00Z", 1200)
    records.visits("hamborn", "2026-07-06T08:00:00Z", 1000)
    page = signed_in.get("/berichte", query_string=AUTUMN).text
    assert "1.200" in page
    assert "20 % mehr".replace(" ", "\N{NO-BREAK SPACE}", 1) in page
    assert "1.000" in page


def test_a_missing_centre_is_named(records: Any, join: Any, signed_in: FlaskClient) -> None:
    """Two of three have reported; who has not is said by name."""
    join("hamborn")
    join("walsum", hours=100 * 24)
    join("homberg", hours=None)
    records.visits("walsum", "2026-10-05T08:00:00Z", 3)
    page = signed_in.get("/berichte/besuche", query_string={"first": str(now())[:7], "last": str(now())[:7]}).text
    assert "1 von 3 Stadtteilzentren haben gemeldet" in page
    assert "Die Zahlen sind nicht vollständig" in page
    assert "<strong>Homberg</strong>: noch nichts gehört" in page
    assert "<strong>Walsum</strong>: seit" in page


def test_all_centres_make_figures_complete(join: Any, signed_in: FlaskClient) -> None:
    """Nobody is missing, and the page says so."""
    join("hamborn")
    join("walsum", hours=20)
    page = signed_in.get("/berichte/besuche").text
    assert "2 von 2 Stadtteilzentren haben gemeldet. Es fehlt keins." in page


def test_only_the_running_month_is_compared_so_far(records: Any, join: Any, signed_in: FlaskClient) -> None:
    """A month that is over is simply less than the year before; the running one may yet grow."""
    join("hamborn")
    this = month_of(now(), ZoneInfo("Europe/Berlin"))
    for month, many in ((this, 3), (this.plus(-1), 4), (this.plus(-12), 9), (this.plus(-13), 9)):
        records.visits("hamborn", to_wire(month.starts_at(ZoneInfo("Europe/Berlin"))), many)
    period = {"first": str(this.plus(-1)), "last": str(this), "by": "month"}
    page = signed_in.get("/berichte/besuche", query_string=period).text
    over, running = page.partition("<tbody>")[2].split("</tr>")[:2]
    assert "bisher" not in over
    assert "bisher" in running


def test_a_revoked_centre_is_not_missed(records: Any, join: Any, signed_in: FlaskClient) -> None:
    """Whoever left the network does not make its figures incomplete."""
    join("hamborn")
    join("walsum", hours=None, revoked_at=now())
    records.visits("walsum", to_wire(now().replace(minute=0, second=0)), 3)
    page = signed_in.get("/berichte/besuche?by=centre").text
    assert "1 von 1 Stadtteilzentrum hat gemeldet" in page
    assert "nicht im Netz" in page


def test_an_empty_city_says_what_will_appear(signed_in: FlaskClient) -> None:
    """No centre, no figures: the page explains both."""
    page = signed_in.get("/berichte/besuche").text
    assert "Noch gehört kein Stadtteilzentrum zum Netz" in page
    assert "Noch keine Zahlen für diesen Zeitraum" in page


def test_the_file_holds_the_figures_of_the_page(records: Any, join: Any, signed_in: FlaskClient) -> None:
    """A row for each centre, its months, the sum; and below it how complete they are."""
    join("hamborn")
    join("homberg", hours=None)
    records.centre("hamborn", name="Stadtteilbüro Alt-Hamborn")
    records.booking("hamborn", "2026-09-07T08:00:00Z", hours=1.5)
    records.booking("hamborn", "2026-10-05T08:00:00Z", hours=2)
    lines = table_of(signed_in.get("/berichte/stunden.csv", query_string={**AUTUMN, "by": "centre"}))
    assert lines[:4] == [
        ["Stadtteilzentrum", "September 2026", "Oktober 2026", "Ganzer Zeitraum", "Zeitraum davor", "Vorjahr"],
        ["Stadtteilbüro Alt-Hamborn", "1,5", "2,0", "3,5", "0,0", "0,0"],
        ["Homberg", "", "", "", "", ""],
        ["Gesamt", "1,5", "2,0", "3,5", "0,0", "0,0"],
    ]
    assert ["Stadtteilzentren ohne Daten", "Homberg"] in lines


def test_a_name_is_never_a_formula(records: Any, join: Any, signed_in: FlaskClient) -> None:
    """A spreadsheet would run a centre's name that begins with an equals sign."""
    join("hamborn")
    records.centre("hamborn", name='=HYPERLINK("http://example.org")')
    records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    lines = table_of(signed_in.get("/berichte/besuche.csv", query_string={**AUTUMN, "by": "centre"}))
    assert lines[1][0] == '\'=HYPERLINK("http://example.org")'


def test_every_district_of_the_city_has_its_row(database: Database, records: Any, signed_in: FlaskClient) -> None:
    """Also one without a centre: that nothing happened there is worth knowing."""
    with database.transaction() as session:
        plant_districts(session, ["Walsum", "Hamborn"])
    records.centre("hamborn", district="Hamborn")
    records.event("hamborn", "2026-10-05T08:00:00Z")
    lines = table_of(signed_in.get("/berichte/veranstaltungen.csv", query_string={**AUTUMN, "by": "district"}))
    assert [line[:4] for line in lines[1:3]] == [["Walsum", "0", "0", "0"], ["Hamborn", "0", "1", "1"]]


def test_themes_have_their_names(database: Database, records: Any, signed_in: FlaskClient) -> None:
    """In the language of the page; an event without a theme has a row of its own."""
    with database.transaction() as session:
        session.add(Theme(key="sport", label_de="Sport und Bewegung", label_en="Sport", rank=1))
    records.event("hamborn", "2026-10-05T08:00:00Z", theme="sport")
    records.event("hamborn", "2026-10-05T08:00:00Z")
    query = {**AUTUMN, "by": "theme"}
    lines = table_of(signed_in.get("/berichte/veranstaltungen.csv", query_string=query))
    assert [line[0] for line in lines[1:3]] == ["Sport und Bewegung", "Ohne Themenschwerpunkt"]
    signed_in.get("/sprache/en")
    lines = table_of(signed_in.get("/berichte/veranstaltungen.csv", query_string=query))
    assert [line[0] for line in lines[1:3]] == ["Sport", "Without a theme"]


def test_a_report_can_be_of_one_district(records: Any, signed_in: FlaskClient) -> None:
    """The centres of other districts are neither counted nor listed."""
    records.centre("hamborn", district="Hamborn")
    records.centre("walsum", district="Walsum")
    records.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    records.visits("walsum", "2026-10-05T08:00:00Z", 4)
    query = {**AUTUMN, "by": "centre", "district": "Walsum"}
    lines = table_of(signed_in.get("/berichte/besuche.csv", query_string=query))
    assert [line[0] for line in lines[1:3]] == ["Walsum", "Gesamt"]
    assert lines[2][3] == "4"


def test_the_chart_says_what_the_table_says(records: Any, signed_in: FlaskClient) -> None:
    """The picture is an SVG beside the table, with the same figures in it."""
    records.centre("hamborn")
    records.visits("hamborn", "2026-10-05T08:00:00Z", 37)
    page = signed_in.get("/berichte/besuche", query_string={**AUTUMN, "by": "centre"}).text
    picture = page[page.index("<figure") : page.index("</figure>")]
    table = page[page.index("<tbody") :]
    assert "<svg" in picture
    assert "37" in picture
    assert "37" in table


@pytest.mark.parametrize(
    "query",
    [
        {"first": "2026-10", "last": "2026-09"},
        {"first": "1999-01", "last": "2026-09"},
        {"first": "x", "last": "y"},
        {"district": "Atlantis", "centre": "nemo", "by": "nothing"},
    ],
)
def test_an_impossible_question_is_answered_with_words(query: dict[str, str], signed_in: FlaskClient) -> None:
    """A period that runs backwards, or a district that is none: the page stays, with a hint beside the field."""
    answer = signed_in.get("/berichte/besuche", query_string=query)
    assert answer.status_code == 200
    assert "kern-error" in answer.text


def test_an_unknown_figure_is_not_there(signed_in: FlaskClient) -> None:
    """An address that nobody linked to is an ordinary 404."""
    assert signed_in.get("/berichte/nichts").status_code == 404
    assert signed_in.get("/berichte/nichts.csv").status_code == 404


def test_the_file_is_dated(signed_in: FlaskClient) -> None:
    """When it was fetched stands in it, in UTC."""
    lines = table_of(signed_in.get("/berichte/besuche.csv"))
    fetched = next(line[1] for line in lines if line and line[0] == "Abgerufen am")
    assert fetched <= to_wire(now())


def test_columns_say_which_months_they_compare_with(records: Any, join: Any, signed_in: FlaskClient) -> None:
    """Somebody who sees October beside July must know that it is July."""
    join("hamborn")
    records.event("hamborn", "2026-10-05T08:00:00Z")
    page = signed_in.get("/berichte/veranstaltungen?first=2026-09&last=2026-11").text
    assert re.search(r"Zeitraum davor, Juni? 2026 – Aug\.? 2026", page), re.findall(r"Zeitraum davor,[^<]*", page)
    assert re.search(r"Ein Jahr davor, Sep[^ ]* 2025 – Nov\.? 2025", page)

"""The city's data, for everybody: pages, files, and what planners decide about them."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from hub.core.accounts import Role
from hub.network.models import Member
from hub.open_data.columns import Frame
from hub.open_data.publishing import DATASETS, look_for_changes
from hub.open_data.terms import Terms, keep_terms
from hub.open_data.visits import months
from hub.reports.periods import Month
from shared.database import Database
from shared.time import now
from tests.hub.occupancy.conftest import put_hours, put_space
from tests.hub.reports.conftest import City

SUPPLIER = "http://dcat-ap.de/def/contributors/openNRW"


@pytest.fixture
def records(database: Database) -> City:
    """Short words to put records where ingest would put them."""
    return City(database, at_once=True)


@pytest.fixture
def autumn(records: City) -> City:
    """A year ago: a house with a small count in October, another house without."""
    records.centre("hamborn", "Hamborn", "Stadtteilbüro Alt-Hamborn")
    records.centre("walsum", "Walsum")
    for centre_id, many in (("hamborn", 3), ("walsum", 30)):
        records.visits(centre_id, "2025-10-06T08:00:00Z", many, "consultation")
        records.visits(centre_id, "2025-10-07T08:00:00Z", 80, "open_meeting")
        records.visits(centre_id, "2025-11-07T08:00:00Z", 90, "open_meeting")
        records.visits(centre_id, "2025-11-07T08:00:00Z", 70, "consultation")
    return records


def lines(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def visits(client: FlaskClient, **wanted: str) -> list[dict[str, str]]:
    found = lines(client.get("/offene-daten/besuche.csv"))
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.key)
def test_every_data_set_has_its_page_and_its_files(dataset: Any, client: FlaskClient, autumn: City) -> None:
    """Open to everybody, with the same columns on the page, in the CSV file and in the JSON file."""
    autumn.event("hamborn", (now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00:00Z"))
    page = client.get(f"/offene-daten/{dataset.key}").text
    text = client.get(f"/offene-daten/{dataset.key}.csv").text
    names = text.splitlines()[0].split(",")
    assert names == [column.name for column in dataset.columns]
    assert all(f">{name}</th>" in page for name in names)
    found = client.get(f"/offene-daten/{dataset.key}.json").json
    assert len(found["zeilen"]) == len(lines(client.get(f"/offene-daten/{dataset.key}.csv")))
    assert all(list(row) == names for row in found["zeilen"])
    assert found["lizenz"] == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"


def test_a_small_count_is_marked_and_cannot_be_subtracted(client: FlaskClient, autumn: City) -> None:
    """Three consultations in Hamborn: its row says fewer than five, its partners and the year say nothing."""
    (small,) = visits(client, zeitraum="2025-10", stadtbezirk="Hamborn", art="consultation")
    assert (small["besuche"], small["hinweis"]) == ("", "weniger als 5")
    withheld = {
        (row["stadtbezirk"], row["art"]) for row in visits(client, zeitraum="2025-10", hinweis="zurückgehalten")
    }
    assert withheld == {("Hamborn", "open_meeting"), ("Walsum", "consultation"), ("Walsum", "open_meeting")}
    (city,) = visits(client, zeitraum="2025-10", stadtbezirk="alle", art="alle")
    assert city["besuche"] == "193"
    assert all(row["besuche"] not in {"1", "2", "3", "4"} for row in visits(client))


def test_what_nobody_counted_is_not_zero(client: FlaskClient, autumn: City) -> None:
    """A month without any count says so; a kind that nobody came for in a counted month is zero."""
    autumn.visits("hamborn", "2025-12-05T08:00:00Z", 60)
    (unknown,) = visits(client, zeitraum="2025-12", stadtbezirk="Walsum", art="alle")
    assert (unknown["besuche"], unknown["hinweis"]) == ("", "nicht gezählt")
    (nobody,) = visits(client, zeitraum="2025-12", stadtbezirk="Hamborn", art="consultation")
    assert (nobody["besuche"], nobody["hinweis"]) == ("0", "")


def test_a_row_says_how_many_days_it_is_of(client: FlaskClient, autumn: City) -> None:
    """Of two houses that count, 60 days of November; of one that said nothing of October, none."""
    for centre_id, day, state in (("hamborn", 3, "counted"), ("hamborn", 4, "not_counted"), ("walsum", 3, "closed")):
        autumn.day(centre_id, date(2025, 11, day), state)
    autumn.day("hamborn", date(2025, 10, 6))
    rows = [visits(client, zeitraum=time, stadtbezirk=place, art="alle")[0] for time, place in (
        ("2025-11", "alle"), ("2025-11", "Hamborn"), ("2025-10", "alle"), ("2025-10", "Walsum"),
    )]  # fmt: skip
    assert [(row["tage_erwartet"], row["tage_bekannt"]) for row in rows] == [
        ("60", "2"), ("30", "1"), ("31", "1"), ("0", "0"),
    ]  # fmt: skip


def test_a_month_is_published_when_it_has_settled(client: FlaskClient, records: City) -> None:
    """Yesterday's visits are nobody's business yet: corrections are still on their way."""
    records.centre("hamborn")
    records.visits("hamborn", (now() - timedelta(days=1)).strftime("%Y-%m-%dT08:00:00Z"), 60)
    assert visits(client) == []
    assert "Noch keine Zeilen" in client.get("/offene-daten/besuche").text


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_file_never_promises_another_length_than_it_has(ending: str, client: FlaskClient, autumn: City) -> None:
    """A web server sends no more than the promised bytes: a length of none is an empty file for everybody."""
    answer = client.get(f"/offene-daten/besuche.{ending}")
    assert answer.content_length in {None, len(answer.data)}


def test_a_year_never_shrinks_when_its_first_months_are_too_old(database: Database, records: City) -> None:
    """After five years a whole year goes at once: the sum of November and December is not that of a year."""
    records.visits("hamborn", "2019-05-06T08:00:00Z", 60)
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    with database.reading() as session:
        listed = months(session, Frame("Duisburg", ZoneInfo("Europe/Berlin"), at, Terms("Stadt"), "/", database))
        at = datetime(2027, 1, 16, 8, tzinfo=UTC)
        later = months(session, Frame("Duisburg", ZoneInfo("Europe/Berlin"), at, Terms("Stadt"), "/", database))
    assert (listed[0], listed[-1]) == (Month(2022, 1), Month(2026, 10))
    assert (later[0], later[-1]) == (Month(2022, 1), Month(2026, 12))


def test_a_house_that_left_the_network_is_in_no_list_of_houses(
    client: FlaskClient, autumn: City, database: Database
) -> None:
    """Nobody should be sent to a closed door; what it counted is history and stays."""
    with database.transaction() as session:
        put_hours(session, "10:00", "18:00", "hamborn")
        put_space(session, centre="hamborn")
        session.add(
            Member(
                centre_id="hamborn", name="Hamborn", public_key="k", admitted_at=now(), revoked_at=now(),
                online=False, reported_head=0,
            )
        )  # fmt: skip
    for key in ("stadtteilzentren", "oeffnungszeiten", "raeume"):
        assert "hamborn" not in {row["zentrum_id"] for row in lines(client.get(f"/offene-daten/{key}.csv"))}
    (row,) = visits(client, zeitraum="2025-11", stadtbezirk="Hamborn", art="alle")
    assert row["besuche"] == "160"


def test_who_has_a_file_is_told_that_it_is_the_same(client: FlaskClient, autumn: City) -> None:
    """By its ETag or by its date; after a change there is a new one."""
    first = client.get("/offene-daten/stadtteilzentren.csv")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        client.get("/offene-daten/stadtteilzentren.csv", headers={"If-None-Match": first.headers["ETag"]}).status_code
        == 304
    )
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get("/offene-daten/stadtteilzentren.csv", headers=since).status_code == 304
    autumn.centre("homberg")
    again = client.get("/offene-daten/stadtteilzentren.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_the_job_sees_changes_before_anybody_fetches_them(app: Any, client: FlaskClient, autumn: City) -> None:
    """The date of the catalogue is that of the look, not of the first visitor."""
    with app.app_context():
        look_for_changes()
    first = client.get("/offene-daten/raeume.csv").headers["Last-Modified"]
    assert client.get("/offene-daten/raeume.csv").headers["Last-Modified"] == first


def test_planners_set_the_threshold(client: FlaskClient, sign_in: Callable[..., FlaskClient], autumn: City) -> None:
    """With a threshold of three, three visits are shown."""
    planner = sign_in(Role.PLANNER)
    said = {"licence": "cc-by/4.0", "publisher": "Stadt Duisburg", "email": "", "municipality_key": "05112000"}
    said["contributor"] = SUPPLIER
    assert planner.post("/offene-daten/einstellungen", data={**said, "threshold": "3"}).status_code == 302
    (row,) = visits(client, zeitraum="2025-10", stadtbezirk="Hamborn", art="consultation")
    assert row["besuche"] == "3"
    assert client.get("/offene-daten/besuche.json").json["lizenz"].endswith("cc-by/4.0")


@pytest.mark.parametrize("wrong", ["1", "2", "-1", "51", "viele", ""])
def test_a_threshold_that_protects_nobody_is_refused(wrong: str, sign_in: Callable[..., FlaskClient]) -> None:
    """Fewer than two visits would say that it was one."""
    said = {
        "threshold": wrong,
        "licence": "cc-zero",
        "publisher": "Stadt",
        "contributor": "http://dcat-ap.de/def/contributors/x",
    }
    answer = sign_in(Role.PLANNER).post("/offene-daten/einstellungen", data=said)
    assert answer.status_code == 422
    assert "0 oder eine ganze Zahl von 3 bis 50" in answer.text


@pytest.mark.parametrize("wrong", ["daten", "Daten <daten@example.org>", "da ten@example.org", "daten@exam>ple.org"])
def test_an_address_that_is_none_is_refused(wrong: str, sign_in: Callable[..., FlaskClient]) -> None:
    """The catalogue makes a link of it, and without one portals would get no catalogue at all."""
    said = {"threshold": "5", "licence": "cc-zero", "publisher": "Stadt", "email": wrong, "contributor": SUPPLIER}
    planner = sign_in(Role.PLANNER)
    answer = planner.post("/offene-daten/einstellungen", data=said)
    assert answer.status_code == 422
    assert "wie daten@example.org ein" in answer.text
    planner.post("/offene-daten/einstellungen", data={**said, "email": "daten-amt.50@stadt.example.org"})
    assert "mailto:daten-amt.50@stadt.example.org" in planner.get("/offene-daten/katalog.ttl").text


def test_switching_the_protection_off_has_to_be_meant(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], autumn: City
) -> None:
    """Zero alone is asked again; with the tick everything is shown, and the pages say so."""
    planner = sign_in(Role.PLANNER)
    said = {
        "threshold": "0",
        "licence": "cc-zero",
        "publisher": "Stadt",
        "contributor": "http://dcat-ap.de/def/contributors/x",
    }
    assert planner.post("/offene-daten/einstellungen", data=said).status_code == 422
    assert planner.post("/offene-daten/einstellungen", data={**said, "unprotected": "y"}).status_code == 302
    (row,) = visits(client, zeitraum="2025-10", stadtbezirk="Hamborn", art="consultation")
    assert row["besuche"] == "3"
    assert "abgeschaltet" in client.get("/offene-daten/kleine-zahlen").text


def test_editors_and_visitors_do_not_set_terms(client: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    """The page is social planning's."""
    assert client.get("/offene-daten/einstellungen").status_code == 302
    assert sign_in(Role.EDITOR).get("/offene-daten/einstellungen").status_code == 403


def test_an_unknown_data_set_is_not_there(client: FlaskClient) -> None:
    """An address that nobody linked to is an ordinary 404."""
    for address in ("/offene-daten/nichts", "/offene-daten/nichts.csv", "/offene-daten/besuche.exe"):
        assert client.get(address).status_code == 404


def test_pages_say_licence_and_source(client: FlaskClient, database: Database, app: Any) -> None:
    """What somebody who uses the data has to know, in both languages."""
    with app.app_context(), database.transaction() as session:
        keep_terms(session, Terms(publisher="Stadt Duisburg, Amt für Soziales"))
    assert "Stadt Duisburg, Amt für Soziales" in client.get("/offene-daten").text
    client.get("/sprache/en")
    assert "Source to name" in client.get("/offene-daten/programm").text

"""Addresses that no link of ours leads to, and records that no careful house writes: no page falls over."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hub.app import create_app
from hub.config import HubConfig
from shared.database import Database
from shared.time import now
from shared.web.settings import write_secret
from tests.hub.calendar.conftest import DAY, put_centre, put_event

LIST_OF_ANYTHING = (
    "seite=-1",
    "seite=%C2%B2",
    "um=24",
    "um=%C2%B2",
    "q=%22%27%5C*",
    "q=" + "w" * 5_000,
    "q=%00",
    "q=AND",
)
DAYS = ("0001-01-01", "1900-01-01", "1901-01-01", "2198-12-31", "9999-12-31", "31.12.99", "2026-W01-1", "")
MONTHS = ("9999-99", "9999-12", "0001-01", f"{10**20}-01", "-5-1", "9" * 5_000, "")


@pytest.mark.parametrize("view", ["kalender", "monat", "woche", "tag", "kalender.ics", "kalender.atom", "in-der-naehe"])
def test_no_argument_is_too_odd_for_a_view(client: FlaskClient, view: str) -> None:
    """It shows something else, or nothing."""
    arguments = [*LIST_OF_ANYTHING, *(f"tag={day}&ab={day}&bis={day}" for day in DAYS)]
    answers = {argument[:20]: client.get(f"/{view}?{argument}").status_code for argument in arguments}
    assert set(answers.values()) == {200}, answers


def test_a_month_that_cannot_be_is_this_month(client: FlaskClient) -> None:
    """However large its numbers are."""
    this_month = re.findall('<td role="cell" class="month.*', client.get("/monat").text)
    assert this_month
    assert all(
        re.findall('<td role="cell" class="month.*', client.get(f"/monat?monat={month}").text) == this_month
        for month in MONTHS
    )


@pytest.mark.parametrize(
    ("address", "is_linked"),
    [("https://[zoom", True), ("HTTPS://a]b", True), ("javascript:alert(1)", False), ("//zoom.example", False)],
)
def test_an_address_to_join_that_is_odd_harms_nobody(
    client: FlaskClient, database: Database, address: str, is_linked: bool
) -> None:
    """One that is no address of the web is not linked, and none takes the feed of the whole city with it."""
    with database.transaction() as session:
        put_centre(session)
        soon = now() + timedelta(days=3)  # the feed asks the clock what is coming
        event_id = put_event(session, "Sprechstunde", starts_at=soon, attendance="hybrid", online_url=address)
    page = client.get(f"/veranstaltung/alt-hamborn/{event_id}")
    assert page.status_code == 200
    assert (f'href="{address}"' in page.text) == is_linked
    assert "Sprechstunde" in client.get("/kalender.ics").text
    assert client.get(f"/kalender?ab={DAY}").status_code == 200


PATHS_OF_IDS = ("/veranstaltung/{}/{}", "/veranstaltung/{}/{}.ics", "/veranstaltung/{}/serie/{}.ics", "/zentren/{}")
PATHS_OF_IDS += ("/raeume/{}/{}", "/einbetten/termin/{}/{}", "/api/1/centres/{}", "/api/1/events/{}/{}")


@pytest.mark.service("postgresql")
def test_nothing_that_is_typed_is_too_odd_for_postgresql(postgres_client: FlaskClient) -> None:
    """It refuses to be asked for NUL; and no word is read as its language of queries."""
    answers = {path: postgres_client.get(path.format("%00", "a%00")).status_code for path in PATHS_OF_IDS}
    assert set(answers.values()) == {404}, answers
    odd = ("%22%27%5C*", "AND", "a%27b", "%C2%AA%C2%B2", "%ED%A0%80", "a:*", "!%26|", "der", "%00")
    answers = {words: postgres_client.get(f"/kalender?q={words}").status_code for words in odd}
    assert set(answers.values()) == {200}, answers


@pytest.fixture
def postgres_client(tmp_path: Path, postgres_url: str) -> Iterator[FlaskClient]:
    """A visitor of a hub on PostgreSQL."""
    settings = HubConfig(city_name="D", city="d", data_folder=tmp_path / "hub", database=postgres_url)
    write_secret(settings.secret_file, "a secret for tests only")
    app = create_app(settings)
    yield app.test_client()
    app.extensions["stadtherz.database"].dispose()


def test_a_way_back_that_is_no_address_leads_to_the_start(client: FlaskClient) -> None:
    """Whoever changes the language there is not left with an error."""
    assert client.get("/sprache/de?weiter=http://[").location == "/"

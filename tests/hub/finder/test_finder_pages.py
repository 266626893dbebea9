"""The room finder as a visitor meets it: the form, the answers, a space's week."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from hub.network.models import Member
from shared.database import Database
from shared.time import now
from tests.hub.finder.conftest import ZONE, put_booking, put_guest_hours, put_house, put_space

TOMORROW = now().astimezone(ZONE).date() + timedelta(days=1)


@pytest.fixture
def city(database: Database) -> dict[str, str]:
    """Two houses with a space each; the ids of the spaces."""
    with database.transaction() as session:
        put_house(session, name="Stadtteilbüro Alt-Hamborn", phone="0203 123", email="haus@example.org")
        put_house(session, "mitte", "Mitte", name="Haus Mitte", website="https://mitte.example.org")
        hall = put_space(session, "Großer Saal", capacity=80, features=("stage",))
        small = put_space(session, "Kleiner Raum", centre_id="mitte", capacity=10, self_managed=True)
    return {"hall": hall, "small": small}


def test_anybody_may_look_and_the_page_begins_with_tomorrow(client: FlaskClient, city: dict[str, str]) -> None:
    """Without a word, rooms that are free tomorrow, and how to ask for them."""
    page = client.get("/raeume").text
    assert f'value="{TOMORROW}"' in page
    assert "2 von 2 Räumen sind wie gewünscht frei" in page
    for words in (
        "Großer Saal",
        "Stadtteilbüro Alt-Hamborn",
        "tel:0203123",
        "mailto:haus@example.org",
        "https://mitte",
    ):
        assert words in page


def test_what_was_wished_stays_in_the_form_and_in_the_address(client: FlaskClient, city: dict[str, str]) -> None:
    """So the address can be sent to somebody else."""
    page = client.get(f"/raeume?tag={TOMORROW}&von=18:00&dauer=180&personen=30&ausstattung=stage").text
    assert 'value="30"' in page
    assert '<option selected value="18:00">' in page
    assert '<option selected value="180">3 Stunden</option>' in page
    assert "ab 18:00 Uhr" in page
    assert "1 von 1 Räumen ist wie gewünscht frei" in page
    assert "Zu klein für so viele Personen: 1" in page


def test_an_answer_says_how_much_later_and_why(client: FlaskClient, database: Database, city: dict[str, str]) -> None:
    """Half an hour later, because it is taken; and a link to a wider search."""
    with database.transaction() as session:
        put_booking(session, city["hall"], "17:00", "18:30", TOMORROW)
    page = client.get(f"/raeume?tag={TOMORROW}&von=18:00&zentrum=hamborn").text
    assert "30 Minuten später frei" in page
    assert "Zur gewünschten Zeit belegt." in page
    assert f'href="/raeume?tag={TOMORROW}&amp;von=18:00"' in page, "the same in all centres"


def test_self_managed_use_is_named(client: FlaskClient, city: dict[str, str]) -> None:
    """Outside opening hours by agreement."""
    page = client.get(f"/raeume?tag={TOMORROW}&von=06:00&zentrum=mitte").text
    assert "Eigenregie" in page


def test_each_answer_says_how_old_the_data_of_its_house_are(
    client: FlaskClient, database: Database, city: dict[str, str]
) -> None:
    """And warns where a house has long not been heard."""
    at = now()
    with database.transaction() as session:
        for centre_id, age in (("hamborn", timedelta(hours=1)), ("mitte", timedelta(days=3))):
            session.add(
                Member(centre_id=centre_id, name=centre_id, public_key="k" * 64, admitted_at=at, agreed_up_at=at - age)
            )
    fresh = client.get(f"/raeume?tag={TOMORROW}&zentrum=hamborn").text
    assert "Daten des Hauses: Stand" in fresh
    assert "Kann veraltet sein" not in fresh
    assert "Kann veraltet sein" in client.get(f"/raeume?tag={TOMORROW}&zentrum=mitte").text


def test_an_empty_page_leads_to_a_wider_search(client: FlaskClient, city: dict[str, str]) -> None:
    """It drops the narrowest wish; a city without spaces says what will appear."""
    page = client.get(f"/raeume?tag={TOMORROW}&ausstattung=piano").text
    assert "Kein Raum passt zu diesen Wünschen." in page
    assert f'href="/raeume?tag={TOMORROW}"' in page
    assert "Hier gibt es noch keine Räume." in client.get(f"/raeume?tag={TOMORROW}&bezirk=Walsum").text


@pytest.mark.parametrize(
    "query",
    ["tag=murks", "tag=0001-01-01", "tag=9999-12-31", "tag=2199-12-31", "tage=x", "von=25:00", "von=10:07",
     "dauer=-5", "dauer=999999999", "personen=viele", "von=10:00%2B01:00", "personen=%00", "seite=0", "seite=9999999",
     "bezirk=" + "x" * 5000, "ausstattung=%00", "bestuhlung=liegend", "art=storage"],
)  # fmt: skip
def test_nonsense_in_an_address_breaks_no_page(client: FlaskClient, city: dict[str, str], query: str) -> None:
    """Whatever somebody types into the address, an answer comes."""
    assert client.get(f"/raeume?{query}").status_code == 200
    assert client.get(f"/raeume/hamborn/{city['hall']}?{query}").status_code == 200


def test_what_is_no_number_of_people_is_kept_and_explained(client: FlaskClient, city: dict[str, str]) -> None:
    """Beside the field."""
    page = client.get("/raeume?personen=viele").text
    assert 'value="viele"' in page
    assert "ganze Zahl" in page


def test_a_space_shows_a_week_without_saying_who(client: FlaskClient, database: Database, city: dict[str, str]) -> None:
    """Times alone: free, taken with buffers, asked for."""
    with database.transaction() as session:
        put_booking(session, city["hall"], "10:00", "12:00", TOMORROW)
        put_booking(session, city["hall"], "14:00", "15:00", TOMORROW, state="requested")
    page = client.get(f"/raeume/hamborn/{city['hall']}?tag={TOMORROW}").text
    for words in ("10:00–12:00", "12:00–14:00", "14:00–15:00", "von anderen angefragt", "15:00–22:00", "tel:0203123"):
        assert words in page
    assert "rental" not in page


def test_a_night_ends_at_midnight_on_its_day(client: FlaskClient, database: Database, city: dict[str, str]) -> None:
    """And goes on the next."""
    with database.transaction() as session:
        put_booking(session, city["hall"], "20:00", "02:00", TOMORROW, last=TOMORROW + timedelta(days=1))
    page = client.get(f"/raeume/hamborn/{city['hall']}?tag={TOMORROW}").text
    assert "20:00–24:00" in page
    assert "00:00–02:00" in page


def test_rooms_for_counselling_show_no_week(client: FlaskClient, database: Database, city: dict[str, str]) -> None:
    """When people are counselled is private; offices and what is unknown are no pages at all."""
    with database.transaction() as session:
        counselling = put_space(session, "Beratung", kind="counselling")
        office = put_space(session, "Büro", kind="office")
        put_booking(session, counselling, "10:00", "11:00", TOMORROW)
    page = client.get(f"/raeume/hamborn/{counselling}").text
    assert "10:00–11:00" not in page
    assert "geht niemanden etwas an" in page
    assert client.get(f"/raeume/hamborn/{office}").status_code == 404
    assert client.get(f"/raeume/mitte/{city['hall']}").status_code == 404


def test_a_guest_space_names_the_other_building(client: FlaskClient, database: Database, city: dict[str, str]) -> None:
    """In the answer and on its page."""
    with database.transaction() as session:
        aula = put_space(session, "Aula", is_guest_space=True, host_building="Gesamtschule Mitte")
        put_guest_hours(session, aula, "18:00", "22:00")
    assert "Gesamtschule Mitte" in client.get(f"/raeume?tag={TOMORROW}&von=18:00").text
    page = client.get(f"/raeume/hamborn/{aula}?tag={TOMORROW}").text
    assert "Gesamtschule Mitte" in page
    assert "18:00–22:00" in page


def test_many_spaces_are_read_page_by_page(client: FlaskClient, database: Database, city: dict[str, str]) -> None:
    """Twenty a page, with the wishes kept."""
    with database.transaction() as session:
        for number in range(30):
            put_space(session, f"Zimmer {number:02}", capacity=200 + number)
    first = client.get(f"/raeume?tag={TOMORROW}&personen=150").text
    assert "Zimmer 19" in first
    assert "Zimmer 20" not in first
    assert "Zimmer 20" in client.get(f"/raeume?tag={TOMORROW}&personen=150&seite=2").text

"""The calendar as a visitor meets it: list, month, event, house."""

from datetime import timedelta

import orjson
import pytest
from flask.testing import FlaskClient

from hub.announcements.service import AnnouncementEntry, announce
from hub.calendar import catch_up
from hub.themes.service import plant_first_themes
from shared.database import Database
from shared.time import now
from tests.hub.calendar.conftest import DAY, put_centre, put_event

FROM = f"ab={DAY}"


@pytest.fixture
def city(database: Database) -> Database:
    """Two houses in two districts, a few events."""
    with database.transaction() as session:
        plant_first_themes(session)
        put_centre(session, "hamborn", "Hamborn", name="Stadtteilbüro Alt-Hamborn", street="Hamborner Altmarkt 8")
        put_centre(session, "mitte", "Mitte", name="Haus Mitte")
        put_event(session, "Offenes Frühstück", centre="hamborn", theme="family", cost_cents=0)
        put_event(session, "Chorprobe", centre="mitte", start="18:00", theme="arts", cost_cents=350)
    return database


def test_the_start_page_leads_a_visitor_to_the_calendar(client: FlaskClient, city: Database) -> None:
    """Nobody has to sign in to see what is on."""
    answer = client.get("/", follow_redirects=True)
    assert answer.request.path == "/kalender"
    assert answer.status_code == 200


def test_the_list_shows_events_of_all_houses_by_day(client: FlaskClient, city: Database) -> None:
    """With day, time, house, theme and price."""
    page = client.get(f"/kalender?{FROM}").text
    assert page.index("Offenes Frühstück") < page.index("Chorprobe")
    for words in ("Montag, 23. November 2026", "10:00", "Stadtteilbüro Alt-Hamborn", "Familie", "kostenlos", "3,50"):
        assert words in page
    assert "2 Termine" in page


def test_filters_are_part_of_the_address_and_can_be_taken_off(client: FlaskClient, city: Database) -> None:
    """The page says what is set, and offers the address without it."""
    page = client.get(f"/kalender?{FROM}&bezirk=Mitte&thema=arts").text
    assert "Chorprobe" in page
    assert "Offenes Frühstück" not in page
    assert 'href="/kalender?thema=arts"' in page
    assert 'href="/kalender?bezirk=Mitte"' in page


def test_an_unknown_filter_value_finds_nothing_and_says_so(client: FlaskClient, city: Database) -> None:
    """A misspelt theme does not silently show everything."""
    page = client.get(f"/kalender?{FROM}&thema=artz").text
    assert "Chorprobe" not in page
    assert "Zu diesen Filtern passt nichts." in page


def test_a_page_without_filters_complains_about_nothing(client: FlaskClient, city: Database) -> None:
    """A filter that is not set is no wrong choice."""
    assert "kern-error" not in client.get(f"/kalender?{FROM}").text
    assert "kern-error" not in client.get("/monat?monat=2026-11").text


def test_a_date_that_is_none_is_kept_and_explained(client: FlaskClient, city: Database) -> None:
    """What was typed stays, beside it what to do."""
    page = client.get("/kalender?ab=murks").text
    assert 'value="murks"' in page
    assert "23.11.2026" in page


@pytest.mark.parametrize(
    "query", ["seite=0", "seite=99999999999", "seite=x", "q=%00", "bis=1900-01-01", "monat=x", "q=" + "a" * 5000]
)
def test_nonsense_in_an_address_breaks_no_page(client: FlaskClient, city: Database, query: str) -> None:
    """Whatever somebody types into the address, an answer comes."""
    assert client.get(f"/kalender?{query}").status_code == 200
    assert client.get(f"/monat?{query}").status_code == 200


def test_words_find_events_once_the_index_has_caught_up(client: FlaskClient, city: Database) -> None:
    """Until then the page says that something is still missing."""
    before = client.get(f"/kalender?{FROM}&q=fruehst").text
    assert "noch nicht in der Suche" in before
    with client.application.app_context():
        catch_up()
    after = client.get(f"/kalender?{FROM}&q=fruehst").text
    assert "Offenes Frühstück" in after
    assert "noch nicht in der Suche" not in after


def test_a_cancelled_event_stays_visible_as_cancelled(client: FlaskClient, city: Database) -> None:
    """With the reason, in the list, the month and on its page."""
    with city.transaction() as session:
        event_id = put_event(session, "Yoga", centre="mitte", state="cancelled", cancel_reason="Heizung defekt")
    assert "Heizung defekt" in client.get(f"/kalender?{FROM}").text
    assert "Abgesagt" in client.get("/monat?monat=2026-11").text
    assert "Heizung defekt" in client.get(f"/veranstaltung/mitte/{event_id}").text


def test_fifty_events_make_a_page(client: FlaskClient, city: Database) -> None:
    """The next page goes on with the filters that are set."""
    with city.transaction() as session:
        for number in range(60):
            put_event(session, f"Treff {number:02}", centre="mitte", day=DAY + timedelta(days=1 + number))
    first = client.get(f"/kalender?{FROM}&zentrum=mitte").text
    assert "Treff 48" in first
    assert "Treff 49" not in first
    second = client.get(f"/kalender?{FROM}&zentrum=mitte&seite=2").text
    assert "Treff 49" in second
    assert "Chorprobe" not in second


def test_a_crowded_day_of_the_month_links_to_its_list(client: FlaskClient, city: Database) -> None:
    """Three events and how many more there are."""
    with city.transaction() as session:
        for number in range(4):
            put_event(session, f"Treff {number}", centre="mitte", start=f"1{number}:30")
    page = client.get("/monat?monat=2026-11&bezirk=Mitte").text
    assert "+2 weitere" in page
    assert f'href="/kalender?bezirk=Mitte&amp;ab={DAY}&amp;bis={DAY}"' in page


def test_an_event_has_a_lasting_page_with_data_for_search_engines(client: FlaskClient, city: Database) -> None:
    """schema.org says the same as the page, and a title cannot break out of it."""
    with city.transaction() as session:
        event_id = put_event(session, "A </script><b>B</b>", centre="hamborn", description="Eins\n\nZwei", cost_cents=0)
    page = client.get(f"/veranstaltung/hamborn/{event_id}").text
    assert "<b>B</b>" not in page
    data = orjson.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert data["name"] == "A </script><b>B</b>"
    assert data["startDate"] == "2026-11-23T10:00:00+01:00"
    assert data["isAccessibleForFree"] is True
    assert data["location"][0]["address"]["streetAddress"] == "Hamborner Altmarkt 8"


def test_an_address_that_is_no_web_address_is_not_linked(client: FlaskClient, city: Database) -> None:
    """A house cannot make the city's page run a script."""
    with city.transaction() as session:
        event_id = put_event(session, "X", centre="mitte", attendance="online", online_url="javascript:alert(1)")
    assert "javascript:" not in client.get(f"/veranstaltung/mitte/{event_id}").text


def test_an_event_that_is_not_there_is_not_found(client: FlaskClient, city: Database) -> None:
    """Neither under a wrong id nor under another house."""
    assert client.get("/veranstaltung/mitte/nirgends").status_code == 404
    assert client.get("/zentren/nirgends").status_code == 404


def test_an_event_is_shown_before_its_house_has_introduced_itself(client: FlaskClient, city: Database) -> None:
    """The batch with the profile may come later."""
    with city.transaction() as session:
        event_id = put_event(session, "Früh da", centre="neues-haus")
    assert "neues-haus" in client.get(f"/veranstaltung/neues-haus/{event_id}").text


def test_the_page_of_a_house_says_where_it_is_and_what_is_on(client: FlaskClient, city: Database) -> None:
    """Its own events, nobody else's."""
    with city.transaction() as session:
        put_event(session, "Lesung", centre="hamborn", starts_at=now() + timedelta(days=2))
        put_event(session, "Andere", centre="mitte", starts_at=now() + timedelta(days=2))
    page = client.get("/zentren/hamborn").text
    assert "Hamborner Altmarkt 8" in page
    assert "Lesung" in page
    assert "Andere" not in page


def test_residents_read_what_the_city_announces_to_them(client: FlaskClient, city: Database) -> None:
    """And not what is for the houses alone."""
    with city.transaction() as session:
        for title, public in (("Für alle", True), ("Nur intern", False)):
            begun = now() - timedelta(hours=1)
            announce(
                session, AnnouncementEntry(title=title, body="", for_public=public, shows_from=begun, shows_until=None)
            )
    page = client.get("/kalender").text
    assert "Für alle" in page
    assert "Nur intern" not in page


def test_the_calendar_speaks_english_too(client: FlaskClient, city: Database) -> None:
    """Themes as well."""
    client.get("/sprache/en")
    page = client.get(f"/kalender?{FROM}").text
    assert "Event calendar" in page
    assert "Arts and culture" in page

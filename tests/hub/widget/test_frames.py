"""The frames on other sites: what they show, what they let others do, and how one gets them."""

from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from hub.themes.service import plant_first_themes
from shared.database import Database
from shared.time import now
from tests.hub.calendar.conftest import put_centre, put_event

SOON = now() + timedelta(days=3)
SITE = "http://localhost"


@pytest.fixture
def event_id(database: Database) -> str:
    """Two houses with an event each; returns the id of the one in Mitte, which is cancelled."""
    with database.transaction() as session:
        plant_first_themes(session)
        put_centre(session, "hamborn", "Hamborn", name="Haus Hamborn")
        put_centre(session, "mitte", "Mitte", name="Haus Mitte")
        put_event(session, "Frühstück", centre="hamborn", starts_at=SOON, theme="family")
        said = {"state": "cancelled", "cancel_reason": "Krankheit"}
        return put_event(session, "Chor <laut>", centre="mitte", starts_at=SOON, **said)


def policy(client: FlaskClient, address: str) -> set[str]:
    """Return the rules of the content security policy of a page."""
    return set(client.get(address).headers["Content-Security-Policy"].split("; "))


def test_a_frame_shows_what_its_filters_find(client: FlaskClient, event_id: str) -> None:
    """A cancelled date as cancelled, with its reason."""
    page = client.get("/einbetten/liste?bezirk=Mitte").text
    assert "Chor &lt;laut&gt;" in page
    assert "Abgesagt: Krankheit" in page
    assert "Frühstück" not in page


def test_a_frame_has_no_script_sets_no_cookie_and_opens_links_beside_it(client: FlaskClient, event_id: str) -> None:
    """Nothing of the city's site reaches the site around it."""
    answer = client.get("/einbetten/liste")
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers
    links = answer.text.count("<a ")
    assert links >= 4
    assert answer.text.count('target="_blank" rel="noopener"') == links
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "by_whom"),
    [
        ("/einbetten/liste", "frame-ancestors *"),
        ("/einbetten/termin/mitte/{event}", "frame-ancestors *"),
        ("/einbetten", "frame-ancestors 'none'"),
        ("/kalender", "frame-ancestors 'none'"),
    ],
)
def test_only_the_frames_may_be_framed(client: FlaskClient, event_id: str, address: str, by_whom: str) -> None:
    """A page with buttons in a foreign frame could be clicked unseen."""
    rules = policy(client, address.format(event=event_id))
    assert by_whom in rules
    assert "default-src 'none'" in rules


def test_the_frame_speaks_the_language_and_wears_the_colours_of_its_address(client: FlaskClient, event_id: str) -> None:
    """Never those of a cookie: whoever embeds it decides."""
    client.set_cookie("stadtherz_sprache", "en")
    assert '<html lang="de" dir="ltr" class="frame frame--hell">' in client.get("/einbetten/liste").text
    english = client.get("/einbetten/liste?in=en&farben=dunkel").text
    assert '<html lang="en" dir="ltr" class="frame frame--dunkel">' in english
    assert "Cancelled: Krankheit" in english


@pytest.mark.parametrize(("asked", "shown"), [("1", 1), ("2", 2), ("0", 1), ("999", 2), ("viele", 2)])
def test_a_frame_shows_as_many_dates_as_its_address_says(
    client: FlaskClient, event_id: str, asked: str, shown: int
) -> None:
    """Within reason; nonsense is the usual number."""
    assert client.get(f"/einbetten/liste?anzahl={asked}").text.count('<li class="date') == shown


def test_an_empty_frame_says_what_will_appear(client: FlaskClient, event_id: str) -> None:
    """Not an empty box on somebody's site."""
    assert "Sobald ein Zentrum" in client.get("/einbetten/liste?bezirk=Nirgends").text


def test_the_code_to_copy_leads_to_the_frame_of_the_preview(client: FlaskClient, event_id: str) -> None:
    """With exactly the filters that were chosen; the links-only code too."""
    page = client.get("/einbetten?bezirk=Mitte&farben=dunkel&anzahl=3").text
    code = unescape(page.split('id="frame-code"')[1].split(">", 1)[1].split("</textarea>")[0])
    address = unescape(code.split('src="')[1].split('"')[0])
    assert address == f"{SITE}/einbetten/liste?bezirk=Mitte&anzahl=3&farben=dunkel"
    assert "Chor" in client.get(address).text
    assert f'src="{address.replace("&", "&amp;")}"' in page
    links = unescape(page.split('id="link-code"')[1].split(">", 1)[1].split("</textarea>")[0])
    assert f'href="{SITE}/kalender?bezirk=Mitte"' in links
    assert f'href="{SITE}/kalender.ics?bezirk=Mitte"' in links
    assert "frame-src 'self'" in policy(client, "/einbetten")


def embedded(client: FlaskClient, address: str, **more: Any) -> Any:
    """Ask oEmbed about an address."""
    return client.get("/oembed?" + urlencode({"url": address, **more}))


@pytest.mark.parametrize(
    ("page", "frame"),
    [
        ("/kalender?bezirk=Mitte", "/einbetten/liste?bezirk=Mitte"),
        ("/zentren/mitte", "/einbetten/liste?zentrum=mitte"),
        ("/zentrum/mitte", "/einbetten/liste?zentrum=mitte"),
        ("/veranstaltung/mitte/{event}", "/einbetten/termin/mitte/{event}"),
    ],
)
def test_a_pasted_address_becomes_a_frame(client: FlaskClient, event_id: str, page: str, frame: str) -> None:
    """As oEmbed 1.0 wants it, small enough for who asks."""
    answer = embedded(client, SITE + page.format(event=event_id), maxwidth=300, maxheight=200)
    assert answer.status_code == 200
    told = answer.json
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 300)
    assert told["height"] <= 200
    address = SITE + frame.format(event=event_id)
    assert f'src="{address}"' in told["html"]
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["", "https://example.org/kalender", f"{SITE}/berichte", f"{SITE}/gibt-es-nicht", f"{SITE}/veranstaltung/mitte/x"],
)
def test_an_address_without_a_frame_is_not_found(client: FlaskClient, event_id: str, address: str) -> None:
    """Nor is another site's."""
    assert embedded(client, address).status_code == 404


def test_oembed_speaks_json_only(client: FlaskClient, event_id: str) -> None:
    """The specification has a status for the other format."""
    assert embedded(client, f"{SITE}/kalender", format="xml").status_code == 501


@pytest.mark.parametrize("page", ["/kalender?bezirk=Mitte", "/veranstaltung/mitte/{event}"])
def test_pages_tell_where_their_frame_is(client: FlaskClient, event_id: str, page: str) -> None:
    """Blogs find the answer by a link in the head."""
    found = client.get(page.format(event=event_id)).text
    link = next(line for line in found.splitlines() if "application/json+oembed" in line)
    address = unescape(link.split('href="')[1].split('"')[0])
    assert client.get(address).json["type"] == "rich"


def test_search_engines_find_every_coming_event(client: FlaskClient, event_id: str) -> None:
    """And each address that the map names answers."""
    robots = client.get("/robots.txt").text
    assert f"Sitemap: {SITE}/sitemap.xml" in robots
    places = [place.text or "" for place in ET.fromstring(client.get("/sitemap.xml").data).iter() if "loc" in place.tag]
    assert f"{SITE}/veranstaltung/mitte/{event_id}" in places
    assert {client.get(place).status_code for place in places} == {200}


def test_an_address_that_cannot_be_one_has_no_frame(client: FlaskClient) -> None:
    """Whatever somebody pastes into a blog."""
    assert client.get("/oembed?url=http://[").status_code == 404

"""An event as search engines read it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from hub.programme.models import EventText
from shared.database import Database
from shared.ids import new_id
from shared.time import now
from tests.factories import ZONE
from tests.hub.calendar.conftest import put_centre, put_event

SOON = (now() + timedelta(days=3)).replace(minute=0, second=0)


def read(client: FlaskClient, database: Database, **said: Any) -> dict[str, Any]:
    """Put an event there and return what its page tells search engines."""
    with database.transaction() as session:
        place = {"street": "Altmarkt 8", "postcode": "47166", "town": "Duisburg", "latitude": 51.4, "longitude": 6.7}
        put_centre(session, "mitte", "Mitte", name="Haus Mitte", **place)
        event_id = put_event(session, "Chor", centre="mitte", starts_at=SOON, **said)
        words = {"centre_id": "mitte", "id": new_id(), "event_id": event_id, "language": "tr", "title": "Koro"}
        session.connection().execute(insert(EventText.__table__), [{**words, "summary": "Birlikte", "description": ""}])
    page = client.get(f"/veranstaltung/mitte/{event_id}").text
    told: dict[str, Any] = json.loads(page.split('type="application/ld+json">')[1].split("</script>")[0])
    return told


def test_an_event_tells_when_and_where(client: FlaskClient, database: Database) -> None:
    """With the offset of the zone, the address and the position of the house."""
    told = read(client, database)
    assert told["startDate"] == SOON.astimezone(ZONE).isoformat()
    assert told["startDate"].endswith(("+01:00", "+02:00"))
    (place,) = told["location"]
    assert place["address"]["postalCode"] == "47166"
    assert place["geo"] == {"@type": "GeoCoordinates", "latitude": 51.4, "longitude": 6.7}


def test_an_event_elsewhere_does_not_stand_at_the_house_on_a_map(client: FlaskClient, database: Database) -> None:
    """Its own place has no position that we know."""
    (place,) = read(client, database, place="Rathausplatz")["location"]
    assert place["name"] == "Rathausplatz"
    assert "geo" not in place


def test_other_languages_stand_beside_the_own(client: FlaskClient, database: Database) -> None:
    """Each with its language; the name itself stays plain."""
    told = read(client, database, summary="Zusammen singen")
    assert told["name"] == "Chor"
    assert told["alternateName"] == [{"@language": "tr", "@value": "Koro"}]
    assert told["description"] == ["Zusammen singen", {"@language": "tr", "@value": "Birlikte"}]


@pytest.mark.parametrize(("cents", "price"), [(0, "0.00"), (350, "3.50"), (None, None)])
def test_the_price_is_told_if_it_is_known(
    client: FlaskClient, database: Database, cents: int | None, price: str | None
) -> None:
    """Free is a price; unknown is none."""
    told = read(client, database, cost_cents=cents)
    assert told.get("offers", {}).get("price") == price
    assert told.get("isAccessibleForFree") == (None if cents is None else cents == 0)


def test_a_cancelled_event_says_so_and_sells_nothing(client: FlaskClient, database: Database) -> None:
    """EventCancelled, without an offer."""
    told = read(client, database, state="cancelled", cost_cents=350)
    assert told["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in told


def test_a_date_of_a_series_names_its_series(client: FlaskClient, database: Database) -> None:
    """The same id for all its dates; a single event has none."""
    series = new_id()
    told = read(client, database, series_id=series, age_min=6, age_max=12)
    assert told["superEvent"]["@type"] == "EventSeries"
    assert told["superEvent"]["@id"].endswith(f"/veranstaltung/mitte/serie/{series}")
    assert told["typicalAgeRange"] == "6-12"

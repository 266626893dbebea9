"""The house as everybody sees it."""

import json
import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from icalendar import Calendar

from node.centre import service as centre
from node.centre.service import ProfileEntry
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from node.programme import service as programme
from node.programme.models import Event
from node.programme.service import EventEntry
from shared.database import Database
from shared.records.bookings import Slot
from shared.time import now


def add(database: Database, title: str, *, days: int = 1, publish: bool = True, **said: Any) -> Event:
    """Write an event some days from now."""
    begins = now() + timedelta(days=days)
    with database.transaction() as session:
        slot = Slot(begins, begins + timedelta(hours=2))
        return programme.create_event(session, EventEntry(title=title, slot=slot, **said), now=now(), publish=publish)


def introduce(database: Database) -> None:
    """Write the profile and opening hours."""
    with database.transaction() as session:
        profile = {
            "street": "Hamborner Altmarkt 8",
            "postcode": "47166",
            "town": "Duisburg",
            "phone": "+49 203 31774411",
        }
        centre.keep_profile(session, ProfileEntry(name="Stadtteilbüro Alt-Hamborn", district="Hamborn", **profile))
        opening_hours.add_hours(session, HoursEntry(opens_local="00:00", closes_local="00:00"))


def test_the_house_introduces_itself(client: FlaskClient, database: Database) -> None:
    """Name, address, open now; no sign-in."""
    introduce(database)
    page = client.get("/haus").text
    assert "Hamborner Altmarkt 8" in page
    assert "Jetzt geöffnet" in page
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert linked
    assert json.loads(linked[1])["address"]["postalCode"] == "47166"


def test_a_house_that_is_new_says_so(client: FlaskClient) -> None:
    """No profile, no hours, no events: still a page."""
    page = client.get("/haus")
    assert page.status_code == 200
    assert "noch nicht vorgestellt" in page.text


def test_drafts_and_the_past_are_not_public(client: FlaskClient, database: Database) -> None:
    """Neither in the list, nor alone, nor in the calendar file."""
    draft = add(database, "Geheimprobe", publish=False)
    add(database, "Gestern", days=-2)
    add(database, "Repaircafé")
    page = client.get("/haus/programm").text
    assert "Repaircafé" in page
    assert "Geheimprobe" not in page
    assert "Gestern" not in page
    assert client.get(f"/haus/programm/{draft.id}").status_code == 404
    assert client.get(f"/haus/programm/{draft.id}/termin.ics").status_code == 404
    assert "Geheimprobe" not in client.get("/haus/programm.ics").text


def test_the_programme_is_narrowed_by_theme(client: FlaskClient, database: Database) -> None:
    """A theme nobody has is as if none were asked for."""
    add(database, "Hausaufgabenhilfe", theme="bildung")
    add(database, "Lauftreff", theme="sport")
    page = client.get("/haus/programm?thema=sport").text
    assert "Lauftreff" in page
    assert "Hausaufgabenhilfe" not in page
    assert "Hausaufgabenhilfe" in client.get("/haus/programm?thema=unbekannt").text


def test_a_long_programme_has_pages(client: FlaskClient, database: Database) -> None:
    """Thirty on a page."""
    for number in range(31):
        add(database, f"Termin Nr. {number:02}", days=number + 1)
    assert "Termin Nr. 30" not in client.get("/haus/programm").text
    assert "Termin Nr. 30" in client.get("/haus/programm?seite=2").text


def test_an_event_is_also_told_to_machines(client: FlaskClient, database: Database) -> None:
    """Nothing in a title can break out of the data."""
    event = add(database, "</script><b>Fest</b>")
    page = client.get(f"/haus/programm/{event.id}").text
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert linked
    assert json.loads(linked[1])["name"] == "</script><b>Fest</b>"
    assert "<b>Fest" not in page


def test_the_calendar_file_keeps_its_uids_and_crosses_out(client: FlaskClient, database: Database) -> None:
    """A cancelled event stays in the file, with a higher sequence and its reason."""
    event = add(database, "Lesung", description="Mit; Komma, und Umlaut ä")
    before = Calendar.from_ical(client.get("/haus/programm.ics").text).walk("VEVENT")[0]
    with database.transaction() as session:
        programme.cancel_event(session, event.id, "Autorin erkrankt", now=now())
    after = Calendar.from_ical(client.get("/haus/programm.ics").text).walk("VEVENT")[0]
    assert before["UID"] == after["UID"] == f"{event.id}@alt-hamborn.stadtherz"
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "Autorin erkrankt" in after["DESCRIPTION"]
    assert after["DTSTART"].dt == event.starts_at


def test_an_unchanged_calendar_file_is_not_sent_again(client: FlaskClient, database: Database) -> None:
    """Subscribers ask often."""
    add(database, "Lesung")
    first = client.get("/haus/programm.ics")
    assert first.mimetype == "text/calendar"
    again = client.get("/haus/programm.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304

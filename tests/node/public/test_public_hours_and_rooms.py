"""Opening hours for everybody and for machines, and the rooms that one may ask for."""

import json
import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from node.centre import service as centres
from node.centre.service import ProfileEntry
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from shared.database import Database
from shared.time import from_wire, now
from tests.factories import ZONE, make_event, make_space


def open_always(database: Database, *, closed_on_holidays: bool = False) -> None:
    """A house that is open day and night, and closed tomorrow because of works."""
    tomorrow = now().astimezone(ZONE).date() + timedelta(days=1)
    with database.transaction() as session:
        centres.keep_profile(session, ProfileEntry(name="Haus am Markt", district="Mitte"))
        centres.keep_holiday_rule(session, closed_on_holidays=closed_on_holidays, region="DE-NW")
        opening_hours.add_hours(session, HoursEntry(opens_local="00:00", closes_local="00:00"))
        opening_hours.close_day(session, tomorrow, "Umbau")


def linked(page: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def test_all_hours_stand_on_one_page(client: FlaskClient, database: Database) -> None:
    """Open now, the rule, what differs, and the holidays on which it is closed."""
    open_always(database, closed_on_holidays=True)
    page = client.get("/haus/oeffnungszeiten").text
    for shown in ("In der Regel", "Zeitweise anders", "Umbau", "An Feiertagen geschlossen", "Neujahr"):
        assert shown in page


def test_a_house_that_keeps_no_holidays_names_none(client: FlaskClient, database: Database) -> None:
    """And one without hours asks to call."""
    assert "fragen Sie" in client.get("/haus/oeffnungszeiten").text
    open_always(database)
    assert "Neujahr" not in client.get("/haus/oeffnungszeiten").text


def test_open_now_and_the_next_change_are_data(client: FlaskClient, database: Database) -> None:
    """Other sites may show it; instants are in UTC, with the zone beside them."""
    open_always(database)
    answer = client.get("/haus/oeffnungszeiten.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = answer.get_json()
    assert (said["house"], said["open"], said["kind"], said["time_zone"]) == ("Haus am Markt", True, "open", str(ZONE))
    tomorrow = now().astimezone(ZONE).date() + timedelta(days=1)
    assert from_wire(said["changes_at"]).astimezone(ZONE).date() == tomorrow
    assert said["days"][1] == {
        "date": tomorrow.isoformat(),
        "closed": True,
        "differs": True,
        "note": "Umbau",
        "hours": [],
    }
    assert len(said["days"]) == 28


def test_a_house_without_hours_is_closed_data(client: FlaskClient) -> None:
    """Nothing is known of a change."""
    said = client.get("/haus/oeffnungszeiten.json").get_json()
    assert (said["open"], said["kind"], said["changes_at"]) == (False, None, None)


def test_closures_and_holidays_are_told_to_search_engines(client: FlaskClient, database: Database) -> None:
    """As special hours with their days."""
    open_always(database, closed_on_holidays=True)
    said = linked(client.get("/haus").text)
    assert len(said["openingHoursSpecification"]) == 1
    special = said["specialOpeningHoursSpecification"]
    assert any(one.get("name") == "Neujahr" for one in special)
    assert all(one["opens"] == one["closes"] for one in special)


def test_rooms_are_described_in_plain_words(client: FlaskClient, database: Database) -> None:
    """How many in which seating, what is in them, how to get in; each with a way to ask."""
    with database.transaction() as session:
        hall = make_space(
            session,
            name="Saal",
            description="Hell und mit Parkett.",
            capacity=60,
            capacity_tables=40,
            features=("projector",),
            accessibility=("step_free",),
            notice_hours=48,
        )
        make_space(session, name="Kleine Hälfte", parent=hall)
        make_space(session, name="Lager", kind="storage")
        make_space(session, name="Keller", bookable=False)
        hall_id = hall.id
    page = client.get("/haus/raeume").text
    for shown in ("Hell und mit Parkett.", "60", "40", "Beamer", "Stufenlos", "Teil von Saal", "2 Tage"):
        assert shown in page
    for hidden in ("Lager", "Keller"):
        assert hidden not in page
    assert f'href="/haus/raum-anfragen?raum={hall_id}"' in page


def test_a_house_without_rooms_says_so(client: FlaskClient) -> None:
    """Nothing to ask for, and no button that leads nowhere."""
    page = client.get("/haus/raeume").text
    assert "Noch keine Räume" in page
    assert "/haus/raum-anfragen" not in page


def test_the_first_page_says_at_once_what_is_different_today(client: FlaskClient, database: Database) -> None:
    """Closed, and why; what is on today stands before what comes."""
    today = now().astimezone(ZONE).date()
    with database.transaction() as session:
        opening_hours.add_hours(session, HoursEntry(opens_local="00:00", closes_local="00:00"))
        make_event(session, "Nachtwanderung", "23:45", "23:30", today)  # until tomorrow night: never over yet
        make_event(session, "Frühstück", day=today + timedelta(days=2))
    page = client.get("/haus").text
    assert page.index("Heute im Haus") < page.index("Nachtwanderung") < page.index("Was als Nächstes")
    assert page.index("Was als Nächstes") < page.index("Frühstück")
    assert "Heute geschlossen" not in page
    with database.transaction() as session:
        opening_hours.close_day(session, today, "Wasserschaden")
    assert "Heute geschlossen: Wasserschaden" in client.get("/haus").text

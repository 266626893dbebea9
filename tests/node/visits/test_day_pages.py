"""The pages of days and months, as staff of each role see them."""

from collections.abc import Callable
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from node.visits import days, late, locks, service
from node.visits.models import VisitDay
from shared.database import Database
from shared.ids import new_id
from shared.time import at_local, now, to_wire
from shared.web import jobs

ZONE = ZoneInfo("Europe/Berlin")
TODAY = now().astimezone(ZONE).date()
YESTERDAY = TODAY - timedelta(days=1)
LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)


@pytest.fixture
def house(database: Database) -> Database:
    """A house that is always open and counted once, ten days ago."""
    with database.transaction() as session:
        opening_hours.add_hours(session, HoursEntry(opens_local="00:00", closes_local="00:00"), range(7))
        count(session, 10)
    return database


def count(session, days_ago: int, step: int = 1) -> str:
    """Tap once, some days ago at noon; return the tap's id."""
    at = at_local(TODAY - timedelta(days=days_ago), time(12), ZONE)
    said = {"id": new_id(), "counted_at": to_wire(at), "kind": "event", "target_group": "", "step": step}
    assert not service.record_taps(session, [said], now()).refused
    return said["id"]


def test_a_day_shows_words_where_it_has_no_figure(house: Database, signed_in: FlaskClient) -> None:
    """Not counted is written out; after one touch the same hours are 0."""
    address = f"/zaehler/stunden?tag={YESTERDAY}"
    assert signed_in.get(address).text.count("nicht gezählt") >= 20
    signed_in.post(f"/zaehler/tag?tag={YESTERDAY}", data={"statement": "complete"})
    page = signed_in.get(address).text
    assert "nicht gezählt" not in page
    assert "Vollständig gezählt" in page
    assert "Person lead" in page


def test_the_today_page_asks_and_one_touch_answers(house: Database, signed_in: FlaskClient) -> None:
    """Yesterday's question is gone after "nobody came"; days before it are asked about next."""
    asked = signed_in.get("/heute").text
    assert "Gestern wurde nicht gezählt – war jemand da?" in asked
    answer = signed_in.post(f"/zaehler/tag?tag={YESTERDAY}", data={"statement": "complete"})
    assert answer.status_code == 302
    assert "Gestern wurde nicht gezählt" not in signed_in.get("/heute").text


def test_who_may_not_correct_is_not_asked(house: Database, sign_in: Callable[..., FlaskClient]) -> None:
    """A volunteer counts today; past days are for the office and the reception."""
    volunteer = sign_in("volunteer")
    assert "war jemand da" not in volunteer.get("/heute").text
    assert volunteer.post(f"/zaehler/tag?tag={YESTERDAY}", data={"statement": "complete"}).status_code == 403
    assert volunteer.get(f"/zaehler/korrektur?tag={YESTERDAY}").status_code == 403
    assert volunteer.get("/zaehler/korrektur").status_code == 200
    assert volunteer.get(f"/zaehler/stunden?tag={YESTERDAY}").status_code == 200


def test_a_reason_that_is_missing_is_asked_for_beside_its_field(house: Database, signed_in: FlaskClient) -> None:
    """Not counted needs a why; closed is refused while visits stand."""
    said = {"statement": "not_counted", "reason": ""}
    answer = signed_in.post(f"/zaehler/tag?tag={YESTERDAY}", data=said)
    assert answer.status_code == 422
    assert "warum nicht gezählt" in answer.text
    with house.transaction() as session:
        count(session, 1, step=3)
    answer = signed_in.post(f"/zaehler/tag?tag={YESTERDAY}", data={"statement": "closed"})
    assert "An diesem Tag sind Besuche gezählt: 3" in answer.text


def test_what_was_said_is_taken_back_by_a_button(house: Database, signed_in: FlaskClient) -> None:
    """A slip of the finger is no fate."""
    signed_in.post(f"/zaehler/tag?tag={YESTERDAY}", data={"statement": "closed"})
    signed_in.post(f"/zaehler/tag/zurueck?tag={YESTERDAY}")
    with house.reading() as session:
        assert days.find_day(session, YESTERDAY).state == "not_counted"


def test_the_job_writes_the_days(house: Database, app: Flask) -> None:
    """It runs by the hour, so a node that is off at night does it in the morning."""
    jobs.run_now(app, "visit_days")
    with house.reading() as session:
        assert len(list(session.scalars(select(VisitDay)))) == 10


def test_the_lead_locks_a_month_and_late_counts_wait_there(
    house: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    """Locked, a late count kept aside and shown, the month opened with a reason: it counts."""
    lead = sign_in("lead")
    address = f"monat={LAST_MONTH:%Y-%m}"
    assert "ist abgeschlossen" in lead.post(f"/zaehler/monat/abschliessen?{address}", follow_redirects=True).text
    with house.transaction() as session:
        count(session, (TODAY - LAST_MONTH).days - 2, step=7)
    page = lead.get(f"/zaehler/monat?{address}").text
    assert "kamen nach dem Abschluss" in page
    assert lead.post(f"/zaehler/monat/oeffnen?{address}", data={"reason": ""}).status_code == 422
    opened = lead.post(f"/zaehler/monat/oeffnen?{address}", data={"reason": "Tablet im Schrank"}, follow_redirects=True)
    assert "Tablet im Schrank" in opened.text
    assert "kamen nach dem Abschluss" not in opened.text
    with house.reading() as session:
        assert (locks.find_lock(session, f"{LAST_MONTH:%Y-%m}"), list(late.waiting(session))) == (None, [])


@pytest.mark.parametrize("what", ["nachtragen", "verwerfen"])
def test_late_counts_are_decided_about_while_the_month_stays_locked(
    house: Database, signed_in: FlaskClient, what: str
) -> None:
    """Either way nothing waits afterwards, and the month is still locked."""
    address = f"monat={LAST_MONTH:%Y-%m}"
    signed_in.post(f"/zaehler/monat/abschliessen?{address}")
    with house.transaction() as session:
        count(session, (TODAY - LAST_MONTH).days - 2)
    signed_in.post(f"/zaehler/monat/{what}?{address}")
    page = signed_in.get(f"/zaehler/monat?{address}").text
    assert "kamen nach dem Abschluss" not in page
    assert "Diesen Monat wieder öffnen" in page


def test_a_correction_in_a_locked_month_is_refused_in_words(house: Database, signed_in: FlaskClient) -> None:
    """It says who can help, and what was typed stays."""
    signed_in.post(f"/zaehler/monat/abschliessen?monat={LAST_MONTH:%Y-%m}")
    day = LAST_MONTH + timedelta(days=4)
    hour = to_wire(at_local(day, time(12), ZONE))
    said = {"hour": hour, "kind": "event", "target_group": "", "count": "9", "reason": "Liste"}
    answer = signed_in.post(f"/zaehler/korrektur?tag={day}", data=said)
    assert answer.status_code == 422
    assert "Leitung des Hauses kann ihn wieder öffnen" in answer.text
    assert 'value="9"' in answer.text


def test_only_the_lead_locks(sign_in: Callable[..., FlaskClient]) -> None:
    """The office sees the month and does not lock it."""
    office = sign_in("office")
    assert office.get("/zaehler/monat").status_code == 200
    assert office.post(f"/zaehler/monat/abschliessen?monat={LAST_MONTH:%Y-%m}").status_code == 403


@pytest.mark.parametrize("month", ["2026-13", "gestern", "1999-12", "9999-01", ""])
def test_a_month_that_cannot_be_is_not_found(signed_in: FlaskClient, month: str) -> None:
    """Nonsense, the distant past and the future."""
    assert signed_in.get(f"/zaehler/monat?monat={month}").status_code == 404


def test_a_device_is_told_what_was_kept_aside(house: Database, signed_in: FlaskClient) -> None:
    """Accepted, so it may forget; set aside, so somebody knows."""
    signed_in.post(f"/zaehler/monat/abschliessen?monat={LAST_MONTH:%Y-%m}")
    at = to_wire(now() - timedelta(days=(TODAY - LAST_MONTH).days - 2))
    said = {"id": new_id(), "counted_at": at, "kind": "event", "target_group": "", "step": 1}
    told = signed_in.post("/zaehler/zaehlungen", json={"sent_at": to_wire(now()), "taps": [said]}).get_json()
    assert (told["accepted"], told["set_aside"], told["refused"]) == ([said["id"]], [said["id"]], [])


def test_the_counter_can_be_installed(client: FlaskClient) -> None:
    """The manifest is readable without a session, names its icons, and they are there."""
    answer = client.get("/zaehler/app.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    said = answer.get_json()
    assert (said["start_url"], said["scope"], said["display"]) == ("/zaehler", "/zaehler", "standalone")
    assert {icon.get("purpose") for icon in said["icons"]} >= {"any", "maskable"}
    for icon in said["icons"]:
        with client.get(icon["src"]) as file:
            assert (file.status_code, file.mimetype) == (200, icon["type"])

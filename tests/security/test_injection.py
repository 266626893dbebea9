"""What people type stays text: in pages, calendars, tables, logs."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import icalendar
import pytest

from shared.time import now, to_wire
from shared.web import logs
from tests.factories import make_booking, make_event, make_space
from tests.guards import address, rules
from tests.hub.calendar.conftest import put_event
from tests.security.conftest import PASSWORD, Place, sign_in

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
LINES = "Titel\r\nATTENDEE:mailto:x@evil.example\r\nEND:VEVENT"
SECRET_NAME, SECRET_WORD, SECRET_MAIL = "Ottilie Zwetschge", "Nashornfrühling", "ottilie@zwetschge.example"


@pytest.fixture
def spiteful(request: pytest.FixtureRequest, place: Place) -> Place:
    """A site in which somebody has typed the worst into every text that is shown."""
    soon = now() + timedelta(days=2)
    with place.database.transaction() as session:
        if place.app.name == "node":
            hall = make_space(session, name=SCRIPT[:60], description=SCRIPT)
            make_booking(
                session, space=hall, day=soon.date(), now=now(), title=SCRIPT, contact_name=SCRIPT, note=SCRIPT
            )
            said = {"summary": SCRIPT, "description": SCRIPT, "organiser": SCRIPT, "place": SCRIPT}
            make_event(session, SCRIPT, day=soon.date(), now=now(), **said)
            make_event(session, LINES, day=soon.date(), now=now(), description=LINES)
        else:
            starts_at = soon.replace(minute=0, second=0)
            put_event(session, SCRIPT, centre="hamborn", starts_at=starts_at, description=SCRIPT, organiser=SCRIPT)
            put_event(session, LINES, centre="hamborn", starts_at=starts_at, description=LINES)
    return place


def ids_of(place: Place) -> dict[str, list[str]]:
    """Return ids that exist by the names that addresses have for them."""
    tables = {"event_id": "events", "space_id": "spaces", "booking_id": "bookings"}
    with place.database.engine.connect() as connection:
        found = {
            name: list(connection.exec_driver_sql(f"SELECT id FROM {table}").scalars())
            for name, table in tables.items()
        }
    return {**found, "centre_id": ["hamborn"]}


def addresses(place: Place) -> Iterator[str]:
    """Yield every address that shows something, with records that exist where it names any."""
    known = ids_of(place)
    for rule in rules(place.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("api_"):
            continue
        named = next((name for name in rule.arguments if name in known), "")
        for one in known.get(named, [""])[-2:]:
            if not named:
                yield address(place.app, rule)
                continue
            values = (
                {
                    **rule.defaults,
                }
                if rule.defaults
                else {}
            )
            values |= {name: known[name][0] if name in known else "x" for name in rule.arguments}
            with place.app.test_request_context():
                built = rule.build({**values, named: one})
            if built:
                yield built[1]


def test_no_page_runs_what_somebody_typed(spiteful: Place) -> None:
    """Each page that shows a record: the tag is there as a text, or not at all; nothing is reckoned."""
    client, shown = spiteful.person(), 0
    for path in addresses(spiteful):
        answer = client.get(path, query_string={"suche": SCRIPT, "q": SCRIPT})
        assert answer.status_code < 500, path
        if answer.mimetype == "text/html":
            assert "<script>alert(1)" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            assert "alert(2)>49" not in answer.text, path
            shown += "alert(1)" in answer.text
        answer.close()
    assert shown > 3


def test_a_line_break_begins_no_line_of_a_calendar(spiteful: Place) -> None:
    """A title cannot add a guest to an appointment."""
    paths = [
        rule.rule for rule in spiteful.app.url_map.iter_rules() if rule.rule.endswith(".ics") and not rule.arguments
    ]
    assert paths
    found = 0
    for each in paths:
        with spiteful.visitor().get(each) as answer:
            assert b"\nATTENDEE" not in answer.data
            events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
            found += sum("ATTENDEE:mailto" in str(event.get("SUMMARY")) for event in events)
    assert found


@pytest.fixture
def written() -> Iterator[list[io.StringIO]]:
    """What the log gets in both of its forms, down to the smallest notes."""
    root, said = logging.getLogger(), [io.StringIO(), io.StringIO()]
    before, requests = (root.handlers[:], root.level), logging.getLogger("stadtherz.requests")
    level = requests.level
    for stream, form in zip(said, (logs.JsonLines(), logs.PlainLines()), strict=True):
        listener = logging.StreamHandler(stream)
        listener.setFormatter(form)
        root.addHandler(listener)
    root.setLevel(logging.INFO)
    requests.setLevel(logging.INFO)
    yield said
    root.handlers, root.level = before
    requests.setLevel(level)


def test_the_log_of_a_house_has_no_secret_and_nobodys_name(
    centre: Place, device: str, written: list[io.StringIO]
) -> None:
    """After signing in and failing to, booking for somebody, asking with a token, looking for a name, a fault."""
    client = centre.person(SECRET_NAME)
    sign_in(centre.visitor(), SECRET_NAME, f"{SECRET_WORD} falsch")
    later = {"starts_at": to_wire(now() + timedelta(days=9)), "ends_at": to_wire(now() + timedelta(days=9, hours=1))}
    (hall,) = ids_of(centre)["space_id"]
    booking = {"space_id": hall, "title": SECRET_WORD, "contact_name": SECRET_NAME, "contact_email": SECRET_MAIL}
    caller: Any = {"headers": {"Authorization": f"Bearer {device}"}}
    assert centre.visitor().post("/api/1/bookings", json={**booking, **later}, **caller).status_code == 201
    assert centre.visitor().post("/api/1/bookings", json={**booking, **later}, **caller).status_code == 409
    assert centre.visitor().post("/api/1/bookings", json={**booking, "x": 1}, **caller).status_code == 422
    client.get("/datenschutz", query_string={"suche": SECRET_NAME})
    client.get(f"/haus/anmeldung/{SECRET_WORD}")
    client.get(f"/{SECRET_WORD}?name={SECRET_NAME}")
    centre.app.view_functions["healthz"] = _fault
    assert centre.visitor().get(f"/healthz?{SECRET_WORD}").status_code == 500
    cookie = client.get_cookie(centre.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    for stream in written:
        told = stream.getvalue()
        assert "stadtherz.requests" in told
        for secret in (
            *SECRET_NAME.split(),
            SECRET_WORD,
            SECRET_MAIL,
            PASSWORD,
            device,
            device[:12],
            cookie.value[:30],
        ):
            assert secret not in told, secret
    lines = [json.loads(line) for line in written[0].getvalue().splitlines()]
    assert {"accounts.sign_in_attempt"} <= {line.get("endpoint") for line in lines}


def _fault() -> str:
    raise KeyError(f"{SECRET_NAME} {SECRET_MAIL} {PASSWORD}")


def test_an_error_tells_the_visitor_nothing_of_the_inside(place: Place) -> None:
    """No trace, no path, no class, no version; the number of the request to ask by."""
    place.app.view_functions["healthz"] = _fault
    answer = place.visitor().get("/healthz")
    assert answer.status_code == 500
    for inside in ("Traceback", "KeyError", ".py", "werkzeug", "Flask", "sqlite", SECRET_NAME):
        assert inside not in answer.text.replace("/web/", "")
    assert answer.headers["X-Request-Id"]
    assert "Server" not in answer.headers

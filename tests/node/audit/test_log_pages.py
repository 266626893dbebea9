"""The log's page: who reads what, narrowed, paged, and as a file."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from node.bookings.models import Booking
from node.core import audit
from node.core.accounts import Role
from node.core.audit import AuditEntry
from node.core.db import Base
from node.devices.models import Device
from shared.database import Database
from shared.time import now
from shared.web.audit import listening
from tests.factories import make_booking, make_event, make_space

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def lived(app: Flask, database: Database) -> str:
    """A house in which something has happened; the id of its booking."""

    def look() -> str:
        audit.note_look("bookings", booking_id)
        return "seen"

    app.add_url_rule("/look", "look", look)
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        booking_id = make_booking(session, hall, contact_name="Ayşe Öztürk").id
        make_event(session, "=HYPERLINK(1)", start="14:00", end="15:00")
    with database.transaction() as session:
        session.get_one(type(hall), hall.id).name = "=Großer Saal"
    return booking_id


def test_the_lead_reads_everything(lived: str, signed_in: FlaskClient) -> None:
    """Changes with before and after, looks and sign-ins (as one's own doing); no name of a guest."""
    signed_in.get("/look")
    page = signed_in.get("/protokoll").text
    assert "öffentliche Seite</td>" not in page
    for words in ("Saal → =Großer Saal", "angesehen", "Anmeldung", "Person lead", "Programm"):
        assert words in page
    assert "Ayşe" not in page


@pytest.mark.parametrize("role", [Role.OFFICE, Role.RECEPTION])
def test_the_desk_reads_what_happened_to_things(lived: str, sign_in: SignIn, role: Role) -> None:
    """Not who looked at whom, and nothing of accounts, also when asked for."""
    client = sign_in(role)
    client.get("/look")
    for address in ("/protokoll", "/protokoll?art=accounts", f"/protokoll?nr={lived}"):
        page = client.get(address).text
        assert "angesehen" not in page
        assert "Letzte Anmeldung" not in page
        assert ">Konto" not in page
    assert "Buchung" in client.get("/protokoll").text
    file = client.get("/protokoll/protokoll.csv").text
    assert "Konto;" not in file
    assert "angesehen" not in file


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.TENANT])
def test_others_read_no_log(sign_in: SignIn, role: Role) -> None:
    """Volunteers and tenants are told that it is not for them."""
    client = sign_in(role)
    assert {client.get(path).status_code for path in ("/protokoll", "/protokoll/protokoll.csv")} == {403}


def test_the_log_is_narrowed(lived: str, signed_in: FlaskClient) -> None:
    """By kind, by record, by person and by day; nonsense narrows nothing and is no error."""
    only = signed_in.get("/protokoll?art=spaces").text
    assert "Großer Saal" in only
    assert only.count("<tr>") == 3  # the heading, added, changed
    assert signed_in.get(f"/protokoll?art=bookings&nr={lived}").text.count("<tr>") == 2
    yesterday = (now() - timedelta(days=1)).date()
    assert "Nichts vermerkt" in signed_in.get(f"/protokoll?bis={yesterday}").text
    assert "Nichts vermerkt" in signed_in.get("/protokoll?wer=job:&art=spaces").text
    for nonsense in ("wer=nobody", "von=gestern", "seite=x", "wer=account:"):
        assert signed_in.get(f"/protokoll?{nonsense}").status_code == 200


def test_a_move_names_the_spaces(database: Database, signed_in: FlaskClient) -> None:
    """Where an id stands in the log, the page says which space it was and is."""
    with database.transaction() as session:
        booking, workshop = make_booking(session, make_space(session, "Saal")), make_space(session, "Werkstatt")
    with database.transaction() as session:
        session.get_one(Booking, booking.id).space_id = workshop.id
    assert "Saal → Werkstatt" in signed_in.get("/protokoll?art=bookings").text


def test_a_long_log_has_pages(database: Database, signed_in: FlaskClient) -> None:
    """Fifty entries a page, the newest first."""
    row = {"at": now(), "actor_kind": "job", "actor_id": "x", "action": "changed", "table_name": "spaces"}
    with database.transaction() as session:
        rows = [{**row, "record_id": str(n), "about_people": False, "changes": {}} for n in range(120)]
        session.execute(insert(AuditEntry), rows)
    page = signed_in.get("/protokoll?art=spaces&seite=2").text
    assert "Seite 2 von 3" in page
    assert "nr=69" in page
    assert "nr=70" not in page


def test_the_file_is_safe_to_open(lived: str, signed_in: FlaskClient) -> None:
    """No cell is taken for a formula, umlauts are seen, and that it was taken is in the log."""
    answer = signed_in.get("/protokoll/protokoll.csv?art=events")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    assert not [line for line in answer.text.splitlines() for cell in line.split(";") if cell.startswith('"=')]
    assert "exportiert" in signed_in.get("/protokoll?art=audit").text


def test_every_table_of_the_house_is_in_the_log_or_says_why_not() -> None:
    """A new table is noted by itself; which are not is written down here."""
    left_out = {mapper.local_table.name for mapper in Base.registry.mappers if not listening.is_audited(mapper)}  # type: ignore[attr-defined]
    assert {"taps", "visits", "link_facts", "rejected_messages", "expiry_runs"} <= left_out
    assert not {"accounts", "bookings", "spaces", "events", "devices", "count_corrections"} & left_out


def test_a_change_costs_one_statement(database: Database) -> None:
    """Ten rows of one flush are one INSERT into the log, and nothing is read for it."""
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    devices = [Device(name=f"Tür {n}", token_hash=str(n), rights=(), created_at=now()) for n in range(10)]
    with database.transaction() as session:
        session.add_all(devices)
    (logging,) = [statement for statement in said if "audit_entries" in statement]
    assert logging.startswith("INSERT")
    assert len([statement for statement in said if statement != "BEGIN IMMEDIATE"]) == len(["devices", "audit_entries"])

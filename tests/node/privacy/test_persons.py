"""One person: found over all kinds, exported, erased; and gone from the file itself."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from node.bookings.models import Booking
from node.core import audit
from node.core.accounts import Account, Role, people
from node.core.audit import AuditEntry, Wanted
from node.core.privacy import matches
from node.privacy.traces import overwrite_traces
from shared.database import Database
from shared.time import now
from tests.factories import make_booking, make_space

SignIn = Callable[..., FlaskClient]
NAME = "Gülcan Schmidt-Öztürk"


def colleague(database: Database, name: str = NAME, *, locked: bool = True) -> str:
    """Add somebody who worked here, and return the account's id."""
    with database.transaction() as session:
        account, _password = people.add_person(session, name, Role.OFFICE, now=now())
        account.locked_at = now() if locked else None
        session.flush()
        return account.id


def logged(database: Database, table: str) -> list[AuditEntry]:
    with database.reading() as session:
        return list(session.scalars(audit.entries(Wanted(table=table))))


def in_the_file(database: Database, words: str) -> bool:
    """Whether the bytes of the database's files still have these words."""
    assert database.url.database
    files = [Path(database.url.database + suffix) for suffix in ("", "-wal", "-shm")]
    return any(words.encode() in file.read_bytes() for file in files if file.exists())


@pytest.mark.parametrize("typed", ["öztürk", "ÖZTÜRK", "Gülcan  schmidt", "gülcan"])
def test_a_person_is_found_however_it_is_typed(signed_in: FlaskClient, database: Database, typed: str) -> None:
    """Capitals do not matter, of umlauts neither."""
    colleague(database)
    page = signed_in.post("/datenschutz/person", data={"needle": typed})
    assert page.status_code == 200
    assert NAME in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_number_is_found_however_it_is_parted(database: Database) -> None:
    """0203 123-45 67 is 02031234567."""
    with database.transaction() as session:
        make_booking(session, contact_phone="0203 / 123-45 67")
    with database.reading() as session:
        for needle, found in (("02031234567", 1), ("0203 1234", 1), ("0999", 0)):
            query = select(Booking).where(matches(needle, Booking.contact_phone))
            assert len(session.scalars(query).all()) == found


def test_nobody_is_found_by_two_letters(signed_in: FlaskClient) -> None:
    """The page says how many it needs, and what nothing found means."""
    assert "mindestens 3" in signed_in.post("/datenschutz/person", data={"needle": "ab"}).text
    assert "Hier ist nichts gespeichert" in signed_in.post("/datenschutz/person", data={"needle": "niemand"}).text


def test_the_export_has_everything_and_the_log_no_name(signed_in: FlaskClient, database: Database) -> None:
    """To read and as a file; the log tells of the search and the export, not whom it was about."""
    account_id = colleague(database)
    with database.transaction() as session:
        make_booking(session).taken_by = NAME
    signed_in.post("/datenschutz/person", data={"needle": NAME})
    chosen = {"chosen": f"accounts:{account_id}"}
    assert NAME in signed_in.post("/datenschutz/person/auskunft", data=chosen).text
    file = signed_in.post("/datenschutz/person/auskunft.json", data=chosen)
    (entry,) = json.loads(file.text)["entries"]
    assert entry["kept"]["name"] == NAME
    assert entry["kept"]["named_in"] == {"bookings.taken_by": 1}
    assert "attachment" in file.headers["Content-Disposition"]
    deeds = [(one.action, one.record_id) for one in logged(database, "accounts") if one.action == "exported"]
    assert deeds == [("exported", account_id)] * 2
    assert [one.action for one in logged(database, "privacy")] == ["searched"]
    with database.reading() as session:
        assert not [one for one in session.scalars(select(AuditEntry)) if "Gülcan" in json.dumps(one.changes)]


def test_a_dry_run_erases_nothing(signed_in: FlaskClient, database: Database) -> None:
    """What would go and what would stay is shown first."""
    account_id = colleague(database)
    page = signed_in.post("/datenschutz/person/loeschen", data={"chosen": f"accounts:{account_id}"}).text
    assert NAME in page
    assert "ohne ihren Namen" in page
    with database.reading() as session:
        assert session.get_one(Account, account_id).name == NAME
    assert not [one for one in logged(database, "accounts") if one.action == "erased"]


def test_whoever_still_works_here_is_not_erased(signed_in: FlaskClient, database: Database) -> None:
    """The reason is told in the dry run, and an erasure leaves the account alone."""
    account_id = colleague(database, locked=False)
    chosen = {"chosen": f"accounts:{account_id}"}
    page = signed_in.post("/datenschutz/person/loeschen", data=chosen).text
    assert "nicht gesperrt" in page
    assert "Endgültig löschen" not in page
    assert "nicht gesperrt" in signed_in.post("/datenschutz/person/geloescht", data=chosen).text
    with database.reading() as session:
        assert session.get_one(Account, account_id).name == NAME


def test_nothing_is_left_in_the_file(app: Flask, signed_in: FlaskClient, database: Database) -> None:
    """After an erasure the name is in no byte of the database, and what was counted stays."""
    account_id = colleague(database)
    with database.transaction() as session:
        hall = make_space(session, buffer_before_min=0)
        for hour in range(8, 20):
            make_booking(session, hall, f"{hour:02}:00", f"{hour:02}:30").taken_by = NAME
    assert in_the_file(database, NAME)
    erased = signed_in.post("/datenschutz/person/geloescht", data={"chosen": f"accounts:{account_id}"})
    assert "1 Eintrag ist gelöscht" in erased.text
    assert "wird gerade benutzt" not in erased.text
    assert not in_the_file(database, NAME)
    assert not in_the_file(database, NAME.casefold())
    with database.reading() as session:
        assert len(session.scalars(select(Booking)).all()) == 12
        assert session.get_one(Account, account_id).role == Role.OFFICE
    assert [one.record_id for one in logged(database, "accounts") if one.action == "erased"] == [account_id]


def test_without_overwriting_the_name_would_be_left(database: Database) -> None:
    """The search of the file's bytes finds what SQLite leaves behind: it can fail."""
    account_id = colleague(database)
    overwrite_traces(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        connection.exec_driver_sql("DELETE FROM accounts WHERE id = ?", (account_id,))
        connection.commit()
    overwrite_traces(database)
    assert in_the_file(database, NAME)


def test_erasing_needs_a_choice(signed_in: FlaskClient) -> None:
    """Without a tick nothing happens, and a made-up kind is no kind."""
    for path in ("auskunft", "auskunft.json", "loeschen", "geloescht"):
        assert signed_in.post(f"/datenschutz/person/{path}", data={}).location == "/datenschutz/person"
    assert signed_in.post("/datenschutz/person/geloescht", data={"chosen": "nothing:1"}).status_code == 200


def test_whom_somebody_looks_for_stands_in_no_address(signed_in: FlaskClient) -> None:
    """The search goes by POST: neither history nor server log learn the name."""
    page = signed_in.get("/datenschutz/person?needle=Gülcan")
    assert "Gülcan" not in page.text.replace("needle=Gülcan", "").replace("needle%3DG%C3%BClcan", "")
    assert 'method="post"' in page.text


def test_an_error_of_the_database_quotes_nobody(database: Database) -> None:
    """What goes wrong while writing is logged without what was to be written."""
    with pytest.raises(IntegrityError) as failed, database.transaction() as session:
        session.execute(text("INSERT INTO accounts (id, name) VALUES ('1', :name)"), {"name": NAME})
    assert NAME not in str(failed.value)

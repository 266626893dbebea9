"""The audit log writes itself, tells nothing personal, and cannot be rewritten."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from node.bookings import service as bookings
from node.core import audit, jobs
from node.core.accounts import Account
from node.core.audit import AuditEntry, Wanted
from node.core.db import transaction
from node.visits import service as visits
from node.visits.models import Tap
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import BookingState
from shared.time import now, to_wire
from shared.web.actors import ActorKind
from tests.factories import NOW, make_booking, make_space

SignIn = Callable[..., FlaskClient]


def logged(database: Database, table: str) -> list[AuditEntry]:
    """Return the log of one table, the oldest first."""
    with database.reading() as session:
        return list(reversed(session.scalars(audit.entries(Wanted(table=table))).all()))


def test_what_is_written_is_noted_with_who_and_when(app: Flask, sign_in: SignIn, database: Database) -> None:
    """A change through a page is in the log with the account, the record and the fields."""

    def view() -> str:
        with transaction() as session:
            make_space(session)
        return "made"

    app.add_url_rule("/made", "made", view)
    sign_in().get("/made")
    (entry,) = logged(database, "spaces")
    with database.reading() as session:
        account = session.scalars(select(Account)).one()
    assert (entry.action, entry.actor_kind, entry.actor_id) == ("created", ActorKind.ACCOUNT, account.id)
    assert now() - entry.at < timedelta(minutes=1)
    assert not entry.about_people


def test_a_change_tells_before_and_after(database: Database) -> None:
    """States and times are told in full; what nobody changed is not mentioned."""
    with database.transaction() as session:
        booking = make_booking(session, state=BookingState.REQUESTED, contact_name="Ayşe Öztürk", title="Feier Öztürk")
        booking_id = booking.id
    with database.transaction() as session:
        found = bookings.get_booking(session, booking_id)
        found.state, found.decided_at, found.persons = BookingState.CONFIRMED, NOW, 12
    created, changed = logged(database, "bookings")
    assert (created.action, created.changes) == ("created", {})
    expected = {"state": ["requested", "confirmed"], "decided_at": [None, to_wire(NOW)], "persons": [None, 12]}
    assert (changed.action, changed.changes) == ("changed", expected)
    assert {created.record_id, changed.record_id} == {booking_id}


def test_names_and_free_text_are_never_written_down(database: Database) -> None:
    """Of what may name a person the log says only that it changed, also when the record is deleted."""
    with database.transaction() as session:
        booking = make_booking(session, contact_name="Ayşe Öztürk", note="kommt mit Rollstuhl", title="Feier")
    with database.transaction() as session:
        found = bookings.get_booking(session, booking.id)
        found.contact_name, found.note = "Emre Öztürk", "mit Hund"
    with database.transaction() as session:
        session.delete(bookings.get_booking(session, booking.id))
    _created, changed, deleted = logged(database, "bookings")
    assert changed.changes == {"contact_name": None, "note": None}
    assert deleted.changes["state"] == ["confirmed", None]
    assert not {"contact_name", "note", "title", "taken_by"} & deleted.changes.keys()


def test_what_is_taken_back_is_not_in_the_log(database: Database) -> None:
    """A savepoint or a transaction that is rolled back leaves no entry behind."""
    with database.transaction() as session:
        make_space(session, "Saal")
        session.flush()
        savepoint = session.begin_nested()
        make_space(session, "Irrtum")
        session.flush()
        savepoint.rollback()
    with suppress(RuntimeError), database.transaction() as session:
        make_space(session, "Noch ein Irrtum")
        session.flush()
        raise RuntimeError
    assert len(logged(database, "spaces")) == 1


def test_taps_are_not_noted(database: Database) -> None:
    """A touch of the counter costs no entry."""
    with database.transaction() as session:
        said = {"id": new_id(), "kind": "open_meeting", "target_group": "", "counted_at": to_wire(now()), "step": 1}
        visits.record_taps(session, [said], now())
    with database.reading() as session:
        assert len(session.scalars(select(Tap)).all()) == 1
    assert logged(database, "taps") == logged(database, "visits") == []


def test_a_job_signs_with_its_name(app: Flask, database: Database) -> None:
    """What happens at night is noted as the doing of the job."""

    def tidy() -> None:
        with transaction() as session:
            make_space(session)

    jobs.add(app, "tidy", None, tidy)
    jobs.run_now(app, "tidy")
    (entry,) = logged(database, "spaces")
    assert (entry.actor_kind, entry.actor_id) == (ActorKind.JOB, "tidy")


def entry_of(days_ago: int) -> dict[str, Any]:
    row = {"at": now() - timedelta(days=days_ago), "actor_kind": "job", "actor_id": "x", "action": "changed"}
    return {**row, "table_name": "spaces", "record_id": str(days_ago), "about_people": False, "changes": {}}


def test_nobody_rewrites_the_log(database: Database) -> None:
    """The database itself refuses to change an entry, and to delete one of the last 90 days."""
    with database.transaction() as session:
        session.execute(insert(AuditEntry), [entry_of(1), entry_of(100)])
    for statement in (update(AuditEntry).values(actor_id="nobody"), delete(AuditEntry)):
        with pytest.raises((DatabaseError, IntegrityError), match="only ever added"), database.transaction() as session:
            session.execute(statement)
    with database.transaction() as session:
        assert audit.forget_before(session, now() - timedelta(days=95)) == 1
    assert [entry.record_id for entry in logged(database, "spaces")] == ["1"]


def look_at(app: Flask, record_id: str) -> Callable[[], str]:
    def view() -> str:
        with transaction() as session:  # note_look must not wait for the view's own transaction
            make_space(session)
            audit.note_look("bookings", record_id)
        return "shown"

    return view


def test_a_look_is_noted_once_an_hour(app: Flask, sign_in: SignIn, database: Database) -> None:
    """Looking again within the hour adds nothing; another record or another person does."""
    for record_id in ("a", "b"):
        app.add_url_rule(f"/look/{record_id}", f"look-{record_id}", look_at(app, record_id))
    anna, bert = sign_in("reception", "Anna"), sign_in("reception", "Bert")
    for client, record_id in ((anna, "a"), (anna, "a"), (anna, "b"), (bert, "a")):
        assert client.get(f"/look/{record_id}").text == "shown"
    looks = logged(database, "bookings")
    assert sorted(entry.record_id for entry in looks) == ["a", "a", "b"]
    assert {entry.action for entry in looks} == {"looked"}
    assert all(entry.about_people for entry in looks)
    assert len({entry.actor_id for entry in looks}) == 2


def test_a_page_that_was_refused_showed_nothing(app: Flask, sign_in: SignIn, database: Database) -> None:
    """An answer that is an error is no look."""

    def view() -> tuple[str, int]:
        audit.note_look("bookings", "a")
        return "no", 404

    app.add_url_rule("/refused", "refused", view)
    sign_in().get("/refused")
    assert logged(database, "bookings") == []


def test_the_history_of_a_record_is_read_newest_first(database: Database) -> None:
    """A page can show what happened to one booking."""
    with database.transaction() as session:
        booking = make_booking(session, state=BookingState.REQUESTED)
        make_booking(session, start="14:00", end="15:00")
        session.flush()
        bookings.confirm_booking(session, booking.id, now=NOW, by="anna")
    with database.reading() as session:
        assert [entry.action for entry in audit.history(session, "bookings", booking.id)] == ["changed", "created"]

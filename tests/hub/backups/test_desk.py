"""The desk's page of backups, and the list of who was revoked."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from hub.backups import departures
from hub.backups.departures import Departure
from hub.backups.models import CentreBackup
from hub.core.db import LEDGER
from hub.core.jobs import run_now
from hub.network import members
from hub.network.models import Member
from shared.database import Database
from shared.keys import Install
from shared.time import now
from tests.hub.backups.served import admit, machine


def leave_backup(database: Database, centre_id: str, days: int) -> None:
    at = now() - timedelta(days=days)
    with database.transaction() as session:
        session.add(
            CentreBackup(centre_id=centre_id, name="a", made_at=at, received_at=at, bytes=12_300_000, sha256="0" * 64)
        )


def test_the_page_begins_with_those_to_worry_about(signed_in: FlaskClient, database: Database, tmp_path: Path) -> None:
    """An old backup, none at all, a good one; how large they are, not what is in them."""
    for name in ("alt-hamborn", "hochfeld", "ruhrort"):
        admit(database, name, machine(tmp_path, name))
    leave_backup(database, "alt-hamborn", 0)
    leave_backup(database, "hochfeld", 9)
    page = signed_in.get("/netz/sicherungen").text
    places = [page.index(name) for name in ("Hochfeld", "Ruhrort", "Alt-Hamborn")]
    assert places == sorted(places)
    assert "2 Zentren haben hier keine Sicherung" in page
    assert "12,3" in page


def test_metrics_count_how_backups_stand(client: FlaskClient, database: Database, tmp_path: Path) -> None:
    """One line for each state, however many centres there are."""
    admit(database, "hochfeld", machine(tmp_path, "hochfeld"))
    leave_backup(database, "hochfeld", 9)
    assert 'stadtherz_centre_backups{state="old"} 1.0' in client.get("/metrics").text


def revoked(database: Database) -> bool:
    with database.reading() as session:
        member = session.get(Member, "hochfeld")
        return bool(member and member.revoked_at)


def forget_revocation(database: Database) -> None:
    """What a database that went back in time does."""
    with database.transaction() as session:
        members.get_member(session, "hochfeld").revoked_at = None


def test_a_database_that_went_back_by_hand_lets_nobody_in_again(app: Flask, database: Database, tmp_path: Path) -> None:
    """The list beside the database is written every minute and read at every start."""
    install: Install = machine(tmp_path, "hochfeld")
    admit(database, "hochfeld", install)
    folder = app.extensions["stadtherz.config"].data_folder
    assert departures.catch_up(folder, database, LEDGER) == []
    with database.transaction() as session:
        members.revoke(session, "hochfeld", now() + timedelta(seconds=1), ledger=LEDGER)
    run_now(app, "departures")
    forget_revocation(database)
    assert departures.catch_up(folder, database, LEDGER) == ["hochfeld"]
    assert revoked(database)
    assert departures.catch_up(folder, database, LEDGER) == []


def test_who_was_admitted_again_later_stays(app: Flask, database: Database, tmp_path: Path) -> None:
    """The list is about the time before."""
    folder = app.extensions["stadtherz.config"].data_folder
    gone = Departure("hochfeld", "ed25519:x", now() - timedelta(days=1))
    departures.keep(folder / departures.FILE, [gone])
    admit(database, "hochfeld", machine(tmp_path, "hochfeld"))
    assert departures.catch_up(folder, database, LEDGER) == []


def test_a_list_of_departures_only_grows(tmp_path: Path) -> None:
    """And lines that nobody understands are skipped."""
    file = tmp_path / departures.FILE
    first, second = Departure("a", "k", now()), Departure("b", "k", now())
    departures.keep(file, [first])
    departures.keep(file, [second])
    with file.open("a") as opened:
        opened.write("x\ny\tz\tyesterday\n")
    assert departures.read(file) == {first, second}

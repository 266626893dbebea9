"""The list of who was erased: on every place at once, only growing, and applied whatever way a database went back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from node.backup import erasure_list, spreading, waiting
from node.backup.places import list_name
from node.config import NodeConfig
from node.core import erasures, privacy
from node.core.accounts import Account, Role
from node.core.erasures import Entry
from shared.backup import places
from shared.database import Database
from shared.records.catalogue import COLLECTIONS
from shared.time import now
from tests.node.backup.houses import NAME, PHONE, bytes_below, let_in, with_stick

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_an_erasure_is_on_the_stick_before_the_page_is_drawn(
    signed_in: FlaskClient, config: NodeConfig, database: Database, tmp_path: Path
) -> None:
    """And beside the database: the machine may die the next minute. Kinds and ids stand there, no name."""
    booking_id = let_in(database)
    signed_in.application.extensions["stadtherz.config"] = with_stick(config, tmp_path / "stick")
    signed_in.post("/datenschutz/person/geloescht", data={"chosen": [f"bookings:{booking_id}"]})
    for file in (config.data_folder / erasure_list.FILE, tmp_path / "stick" / list_name("alt-hamborn")):
        assert [(entry.kind, entry.record_id) for entry in erasure_list.read(file)] == [("bookings", booking_id)]
        assert NAME not in file.read_text(encoding="utf-8")


def test_a_dry_run_is_on_no_list(signed_in: FlaskClient, config: NodeConfig, database: Database) -> None:
    """It is the real erasure, taken back."""
    booking_id = let_in(database)
    signed_in.post("/datenschutz/person/loeschen", data={"chosen": [f"bookings:{booking_id}"]})
    with database.reading() as session:
        assert erasures.entries(session) == []


def test_a_list_only_grows(tmp_path: Path) -> None:
    """A file that lacks an entry takes none away; a record stands there once, with its first time."""
    file = tmp_path / "erased.list"
    first, later = Entry("bookings", "a", AT), Entry("bookings", "a", AT + timedelta(days=1))
    other = Entry("rentals", "b", AT)
    erasure_list.keep(file, [first, other])
    erasure_list.keep(file, [later])
    assert erasure_list.read(file) == {first, other}
    places.prepare(tmp_path)
    erasure_list.put(tmp_path, "x", [first])
    erasure_list.put(tmp_path, "x", [other])
    assert erasure_list.read(tmp_path / list_name("x")) == {first, other}


def test_lines_that_are_not_understood_are_skipped(tmp_path: Path) -> None:
    """Two sticks joined by hand, a newer program's words, a broken last line."""
    file = tmp_path / "erased.list"
    whole, spoiled = b"bookings\ta\t2026-11-23T09:00:00Z\n", b"\t\t2026-11-23T09:00:00Z\n"
    file.write_bytes(b"# head\n" + whole + spoiled + b"x\ny\tz\tyesterday\n\xff\xfe\nbookings\tb\t2026-11-2")
    assert erasure_list.read(file) == {Entry("bookings", "a", AT)}


def test_a_database_that_went_back_by_hand_catches_up_at_the_start(
    app: Flask, config: NodeConfig, database: Database
) -> None:
    """An upgrade that was rolled back, a file copied by somebody: the list beside the database knows."""
    booking_id = let_in(database)
    erasure_list.keep(config.data_folder / erasure_list.FILE, [Entry("bookings", booking_id, AT)])
    with app.app_context():
        assert waiting.catch_up(app, config) == 1
        assert waiting.catch_up(app, config) == 0
    with database.reading() as session:
        assert [entry.record_id for entry in erasures.entries(session)] == [booking_id]
    assert f"Feier {NAME}".encode() not in bytes_below(config.data_folder)


def test_no_copy_from_before_an_upgrade_outlives_an_erasure(
    signed_in: FlaskClient, app: Flask, config: NodeConfig, database: Database
) -> None:
    """Neither one by hand on the page, nor one that a list brings at the start."""
    copy = config.data_folder / "node.sqlite.before-upgrade-0001"
    booking_id, other_id = let_in(database), "0" * 26
    copy.write_bytes(NAME.encode())
    signed_in.post("/datenschutz/person/geloescht", data={"chosen": [f"bookings:{booking_id}"]})
    assert not copy.exists()
    copy.write_bytes(NAME.encode())
    erasure_list.keep(config.data_folder / erasure_list.FILE, [Entry("bookings", other_id, AT)])
    with app.app_context():
        assert waiting.catch_up(app, config) == 1
    assert not copy.exists()


def test_a_copy_that_cannot_be_deleted_keeps_no_erasure_from_the_lists(
    signed_in: FlaskClient, config: NodeConfig, database: Database
) -> None:
    """The person at the screen is told that traces are left, and the list is written."""
    booking_id = let_in(database)
    in_the_way = config.data_folder / "node.sqlite.before-upgrade-0001"
    in_the_way.mkdir()
    answer = signed_in.post("/datenschutz/person/geloescht", data={"chosen": [f"bookings:{booking_id}"]})
    in_the_way.rmdir()
    assert answer.status_code == 200
    assert [one.record_id for one in erasure_list.read(config.data_folder / erasure_list.FILE)] == [booking_id]


def test_an_account_that_was_locked_and_forgotten_is_locked_and_forgotten_again(
    app: Flask, database: Database, sign_in: object
) -> None:
    """In the backup it is still open, with its name beside what the person did."""
    sign_in(Role.OFFICE, "Erna Muster")  # type: ignore[operator]
    with database.transaction() as session:
        account = session.query(Account).filter_by(name="Erna Muster").one()
        done = erasures.forget_again(session, privacy.registry(app), [Entry("accounts", account.id, AT)], now())
        assert (done.still_open, account.name, account.locked_at is not None) == ([], "", True)


def test_what_cannot_be_erased_yet_loses_its_words_all_the_same(app: Flask, database: Database) -> None:
    """The key was still out in the backup; the house is told to look after it."""
    let_in(database)
    with database.transaction() as session:
        handover_id = session.connection().exec_driver_sql("SELECT id FROM key_handovers").scalar()
        entry = Entry("key_handovers", str(handover_id), AT)
        done = erasures.forget_again(session, privacy.registry(app), [entry], now())
        assert done.still_open == [entry]
        left = session.connection().exec_driver_sql("SELECT holder_name, holder_phone FROM key_handovers").one()
    assert PHONE not in left
    assert tuple(left) == ("", "")


def test_a_kind_that_no_feature_declares_any_more_is_no_fault(app: Flask, database: Database) -> None:
    """A list outlives programs."""
    with database.transaction() as session:
        done = erasures.forget_again(session, privacy.registry(app), [Entry("pigeons", "a", AT)], now())
    assert done.still_open == []


def test_nothing_personal_travels_so_no_offer_brings_it_back(app: Flask) -> None:
    """What the hub offers after a recovery has only columns that nobody declared as personal."""
    personal = privacy.registry(app)
    for collection in COLLECTIONS:
        assert not personal.personal_columns(collection.name) & set(collection.field_names), collection.name


def test_the_list_reaches_a_stick_that_was_away(config: NodeConfig, database: Database, tmp_path: Path) -> None:
    """Plugged in again it gets the whole list within a minute, not only what is new."""
    with database.transaction() as session:
        erasures.note(session, "bookings", "a", AT)
    away = NodeConfig(
        centre_id="alt-hamborn", city="duisburg", data_folder=config.data_folder, backup_folders=str(tmp_path / "stick")
    )
    spreading.spread_list(away, database, now())
    back = with_stick(config, tmp_path / "stick")
    spreading.spread_list(back, database, now())
    assert erasure_list.read(tmp_path / "stick" / list_name("alt-hamborn")) == {Entry("bookings", "a", AT)}

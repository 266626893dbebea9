"""A new machine becomes the house again, and who was erased stays erased in every byte of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.app import create_app
from node.backup.restoring import HouseIsThere, OtherHouse, recover
from node.config import NodeConfig
from node.keys.models import KeyHandover
from shared.backup.recovery_code import new_code as any_code
from shared.backup.sealed_file import WrongCode
from shared.database import Database
from shared.keys import open_install
from shared.sealing import open_sealing_key, seal_for
from shared.time import now
from tests.node.backup.houses import (
    NAME,
    PHONE,
    back_up,
    bookings,
    bytes_below,
    house_of,
    let_in,
    new_code,
    recovered,
    with_stick,
)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def on_a_stick(config: NodeConfig, database: Database, stick: Path) -> tuple[Path, str]:
    """Make a recovery code and a backup; return the backup's file and the code."""
    code = new_code(database)
    return back_up(with_stick(config, stick), database), code


def test_the_house_is_there_again_on_another_machine(
    config: NodeConfig, database: Database, stick: Path, tmp_path: Path
) -> None:
    """Its records, its accounts, its sealed letters; with a signing key of the new machine."""
    booking_id = let_in(database)
    code = new_code(database)
    letter = seal_for(open_sealing_key(config.data_folder / "sealing.key").public_key.text, b"for this house")
    old = open_install(config.key_file)
    file = back_up(with_stick(config, stick), database)
    there, done = recovered(config, file, code, tmp_path / "new")
    assert [booking.id for booking in bookings(there)] == [booking_id]
    assert done.rows > 0
    assert open_sealing_key(there.data_folder / "sealing.key").open(letter) == b"for this house"
    assert open_install(there.key_file).instance != old.instance
    assert {path.name for path in there.data_folder.iterdir()} == {
        ".workshop.lock",
        "node.sqlite",
        "sealing.key",
        "session.secret",
        "signing.key",
    }
    app = create_app(there)
    assert app.test_client().get("/healthz").status_code == 200
    app.extensions["stadtherz.database"].dispose()


def test_a_house_that_is_there_is_not_overwritten(
    config: NodeConfig, database: Database, stick: Path, tmp_path: Path
) -> None:
    """Whoever restores into the wrong folder loses nothing."""
    file, code = on_a_stick(config, database, stick)
    let_in(database)
    with pytest.raises(HouseIsThere):
        recover(house_of(config), create_app, file, code, lists=[], at=now())
    assert len(bookings(config)) == 1


def test_a_wrong_code_leaves_no_house(config: NodeConfig, database: Database, stick: Path, tmp_path: Path) -> None:
    """And nothing half."""
    file, _code = on_a_stick(config, database, stick)
    with pytest.raises(WrongCode):
        recovered(config, file, any_code(), tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [".workshop.lock"]


def test_the_backup_of_another_house_is_refused(
    config: NodeConfig, database: Database, stick: Path, tmp_path: Path
) -> None:
    """Two houses may share a safe."""
    file, code = on_a_stick(config, database, stick)
    other = NodeConfig(centre_id="hochfeld", city="duisburg", data_folder=tmp_path / "new")
    with pytest.raises(OtherHouse, match="alt-hamborn"):
        recover(house_of(other), create_app, file, code, lists=[], at=now())


def test_a_log_that_was_left_behind_is_not_read_into_the_new_house(
    config: NodeConfig, database: Database, stick: Path, tmp_path: Path
) -> None:
    """A restored file beside an old write-ahead log opened with foreign rows."""
    let_in(database)
    file, code = on_a_stick(config, database, stick)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "node.sqlite-wal").write_bytes(Path(f"{database.url.database}-wal").read_bytes())
    there, _done = recovered(config, file, code, tmp_path / "new")
    assert not (there.data_folder / "node.sqlite-wal").exists()
    assert len(bookings(there)) == 1


def test_who_was_erased_after_the_backup_is_in_no_byte_of_the_recovered_house(
    config: NodeConfig, database: Database, signed_in: FlaskClient, stick: Path, tmp_path: Path
) -> None:
    """The list on the stick was written when the person was erased; a key that was still out is no reason to keep."""
    booking_id = let_in(database)
    code = new_code(database)
    with_its_stick = with_stick(config, stick)
    signed_in.application.extensions["stadtherz.config"] = with_its_stick
    file = back_up(with_its_stick, database)
    chosen = [f"bookings:{booking_id}", f"rentals:{booking_id}", *handovers_given_back(database)]
    signed_in.post("/datenschutz/person/geloescht", data={"chosen": chosen})
    there, done = recovered(config, file, code, tmp_path / "new")
    assert [entry.kind for entry in done.still_open] == ["key_handovers"]
    left = bytes_below(there.data_folder)
    for words in (NAME, NAME.casefold(), PHONE):
        assert words.encode() not in left
    assert [booking.id for booking in bookings(there)] == [booking_id]


def test_without_the_list_the_person_would_be_back(
    config: NodeConfig, database: Database, stick: Path, tmp_path: Path
) -> None:
    """The test above can fail: it is the list that makes the difference."""
    let_in(database)
    file, code = on_a_stick(config, database, stick)
    there, _done = recovered(config, file, code, tmp_path / "new", lists=[])
    assert NAME.encode() in bytes_below(there.data_folder)


def handovers_given_back(database: Database) -> list[str]:
    """Let every key come back; return the handovers as the page of privacy names them."""
    from_keys = []
    with database.transaction() as session:
        for handover in session.query(KeyHandover):
            handover.returned_at = now()
            from_keys.append(f"key_handovers:{handover.id}")
    return from_keys


def test_of_two_recoveries_at_once_one_makes_the_house(
    config: NodeConfig, database: Database, stick: Path, tmp_path: Path
) -> None:
    """Whoever grew impatient and typed it again does not overwrite the house that is running by then."""
    let_in(database)
    file, code = on_a_stick(config, database, stick)
    there = replace(config, data_folder=tmp_path / "new")

    def slowly(found: NodeConfig) -> Flask:
        (there.data_folder / "node.sqlite").write_bytes(b"the house of the first")
        return create_app(found)

    with pytest.raises(HouseIsThere):
        recover(house_of(there), slowly, file, code, lists=[], at=now())
    assert (there.data_folder / "node.sqlite").read_bytes() == b"the house of the first"

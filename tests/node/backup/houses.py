"""A house with a guest in it, its backup, and the machine that replaces it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from node.app import create_app
from node.backup import service, spreading
from node.backup.restoring import House, Recovered, lists_beside, recover
from node.bookings.models import Booking
from node.config import NodeConfig
from node.core.erasures import Entry
from node.keys.models import KeyHandover, KeyRing
from shared.backup import places
from shared.database import Database
from shared.records.bookings import BookingKind
from shared.time import now
from tests.factories import make_booking, make_space

NAME, PHONE = "Ülkü Özgür-Weiß", "0203 7777123"


def let_in(database: Database) -> str:
    """Let a guest have rented a room three weeks ago and hold a key still; return the booking's id."""
    then = now() - timedelta(days=20)
    with database.transaction() as session:
        hall, key = make_space(session), KeyRing(label="Haustür")
        session.add(key)
        session.flush()
        said = {"contact_name": NAME, "contact_phone": PHONE, "title": f"Feier {NAME}", "kind": BookingKind.RENTAL}
        booking = make_booking(session, hall, day=then.date(), **said)
        session.add(KeyHandover(key_id=key.id, copy_number=1, holder_name=NAME, holder_phone=PHONE, given_at=then))
        return booking.id


def new_code(database: Database) -> str:
    with database.transaction() as session:
        return service.set_up(session, now())


def with_stick(config: NodeConfig, folder: Path) -> NodeConfig:
    """Return the settings with a prepared folder for backups."""
    folder.mkdir(exist_ok=True)
    places.prepare(folder)
    return replace(config, backup_folders=str(folder))


def back_up(config: NodeConfig, database: Database) -> Path:
    """Make a backup on the stick; return the file."""
    runs = spreading.back_up(config, database, now())
    assert [run.problem for run in runs] == [""]
    return places.backups_in(Path(config.backup_folders), config.centre_id)[0]


def house_of(config: NodeConfig) -> House:
    return House(config.data_folder, config.centre_id, config.city)


def recovered(
    config: NodeConfig, backup: Path, code: str, folder: Path, lists: list[Entry] | None = None
) -> tuple[NodeConfig, Recovered]:
    """Recover on another machine, whose data folder is `folder`; with the list on the stick if no other is given."""
    there = replace(config, data_folder=folder)
    known = lists_beside(backup, config.centre_id) if lists is None else lists
    return there, recover(house_of(there), create_app, backup, code, lists=known, at=now())


def bookings(config: NodeConfig) -> list[Booking]:
    """Return the bookings in a house's database."""
    database = Database(config.database_url)
    with database.reading() as session:
        found = list(session.query(Booking))
    database.dispose()
    return found


def bytes_below(folder: Path) -> bytes:
    """Return everything that lies in any file below a folder, hidden ones too."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())

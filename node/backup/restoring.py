"""A new machine becomes the house: from a backup, the recovery code and the lists of erasures.

Everything happens in a folder of its own inside the data folder; only a database that is whole, brought
up to this program, and has forgotten whoever has to be forgotten, is moved to its place. A recovery that
is broken off leaves no house, and can begin again.

Rule: a house that is there is never overwritten.
Rule: the machine's own keys stay: it is another installation, and the feed is bound to it. At the first contact the
hub finds that this house went back in time; what it knows better becomes offers (`node.recovery`).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from node.backup import erasure_list
from node.backup.making import DATABASE, KIND, SEALING_KEY, SETTINGS
from node.backup.places import list_name
from node.config import NodeConfig
from node.core import erasures
from node.core.db import LEDGER
from node.core.erasures import Entry
from node.core.privacy import registry
from node.privacy import retention
from node.privacy.traces import overwrite_traces
from shared import secret_file, topics
from shared.backup import package, snapshot
from shared.backup.sealed_file import BackupDamaged, Header
from shared.backup.snapshot import Progress, quiet
from shared.backup.workshop import workshop
from shared.database import Database
from shared.errors import Refusal
from shared.keys import open_install
from shared.web.settings import new_secret, write_secret
from shared.whole_files import sync_folder

KEY_FILE, SECRET_FILE = "signing.key", "session.secret"
CreateApp = Callable[[NodeConfig], Flask]


class HouseIsThere(Refusal):
    """The data folder holds a house already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: holds a centre already. Nothing was changed; choose an empty data folder.")
        self.folder = folder


class OtherHouse(Refusal):
    """The backup is of another house, city or kind."""

    def __init__(self, header: Header) -> None:
        whose = f"{header.kind} {header.place}".strip()
        super().__init__(f"This is a backup of {whose} in {header.city}, not of this centre. Nothing was changed.")
        self.header = header


@dataclass(frozen=True)
class Recovered:
    """What was restored: as of when, how many rows, who was forgotten again and what of that was still open then."""

    made_at: datetime
    rows: int
    forgotten: int
    still_open: list[Entry]
    expired: int


@dataclass(frozen=True)
class House:
    """Where a house is going to be, and whose backup it may come from."""

    folder: Path
    centre_id: str
    city: str


def refuse_existing(data_folder: Path) -> None:
    """Raise HouseIsThere."""
    if (data_folder / DATABASE).exists():
        raise HouseIsThere(data_folder)


def recover(
    house: House,
    create_app: CreateApp,
    backup: Path,
    code: str,
    *,
    lists: Iterable[Entry],
    at: datetime,
    ready: Callable[[Mapping[str, Any]], None] = lambda _settings: None,
    progress: Progress = quiet,
) -> Recovered:
    """Restore `backup` into the folder of `house`; `ready` gets its settings before the database is in its place.

    Raises HouseIsThere, OtherHouse, CodeMistyped, WrongCode, BackupDamaged, NotABackup; then no house is there.
    """
    refuse_existing(house.folder)
    with workshop(house.folder) as room:
        header, contents = package.unpack(backup, code, room, progress)
        if (header.kind, header.city, header.place) != (KIND, house.city, house.centre_id):
            raise OtherHouse(header)
        rows = snapshot.inspect(room / DATABASE)
        if rows != contents.notes["rows"]:
            raise BackupDamaged("The backup does not hold what its list says.")
        progress("erase", 0.0)
        settings: dict[str, Any] = json.loads((room / SETTINGS).read_text(encoding="utf-8"))
        zone = {"time_zone": settings["time_zone"]}
        config = NodeConfig(centre_id=header.place, city=header.city, data_folder=room, **zone)
        forgotten, expired = _bring_up(config, house.folder / KEY_FILE, create_app, lists, at)
        refuse_existing(house.folder)  # one that was begun meanwhile: by a second `recover`, by the first page
        _put_keys(room, house.folder)
        ready(settings | {"centre_id": header.place, "city": header.city})
        _move_in(room, house.folder)
    return Recovered(header.made_at, sum(rows.values()), forgotten.number, forgotten.still_open, expired)


def lists_beside(backup: Path, centre_id: str) -> list[Entry]:
    """Return the list of erasures that lies beside a backup, on its stick."""
    return sorted(erasure_list.read(backup.parent / list_name(centre_id)))


def _bring_up(
    config: NodeConfig, key_file: Path, create_app: CreateApp, lists: Iterable[Entry], at: datetime
) -> tuple[erasures.Forgotten, int]:
    """Upgrade, forget, bind: all before the database is in its place."""
    write_secret(config.secret_file, new_secret())
    app = create_app(config)
    database: Database = app.extensions["stadtherz.database"]
    try:
        with app.app_context():
            forgotten = _forget(database, app, lists, at)
            expired = sum(run.removed for run in retention.expire(database, registry(app), now=at))
        with database.transaction() as session:
            LEDGER.rebind(session, topics.node_feed(config.centre_id), open_install(key_file).instance)
        overwrite_traces(database)
    finally:
        database.dispose()
    with snapshot.connect(config.data_folder / DATABASE) as opened:
        opened.execute("VACUUM")  # nothing of whoever was forgotten stays in a freed page
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.execute("PRAGMA journal_mode=DELETE")
    return forgotten, expired


def _forget(database: Database, app: Flask, lists: Iterable[Entry], at: datetime) -> erasures.Forgotten:
    with database.transaction() as session:
        erasures.merge(session, lists)
        everybody = erasures.entries(session)
        return erasures.forget_again(session, registry(app), everybody, at)


def _put_keys(room: Path, folder: Path) -> None:
    if (room / SEALING_KEY).exists():
        _keep_sealing_keys(room / SEALING_KEY, folder / SEALING_KEY)
    if not (folder / SECRET_FILE).exists():
        write_secret(folder / SECRET_FILE, new_secret())


def _move_in(room: Path, folder: Path) -> None:
    """The database goes last: as soon as it is there, there is a house."""
    for left in snapshot.companions(folder / DATABASE):
        left.unlink(missing_ok=True)  # of a database that is gone: SQLite would read it into the new one
    (room / DATABASE).replace(folder / DATABASE)
    sync_folder(folder)


def _keep_sealing_keys(restored: Path, standing: Path) -> None:
    """Add the old keys for opening; the machine's own, which the hub was told when it joined, goes on sealing."""
    old: list[str] = secret_file.read(restored)["sealing_keys"]
    own: list[str] = secret_file.read(standing)["sealing_keys"] if standing.exists() else []
    content = {"sealing_keys": [*own, *(key for key in old if key not in own)]}
    (secret_file.replace if standing.exists() else secret_file.create)(standing, content)

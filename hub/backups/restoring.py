"""A hub comes back from its own backup.

The centres bring the rest again: the hub's cursors tell them what it lacks. What only people at the hub entered
after the backup is lost. Whom the city revoked after it is revoked again, from the lists outside the database. The
hub takes a higher term, so that an older hub that is still running somewhere is not heard any more.

Rule: a restore that was broken off (a power cut) leaves a note, and no hub starts beside it: its database may be half,
believe whom the city revoked, and speak under the old term.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.backups import departures, own
from hub.backups.engines import engine_of
from hub.config import HubConfig
from hub.core.db import LEDGER
from hub.network.joining import invitations
from shared import whole_files
from shared.backup import package
from shared.backup.sealed_file import BackupDamaged
from shared.backup.snapshot import Progress, quiet
from shared.backup.workshop import workshop
from shared.database import Database
from shared.errors import ConfigError
from shared.time import now
from shared.web.settings import new_secret, write_secret

FILE = "restore.pending"
CreateApp = Callable[[HubConfig], Flask]
TakeOver = Callable[[HubConfig, Database, Session], None]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """As of when the hub is; which keys were put; who was revoked again."""

    made_at: datetime
    keys: list[str]
    revoked: list[str]


def restore(
    config: HubConfig,
    files: tuple[Path, Path | None],
    code: str,
    hands: tuple[CreateApp, TakeOver],
    at: datetime,
    *,
    replace: bool = False,
    progress: Progress = quiet,
) -> Restored:
    """Restore the database in `files[0]` and, where there are none, the keys in `files[1]`.

    Raises OtherHub, OtherKeys, DatabaseIsThere, WrongCode, BackupDamaged; then nothing was changed.
    """
    database_file, keys_file = files
    engine = engine_of(config.database_url)
    header = package.header_of(database_file)
    own.check_header(header, own.KIND, config.city)
    engine.refuse_existing(replace=replace)
    gone = departures.read(config.data_folder / departures.FILE) | departures.beside(database_file, config.city)
    note = config.data_folder / FILE
    if replace and not note.exists():  # what a broken restore left may not even be a database
        gone |= _still_known(config)
    with workshop(config.data_folder) as room:
        _header, contents = package.unpack(database_file, code, room, progress)
        copy = room / engine.part
        if not copy.exists():
            raise BackupDamaged(
                "The backup is of the other kind of database (SQLite, PostgreSQL) than the settings say."
            )
        engine.check(copy, contents.notes["found"])
        keys = own.put_keys(config, keys_file, code, room) if keys_file else []
        departures.keep(config.data_folder / departures.FILE, gone)
        whole_files.replace(note, b"")
        engine.restore(copy, f"before-{at:%Y%m%dT%H%M%SZ}")
    done = Restored(header.made_at, keys, _wake(config, gone, hands))
    note.unlink()
    return done


def refuse_half_restored(data_folder: Path) -> None:
    """Raise ConfigError if a restore was broken off here."""
    if (data_folder / FILE).exists():
        raise ConfigError(
            "the restore of this hub was broken off. Nothing was started. Run `stadtherz-hub restore` again: with "
            "--replace on SQLite, with an empty database on PostgreSQL."
        )


def _still_known(config: HubConfig) -> set[departures.Departure]:
    """Return who is revoked in the database that is about to be replaced; nobody if it cannot be read.

    A damaged one is why a backup is wanted: then the lists outside it have to do.
    """
    database = Database(config.database_url)
    try:
        with database.reading() as session:
            return set(departures.in_database(session))
    except DBAPIError as error:
        _LOG.warning("restore: who was revoked cannot be read in the old database (%s)", type(error.orig).__name__)
        return set()
    finally:
        database.dispose()


def _wake(config: HubConfig, gone: set[departures.Departure], hands: tuple[CreateApp, TakeOver]) -> list[str]:
    """Bring the database up to this program, revoke again, take the higher term."""
    create_app, take_over = hands
    if not config.secret_file.exists():
        write_secret(config.secret_file, new_secret())
    database: Database = create_app(config).extensions["stadtherz.database"]
    try:
        with database.transaction() as session:
            revoked = departures.apply(session, gone, ledger=LEDGER)
            take_over(config, database, session)
            invitations.withdraw_open(session, now())  # a code that was used after the backup would work again
    finally:
        database.dispose()
    return revoked

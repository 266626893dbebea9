"""A backup goes to every place of this house; so does the list of erasures.

Rule: one place that fails holds up no other; what became of each is kept.
Rule: the list of erasures goes first. A backup without the list could bring back who was erased.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from node.backup import erasure_list, hub_calls, service
from node.backup.making import Made, made_backup
from node.backup.models import HUB, MADE, BackupRun
from node.backup.places import BackupConfig, find_caller, folders
from node.core import erasures
from shared.backup.places import PlaceNotPossible, make_room, prune, put
from shared.backup.places import problem_of as fault_of
from shared.backup.sealed_file import BackupDamaged
from shared.backup.snapshot import CopyNotWhole, Progress, quiet
from shared.database import Database
from shared.signed_calls import Caller, CallRefused, HubUnreachable

LIST_AT_ONCE = 500
_LOG = logging.getLogger(__name__)


def back_up(config: BackupConfig, database: Database, at: datetime, progress: Progress = quiet) -> list[BackupRun]:
    """Make a backup and bring it to every place; return what became of it there. Nothing without a recovery key."""
    with database.reading() as session:
        key = service.recovery_key(session)
    if key is None:
        return []
    try:
        with made_backup(config, database, key.public, at, progress) as made:
            runs = _spread(config, database, made, at, progress)
    except (OSError, sqlite3.Error, CopyNotWhole, BackupDamaged) as error:
        problem = _problem_here(error)
        _LOG.error("backup: could not be made (%s)", problem)
        runs = [BackupRun(made_at=at, place=MADE, problem=problem)]
    with database.transaction() as session:
        service.note_runs(session, runs, at)
    return runs


def _problem_here(error: Exception) -> str:
    """Return why a backup could not even be made."""
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or (isinstance(error, OSError) and fault_of(error) == "full"):
        return "no_room_here"
    return "not_whole" if not isinstance(error, OSError) else "broken_here"


def spread_list(config: BackupConfig, database: Database, at: datetime) -> None:
    """Bring the list of erasures beside the database, to every folder and to the hub, as far as possible."""
    spread_to_files(config, database)
    caller = find_caller(config)
    if caller is not None:
        tell_hub(caller, database, at)


def spread_to_files(config: BackupConfig, database: Database) -> None:
    """Bring the list beside the database and to every folder that is within reach."""
    entries = keep_list(config, database)
    for folder in folders(config):
        try:
            erasure_list.put(folder, config.centre_id, entries)
        except PlaceNotPossible as refusal:
            _LOG.info("erasures: the list is not in %s (%s)", folder, refusal.problem)


def keep_list(config: BackupConfig, database: Database) -> list[erasures.Entry]:
    """Put the table's list into the file beside the database; return it."""
    with database.reading() as session:
        entries = erasures.entries(session)
    file = config.data_folder / erasure_list.FILE
    try:
        erasure_list.keep(file, entries)
    except OSError as error:
        _LOG.error("erasures: %s cannot be written (%s)", file, error.strerror)
    return entries


def tell_hub(caller: Caller, database: Database, at: datetime) -> bool:
    """Put on the hub's list what it does not have yet; tell whether it has everything now."""
    with database.reading() as session:
        waiting = erasures.untold(session, LIST_AT_ONCE)
    if not waiting:
        return True
    try:
        hub_calls.tell_erasures(caller, [row.entry for row in waiting])
    except (CallRefused, HubUnreachable) as refusal:
        _LOG.info("erasures: the hub has not got the list yet (%s)", refusal)
        return False
    with database.transaction() as session:
        for row in waiting:
            kept = session.get(erasures.ErasedRecord, (row.kind, row.record_id))
            if kept is not None:
                kept.told_at = at
    return len(waiting) < LIST_AT_ONCE


def _spread(config: BackupConfig, database: Database, made: Made, at: datetime, progress: Progress) -> list[BackupRun]:
    entries = keep_list(config, database)

    def to_folder(folder: Path) -> Callable[[], None]:
        def bring() -> None:
            make_room(folder, config.centre_id, made.file.stat().st_size)
            erasure_list.put(folder, config.centre_id, entries)
            prune(folder, config.centre_id, put(made.file, folder, made.name))

        return bring

    ways = [(str(folder), to_folder(folder)) for folder in folders(config)]
    caller = find_caller(config)
    if caller is not None:
        ways.append((HUB, lambda: _to_hub(caller, made, entries, progress)))
    return [_run(place, bring, made, at) for place, bring in ways]


def _to_hub(caller: Caller, made: Made, entries: list[erasures.Entry], progress: Progress) -> None:
    """The whole list every time: a hub that was restored from an old copy may have lost some of it."""
    hub_calls.tell_erasures(caller, entries)
    hub_calls.send_backup(caller, made.file, made.name, progress)


def _run(place: str, bring: Callable[[], None], made: Made, at: datetime) -> BackupRun:
    run = BackupRun(made_at=at, place=place, problem="", name=made.name, bytes=made.file.stat().st_size, rows=made.rows)
    try:
        bring()
    except PlaceNotPossible as refusal:
        run.problem = refusal.problem
    except HubUnreachable:
        run.problem = "unreachable"
    except CallRefused as refusal:
        run.problem = refusal.reason if refusal.reason in REFUSED else "refused"
    if run.problem:
        _LOG.warning("backup: not at %s (%s)", place, run.problem)
    return run


REFUSED = ("quota", "clock", "unknown", "signature", "instance")  # what the hub says that people can act upon

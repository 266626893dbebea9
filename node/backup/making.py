"""Making a backup of this house, and reading it back before anybody relies on it.

What is in it: the database, the sealing key (without it sealed letters could not be read any more), the
settings that are no secret. What is not: the signing key (a new machine is another installation, and a
copied key could not be told from a stolen one), the link file with the broker's password (the city gives a new
one when the new machine joins), the secret of the sessions (whoever was signed in signs in again).

Rule: a backup that was not unpacked again and compared, table by table, does not count as one.
"""

import dataclasses
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from node.backup.places import BackupConfig
from shared.backup import snapshot
from shared.backup.package import read_backup, write_backup
from shared.backup.places import name_of
from shared.backup.sealed_file import BackupDamaged, SealedKey, new_header
from shared.backup.snapshot import Progress, quiet
from shared.backup.workshop import workshop
from shared.database import Database
from shared.time import to_wire

DATABASE, SEALING_KEY, SETTINGS = "node.sqlite", "sealing.key", "settings.json"
KIND = "node"
_NOT_IN_IT = {"data_folder", "backup_folders"}  # another machine has other folders


class Made(NamedTuple):
    """A backup that was read back; it lies in a folder that is deleted after use."""

    file: Path
    name: str
    rows: int


@contextmanager
def made_backup(
    config: BackupConfig, database: Database, recovery_key: str, at: datetime, progress: Progress = quiet
) -> Iterator[Made]:
    """Yield a new backup, whole and compared; raise CopyNotWhole, BackupDamaged, OSError."""
    with workshop(config.data_folder) as room:
        copy = room / DATABASE
        snapshot.take_snapshot(Path(str(database.url.database)), copy, progress)
        rows = snapshot.inspect(copy)
        (room / SETTINGS).write_text(json.dumps(open_settings(config), indent=2), encoding="utf-8")
        files = {DATABASE: copy, SETTINGS: room / SETTINGS}
        key_file = config.data_folder / SEALING_KEY
        if key_file.exists():
            files[SEALING_KEY] = key_file
        sealed = new_header(
            kind=KIND,
            city=config.city,
            place=config.centre_id,
            made_at=at,
            program=version("stadtherz"),
            recovery_key=recovery_key,
        )
        file = room / name_of(config.centre_id, at)
        write_backup(file, sealed, files, {"rows": rows, "as_of": to_wire(at)}, progress)
        snapshot.remove(copy)
        read_back(file, sealed, rows, room, progress)
        yield Made(file, file.name, sum(rows.values()))


def open_settings(config: Any) -> dict[str, Any]:
    """Return the settings that may stand in a backup: none that is secret, none of this machine's folders."""
    chosen = [field.name for field in dataclasses.fields(config) if field.repr and field.name not in _NOT_IN_IT]
    return {name: getattr(config, name) for name in chosen if not name.startswith(("broker_", "hub_"))}


def read_back(file: Path, sealed: SealedKey, rows: dict[str, int], room: Path, progress: Progress = quiet) -> None:
    """Unpack the file as a recovery would, and compare; raise BackupDamaged."""
    opened = room / "opened"
    opened.mkdir(mode=0o700)
    try:
        read_backup(file, sealed.key, opened, progress)
        if snapshot.inspect(opened / DATABASE) != rows:
            raise BackupDamaged("What was read back is not what was written.")
    finally:
        shutil.rmtree(opened)

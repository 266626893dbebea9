"""SQLite on a disk that takes no writing any more: people can still read.

SQLite opens a database in WAL mode on a read-only disk only if its `-wal` and `-shm` are there, as after
a crash. After a clean end they are gone, and it has to be told that the file cannot change (`immutable`).

Rule: such a connection is thrown away as soon as the disk takes writing again: it would not see changes.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

_IMMUTABLE = "immutable"


def is_read_only(file: Path) -> bool:
    """Tell whether nothing can be written beside `file`, which is there."""
    return file.exists() and not os.access(file.parent, os.W_OK)


def let_open(engine: Engine) -> None:
    """Let `engine` (of SQLite) read its file on a read-only disk too."""
    file = Path(engine.url.database or "")

    @event.listens_for(engine, "do_connect")
    def open_it(_dialect: Any, record: Any, given: Any, named: Any) -> sqlite3.Connection | None:
        if not is_read_only(file) or _has_log(file):
            return None  # as always
        record.info[_IMMUTABLE] = True
        said = {key: value for key, value in named.items() if key != "uri"}
        opened: sqlite3.Connection = sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True, **said)
        return opened

    @event.listens_for(engine, "checkout")
    def still_true(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get(_IMMUTABLE) and not is_read_only(file):
            record.info.pop(_IMMUTABLE)
            raise DisconnectionError("the disk takes writing again")


def _has_log(file: Path) -> bool:
    log = file.with_name(file.name + "-wal")
    return log.exists() and log.stat().st_size > 0

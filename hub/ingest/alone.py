"""One ingest at a time where the database is a file: a second one that is started by mistake ends with words.

PostgreSQL has room for several, which divide the centres among them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.core.in_use import locked
from shared.errors import ConfigError

LOCK = "ingest.lock"
_OTHERWISE = (
    "another process of this hub receives already. Nothing was started. With `database` on PostgreSQL several can."
)


@contextmanager
def alone(data_folder: Path, *, is_sqlite: bool) -> Iterator[None]:
    """Hold the lock of the data folder; raise ConfigError if another process holds it.

    The lock ends with the process, however it ends; the file stays and means nothing.
    """
    if not is_sqlite:
        yield
        return
    file = data_folder / LOCK
    try:
        if not file.exists():  # one that is there need not be written: a read-only disk stops nobody who only looks
            file.touch()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}).") from error
    with locked(file, fcntl.LOCK_EX, _OTHERWISE):
        yield

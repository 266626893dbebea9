"""One ingest at a time where the database is a file: a second one that is started by mistake ends with words.

PostgreSQL has room for several, which divide the centres among them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import ConfigError

LOCK = "ingest.lock"


@contextmanager
def alone(data_folder: Path, *, is_sqlite: bool) -> Iterator[None]:
    """Hold the lock of the data folder; raise ConfigError if another process holds it.

    The lock ends with the process, however it ends; the file stays and means nothing.
    """
    if not is_sqlite:
        yield
        return
    try:
        file = (data_folder / LOCK).open("ab")
    except OSError as error:
        raise ConfigError(f"{data_folder / LOCK}: cannot be written ({error.strerror}).") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"data_folder {data_folder}: another process of this hub receives already. Nothing was started. "
                "With `database` on PostgreSQL several can."
            ) from error
        yield

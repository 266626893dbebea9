"""Whether a process of this hub works with its data folder: a restore must find nobody there.

Else a site that goes on would write into the database that was put aside, and nobody would ever look there.
The lock is on the folder itself, so a disk that takes no writing stops nobody; it ends with the process.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import ConfigError


@contextmanager
def in_use(data_folder: Path) -> Iterator[None]:
    """Say so until the block ends; raise ConfigError while a restore is under way."""
    with locked(data_folder, fcntl.LOCK_SH, "a restore is under way. Nothing was started; try again when it is done."):
        yield


@contextmanager
def in_nobodys_use(data_folder: Path) -> Iterator[None]:
    """Keep everybody out until the block ends; raise ConfigError if somebody is there."""
    with locked(data_folder, fcntl.LOCK_EX, "this hub is running. Nothing was changed. Stop site and ingest first."):
        yield


@contextmanager
def locked(path: Path, how: int, otherwise: str) -> Iterator[None]:
    """Hold a lock of `fcntl.flock` on a file or folder; raise ConfigError with `otherwise` if somebody else does."""
    try:
        opened = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield  # whoever makes it is the first one there
        return
    try:
        try:
            fcntl.flock(opened, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"{path}: {otherwise}") from error
        yield
    finally:
        os.close(opened)

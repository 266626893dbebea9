"""Files that hold a key: for their owner alone, whole or not at all, never made anew over an old one.

Rule: what is kept in them leaves the modules that own them (`shared.keys`, `shared.sealing`) only
as signatures, or as what was opened.
"""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from shared import whole_files
from shared.errors import ConfigError


def read(path: Path) -> dict[str, Any]:
    """Return what the file keeps.

    Raises ConfigError if others can read it or we cannot, ValueError if it does not hold a JSON object.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ConfigError(f"{path}: others may read it. Run: chmod 600 {path}")
        kept = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    if isinstance(kept, dict):
        return kept
    raise ValueError("not a JSON object")


def create(path: Path, kept: dict[str, Any]) -> None:
    """Make the file unless there is one: of two that start at once, one wins and both read its file."""
    with _telling(path), contextlib.suppress(FileExistsError):
        whole_files.create(path, _text(kept))


def replace(path: Path, kept: dict[str, Any]) -> None:
    """Put `kept` in the place of what the file held; a power cut leaves the one or the other."""
    with _telling(path):
        whole_files.replace(path, _text(kept))


def _text(kept: dict[str, Any]) -> bytes:
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Make the folder; turn what the disk refuses into ConfigError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}).") from error

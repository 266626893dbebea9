"""Files that hold a key: for their owner alone, whole or not at all, never made anew over an old one.

Rule: what is kept in them leaves the modules that own them (`shared.keys`, `shared.sealing`) only
as signatures, or as what was opened.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

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
    with _written(path, kept) as fresh, contextlib.suppress(FileExistsError):
        os.link(fresh, path)
        sync_folder(path.parent)


def replace(path: Path, kept: dict[str, Any]) -> None:
    """Put `kept` in the place of what the file held; a power cut leaves the one or the other."""
    with _written(path, kept) as fresh:
        fresh.replace(path)
        sync_folder(path.parent)


@contextmanager
def _written(path: Path, kept: dict[str, Any]) -> Iterator[Path]:
    """Yield a file beside `path` that is safely on the disk; remove it if it was not taken."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(orjson.dumps(kept, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        with contextlib.suppress(OSError):  # a disk that is read-only by now says so even of a file that is not there
            fresh.unlink()


def sync_folder(folder: Path) -> None:
    """Let a new name outlive a power cut: a file is where it should be only if its folder was synced too."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

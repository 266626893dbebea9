"""Folders for backups: sticks and network folders, told apart from the empty place where a stick should be.

A folder that takes backups holds the file `stadtherz-backups.txt`. Where a stick is not plugged in its
mount point is an empty folder on the machine's own card: without that file nothing is written there.

Rule: a file appears under its name only when it is whole and on the disk; what was cut off by a pulled plug
has another name and is swept away with the next backup.
"""

import errno
import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from shared.backup.package import sha256_of
from shared.errors import Refusal
from shared.whole_files import sync_folder

MARKER = "stadtherz-backups.txt"
SUFFIX = ".backup"
DAYS_KEPT, WEEKS_KEPT = 7, 4
KEPT_ON_A_SMALL_STICK = 2
_PART = ".part"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"stadtherz-(?P<whose>[a-z0-9-]+)-(?P<stamp>\d{8}T\d{6}Z)\.backup")
_PROBLEMS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",
    errno.ENOENT: "absent",
    errno.ENODEV: "absent",
    errno.ENOTDIR: "absent",
}
_WELCOME = """Stadtherz keeps encrypted backups in this folder.
Please leave the files here. They can be opened with the recovery code from the safe only.

In diesem Ordner liegen verschlüsselte Sicherungen von Stadtherz.
Bitte lassen Sie die Dateien liegen. Nur der Wiederherstellungscode aus dem Tresor öffnet sie.
"""


class PlaceNotPossible(Refusal):
    """A folder takes no backup; `problem` is absent, not_prepared, full, read_only, not_permitted or broken."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"{folder}: {PROBLEM_WORDS[problem]}")
        self.folder, self.problem = folder, problem


PROBLEM_WORDS = {
    "absent": "the folder is not there; is the stick plugged in?",
    "not_prepared": "the folder is not prepared for backups, or the stick is not plugged in. Prepare it once.",
    "full": "there is no room left.",
    "read_only": "nothing can be written there; is the stick locked?",
    "not_permitted": "the program may not write there.",
    "broken": "reading or writing failed; the stick may be broken.",
}


def prepare(folder: Path) -> None:
    """Let `folder` take backups; raise PlaceNotPossible."""
    try:
        if not folder.is_dir():
            raise PlaceNotPossible(folder, "absent")
        (folder / MARKER).write_text(_WELCOME, encoding="utf-8")
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error


def refuse_unprepared(folder: Path) -> None:
    """Raise PlaceNotPossible unless backups may be written to `folder`."""
    try:
        if not folder.is_dir():
            raise PlaceNotPossible(folder, "absent")
        if not (folder / MARKER).is_file():
            raise PlaceNotPossible(folder, "not_prepared")
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error


def put(source: Path, folder: Path, name: str) -> Path:
    """Copy `source` into `folder` under `name`, read it back and compare; raise PlaceNotPossible."""
    refuse_unprepared(folder)
    part, target = folder / f".{name}{_PART}", folder / name
    try:
        _sweep(folder)
        if shutil.disk_usage(folder).free < source.stat().st_size:
            raise PlaceNotPossible(folder, "full")
        with source.open("rb") as taken, part.open("wb") as written:
            shutil.copyfileobj(taken, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())
            os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # else memory is read back, not the stick
        if sha256_of(part) != sha256_of(source):
            raise PlaceNotPossible(folder, "broken")
        part.replace(target)
        sync_folder(folder)
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error
    finally:
        _forget(part)
    return target


def put_text(text: str, folder: Path, name: str) -> None:
    """Write a small file into `folder`, whole or not at all; raise PlaceNotPossible."""
    refuse_unprepared(folder)
    part = folder / f".{name}{_PART}"
    try:
        with part.open("w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        part.replace(folder / name)
        sync_folder(folder)
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error
    finally:
        _forget(part)


def name_of(whose: str, made_at: datetime) -> str:
    """Return the name of a backup: whose it is and when it was made, in UTC."""
    return f"stadtherz-{whose}-{made_at.strftime(_STAMP)}{SUFFIX}"


def backups_in(folder: Path, whose: str) -> list[Path]:
    """Return the backups of `whose` in `folder`, the latest first."""
    found = [(made_at, path) for path in folder.iterdir() if (made_at := _made_at(path.name, whose))]
    return [path for _made, path in sorted(found, reverse=True)]


def prune(folder: Path, whose: str, keep: Path) -> list[Path]:
    """Delete what is not needed any more of the backups of `whose`; return it. `keep` stays whatever its date.

    Raises PlaceNotPossible: a stick may be pulled out after the copy, too.
    """
    try:
        found = backups_in(folder, whose)
        kept = {keep, *_newest_of_each(found, "%Y%m%d", DAYS_KEPT), *_newest_of_each(found, "%G%V", WEEKS_KEPT)}
        gone = [path for path in found if path not in kept]
        for path in gone:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error
    return gone


def make_room(folder: Path, whose: str, size_bytes: int) -> list[Path]:
    """Delete the oldest backups of `whose` until `size_bytes` fit, but never the last two; return what went.

    A stick may hold fewer than the nights and weeks that are wanted: it shall not be full for good.
    Raises PlaceNotPossible.
    """
    refuse_unprepared(folder)
    gone: list[Path] = []
    try:
        found = backups_in(folder, whose)
        while len(found) > KEPT_ON_A_SMALL_STICK and shutil.disk_usage(folder).free < size_bytes:
            gone.append(found.pop())
            gone[-1].unlink(missing_ok=True)
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error
    return gone


def problem_of(error: OSError) -> str:
    return _PROBLEMS.get(error.errno or 0, "broken")


def _newest_of_each(found: Sequence[Path], span: str, count: int) -> list[Path]:
    newest: dict[str, Path] = {}
    for path in found:  # the latest first
        made_at = _made_at(path.name)
        assert made_at is not None
        newest.setdefault(made_at.strftime(span), path)
    return list(newest.values())[:count]


def _made_at(name: str, whose: str | None = None) -> datetime | None:
    match = _NAME.fullmatch(name)
    if match is None or whose not in (None, match["whose"]):
        return None
    try:
        return datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None  # digits, but no day that there is


def _sweep(folder: Path) -> None:
    for left in folder.glob(f".stadtherz-*{_PART}"):
        left.unlink(missing_ok=True)


def _forget(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the stick is gone or read-only; the next backup sweeps

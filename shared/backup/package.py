"""What a backup holds: files by name, and a list of them with their checksums.

Inside the encryption there is a compressed tar: `contents.json` first, then the files.

Rule: what is taken out goes into an empty folder under names that we chose; a path that the file
names is never followed.
"""

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from shared.backup.sealed_file import BackupDamaged, Header, Reader, SealedKey, Writer, open_key, read_header
from shared.backup.snapshot import Progress, quiet

CONTENTS = "contents.json"
_LEVEL = 6
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Contents:
    """The files with size and SHA-256, and what else the maker noted (counts of rows, as-of times)."""

    files: Mapping[str, tuple[int, str]]
    notes: Mapping[str, Any]


def write_backup(
    target: Path, sealed: SealedKey, files: Mapping[str, Path], notes: Mapping[str, Any], progress: Progress = quiet
) -> Contents:
    """Write the backup to the new file `target` and bring it to the disk; return what is in it."""
    contents = Contents({name: (path.stat().st_size, sha256_of(path)) for name, path in files.items()}, notes)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        writer = Writer(opened, sealed)
        packed = gzip.GzipFile("", "wb", _LEVEL, cast("BinaryIO", writer), mtime=0)
        with packed, tarfile.open(fileobj=packed, mode="w|") as tar:
            listed = orjson.dumps({"files": contents.files, "notes": contents.notes})
            _add(tar, CONTENTS, len(listed), io.BytesIO(listed))
            for number, (name, path) in enumerate(files.items()):
                progress("write", number / len(files))
                with path.open("rb") as source:
                    _add(tar, name, contents.files[name][0], source)
        writer.finish()
        opened.flush()
        os.fsync(opened.fileno())
    return contents


def read_backup(source: Path, key: bytes, folder: Path, progress: Progress = quiet) -> Contents:
    """Unpack the backup into the empty folder `folder`; raise BackupDamaged, NotABackup."""
    with source.open("rb") as opened:
        reader = io.BufferedReader(Reader(opened, key), _CHUNK)
        try:
            with tarfile.open(fileobj=reader, mode="r|gz") as tar:
                contents = _take_out(tar, folder, progress)
        except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, TypeError) as error:
            raise BackupDamaged("The backup is damaged.") from error
        _read_to_the_end(reader)
    return contents


def _read_to_the_end(source: io.BufferedIOBase) -> None:
    """Read what is left: a file that was cut short behind its last file is cut short all the same."""
    while source.read(_CHUNK):
        pass


def unpack(source: Path, code: str, folder: Path, progress: Progress = quiet) -> tuple[Header, Contents]:
    """Unpack with the recovery code; raise CodeMistyped, WrongCode, BackupDamaged, NotABackup."""
    header = header_of(source)
    return header, read_backup(source, open_key(header, code), folder, progress)


def header_of(source: Path) -> Header:
    """Return what a file says of itself; raise NotABackup."""
    with source.open("rb") as opened:
        return read_header(opened)


def sha256_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _add(tar: tarfile.TarFile, name: str, size: int, source: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    tar.addfile(entry, source)


def _take_out(tar: tarfile.TarFile, folder: Path, progress: Progress) -> Contents:
    first = tar.next()
    listed = tar.extractfile(first) if first is not None and first.name == CONTENTS else None
    if listed is None:
        raise BackupDamaged("The backup is damaged: its list is missing.")
    said = orjson.loads(listed.read())
    contents = Contents(
        {name: (int(size), str(digest)) for name, (size, digest) in said["files"].items()}, said["notes"]
    )
    for number, (name, (size, digest)) in enumerate(contents.files.items()):
        progress("read", number / len(contents.files))
        entry = tar.next()
        if entry is None or entry.name != name or entry.size != size or not entry.isreg() or not is_plain(name):
            raise BackupDamaged("The backup is damaged: a file is missing in it.")
        _write(cast("BinaryIO", tar.extractfile(entry)), folder / name, digest)
    return contents


def is_plain(name: str) -> bool:
    """Tell whether `name` is a file's name and nothing more."""
    return bool(name) and not name.startswith(".") and all(letter.isalnum() or letter in "._-" for letter in name)


def _write(source: BinaryIO, target: Path, digest: str) -> None:
    seen = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        while chunk := source.read(_CHUNK):
            seen.update(chunk)
            opened.write(chunk)
        opened.flush()
        os.fsync(opened.fileno())  # a restore moves it in: after a power cut it must not be a name without content
    if seen.hexdigest() != digest:
        raise BackupDamaged(f"The backup is damaged: {target.name} is not what was written.")

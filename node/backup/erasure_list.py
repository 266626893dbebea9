"""The list of erasures as a file: beside the database, in every folder with backups.

One line for each record: kind, id, when, with tabs between them. A file that was written twice or joined from two
is still a list, and an older program skips lines that it does not understand.

Rule: the list only grows. A file that lacks an entry never takes it from another.
"""

from collections.abc import Iterable
from pathlib import Path

from node.backup.places import list_name
from node.core.erasures import KIND_LENGTH_MAX, RECORD_LENGTH_MAX, Entry
from shared import whole_files
from shared.backup import places
from shared.time import from_wire, to_wire

FILE = "erased.list"
_HEAD = "# Stadtherz: records that were erased, by kind and id; no names. Please keep this file with the backups.\n"


def read(path: Path) -> set[Entry]:
    """Return the entries in the file at `path`; none if there is no file. Raises OSError if it cannot be read."""
    if not path.exists():
        return set()
    found = (_entry(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    return {entry for entry in found if entry is not None}


def keep(path: Path, entries: Iterable[Entry]) -> None:
    """Put `entries` into the file beside the database, whole or not at all; raise OSError."""
    standing = read(path)
    wanted = _joined(standing, entries)
    if path.exists() and wanted == standing:
        return
    whole_files.replace(path, _text(wanted).encode())


def put(folder: Path, whose: str, entries: Iterable[Entry]) -> None:
    """Put `entries` into a folder with backups; raise PlaceNotPossible."""
    places.refuse_unprepared(folder)
    target = folder / list_name(whose)
    try:
        standing = read(target)
    except OSError as error:
        raise places.PlaceNotPossible(folder, places.problem_of(error)) from error
    wanted = _joined(standing, entries)
    if not target.exists() or wanted != standing:
        places.put_text(_text(wanted), folder, list_name(whose))


def _joined(standing: Iterable[Entry], new: Iterable[Entry]) -> set[Entry]:
    """Return both, each record once: with the first time that it was erased."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in sorted({*standing, *new}, key=lambda entry: entry.erased_at):
        first.setdefault((entry.kind, entry.record_id), entry)
    return set(first.values())


def _text(entries: Iterable[Entry]) -> str:
    lines = [f"{entry.kind}\t{entry.record_id}\t{to_wire(entry.erased_at)}\n" for entry in sorted(entries)]
    return _HEAD + "".join(lines)


def _entry(line: str) -> Entry | None:
    parts = line.split("\t")
    if line.startswith("#") or len(parts) < 3:
        return None
    if not (0 < len(parts[0]) <= KIND_LENGTH_MAX and 0 < len(parts[1]) <= RECORD_LENGTH_MAX) or "\0" in line:
        return None  # spoiled on a stick; the hub would refuse every part of the list that has it
    try:
        return Entry(parts[0], parts[1], from_wire(parts[2].strip()))
    except ValueError:
        return None

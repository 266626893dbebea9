"""What this house says to the city's hub about backups and erasures; the hub cannot read the backups.

A backup goes in pieces and goes on where it was cut off: a house on a slow link sends for hours.
"""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import orjson

from node.core.erasures import Entry
from shared.backup.package import sha256_of
from shared.backup.snapshot import Progress, quiet
from shared.errors import Refusal
from shared.signed_calls import BODY_BYTES_MAX, Caller, CallRefused
from shared.time import from_wire, to_wire

PIECE_BYTES = BODY_BYTES_MAX // 4
LIST_PART = 1_000  # entries in one call
_BACKUPS, _ERASURES = "/anruf/sicherungen", "/anruf/loeschungen"
_ELSEWHERE = 409  # the hub has another number of bytes than the piece begins at


class NoBackupThere(Refusal):
    """The hub keeps no backup of this house."""


class Kept(NamedTuple):
    """A backup at the hub."""

    name: str
    received_at: str
    bytes: int
    sha256: str


def send_backup(caller: Caller, backup: Path, name: str, progress: Progress = quiet) -> None:
    """Bring a backup to the hub; raise CallRefused, HubUnreachable."""
    path, size = f"{_BACKUPS}/{quote(name)}", backup.stat().st_size
    sent = 0
    with backup.open("rb") as opened:
        while sent < size:
            progress("send", sent / size)
            opened.seek(sent)
            piece = opened.read(PIECE_BYTES)
            try:
                caller.call("POST", f"{path}?ab={sent}", piece)
                sent += len(piece)
            except CallRefused as refused:
                sent = _where_it_stands(refused, sent, size)
    caller.call("POST", f"{path}/fertig", orjson.dumps({"bytes": size, "sha256": sha256_of(backup)}))


def kept_backups(caller: Caller) -> list[Kept]:
    """Return what the hub keeps of this house, the latest first."""
    return [Kept(**one) for one in orjson.loads(caller.call("GET", _BACKUPS))]


def fetch_backup(caller: Caller, target: Path, progress: Progress = quiet) -> Kept:
    """Bring the latest backup from the hub to the new file `target`; raise NoBackupThere."""
    found = kept_backups(caller)
    if not found:
        raise NoBackupThere("The hub keeps no backup of this centre.")
    latest = found[0]
    with target.open("xb") as written:
        target.chmod(0o600)
        while (have := written.tell()) < latest.bytes:
            progress("fetch", have / latest.bytes)
            piece = caller.call("GET", f"{_BACKUPS}/{quote(latest.name)}?ab={have}&menge={PIECE_BYTES}")
            if not piece:
                break
            written.write(piece)
    return latest


def tell_erasures(caller: Caller, entries: list[Entry]) -> None:
    """Put entries on the hub's list."""
    for start in range(0, len(entries), LIST_PART):
        part = [[entry.kind, entry.record_id, to_wire(entry.erased_at)] for entry in entries[start : start + LIST_PART]]
        caller.call("POST", _ERASURES, orjson.dumps(part))


def hub_erasures(caller: Caller) -> list[Entry]:
    """Return the hub's whole list of this house."""
    found: list[Entry] = []
    while True:
        part = orjson.loads(caller.call("GET", f"{_ERASURES}?ab={len(found)}&menge={LIST_PART}"))
        found += [Entry(kind, record_id, from_wire(at)) for kind, record_id, at in part]
        if len(part) < LIST_PART:
            return found


def _where_it_stands(refused: CallRefused, sent: int, size: int) -> int:
    """Return how much the hub has; raise the refusal if it is about something else or nothing comes of it."""
    if refused.status != _ELSEWHERE:
        raise refused
    try:
        have = int(refused.said)
    except ValueError:
        raise refused from None
    if have == sent or not 0 <= have <= size:
        raise refused
    return have

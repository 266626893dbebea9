"""Who was revoked, outside the database: a restored backup must not let a centre in again that was shown the door.

One line for each: the centre, its public key (to tell by), when. After a restore a member whose admission is not later
than that is revoked again, whatever its key was then. A centre that was admitted anew since the backup has to be
admitted once more: rather one click too many than one centre.

Rule: the list only grows; a file without an entry takes none from another.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.network import members
from hub.network.models import Member
from shared import whole_files
from shared.backup.places import PlaceNotPossible, problem_of
from shared.database import Database
from shared.replication.ledger import Ledger
from shared.time import from_wire, to_wire

FILE = "revoked.list"
_LOG = logging.getLogger(__name__)
_HEAD = "# Stadtherz: centres that were revoked, by id and public key. Please keep this file with the backups.\n"


class Departure(NamedTuple):
    """A centre that was revoked."""

    centre_id: str
    public_key: str
    revoked_at: datetime


def in_database(session: Session) -> list[Departure]:
    """Return who is revoked now."""
    columns = (Member.centre_id, Member.public_key, Member.revoked_at)  # alone: an older program's table has them, too
    found = session.execute(select(*columns).where(Member.revoked_at.is_not(None)).order_by(Member.centre_id))
    return [Departure(one.centre_id, one.public_key, one.revoked_at) for one in found if one.revoked_at]


def read(file: Path) -> set[Departure]:
    """Return who stands in a file; nobody if there is none."""
    if not file.exists():
        return set()
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return {entry for entry in (_entry(line) for line in lines) if entry is not None}


def put(folder: Path, city: str, found: Iterable[Departure]) -> None:
    """Add to the list in a folder with backups; raise PlaceNotPossible."""
    try:
        keep(folder / _name(city), found)
    except OSError as error:
        raise PlaceNotPossible(folder, problem_of(error)) from error


def beside(backup: Path, city: str) -> set[Departure]:
    """Return who stands in the list that lies beside a backup."""
    return read(backup.parent / _name(city))


def keep(file: Path, found: Iterable[Departure]) -> None:
    """Add to a file, whole or not at all; raise OSError."""
    standing = read(file)
    wanted = standing | set(found)
    if file.exists() and wanted == standing:
        return
    lines = (f"{one.centre_id}\t{one.public_key}\t{to_wire(one.revoked_at)}\n" for one in sorted(wanted))
    whole_files.replace(file, "".join((_HEAD, *lines)).encode())


def apply(session: Session, found: Iterable[Departure], *, ledger: Ledger) -> list[str]:
    """Revoke again whom the database believes although they left later; return their ids."""
    again = []
    for one in sorted(found):
        member = session.get(Member, one.centre_id)
        if member is None or member.revoked_at is not None:
            continue
        if member.admitted_at <= one.revoked_at:
            members.revoke(session, one.centre_id, one.revoked_at, ledger=ledger)
            again.append(one.centre_id)
    return again


def catch_up(data_folder: Path, database: Database, ledger: Ledger) -> list[str]:
    """Revoke again whom the list beside the database names and the database believes; return their ids.

    So it is with a database that went back without `restore`: an upgrade that was rolled back, a copy by hand.
    """
    listed = read(data_folder / FILE)
    if not listed:
        return []
    with database.transaction() as session:
        again = apply(session, listed, ledger=ledger)
    if again:
        _LOG.warning("departures: the database had forgotten that these were revoked: %s", ", ".join(again))
    return again


def _name(city: str) -> str:
    return f"stadtherz-hub-{city}-revoked.list"


def _entry(line: str) -> Departure | None:
    parts = line.split("\t")
    if line.startswith("#") or len(parts) != 3:
        return None
    try:
        return Departure(parts[0], parts[1], from_wire(parts[2]))
    except ValueError:
        return None

"""The centres' backups as files in the data folder: taken in pieces, whole before they count, a few kept.

Rule: the hub cannot open them; it looks at the plain header alone, so that only backups of this centre lie here.
Rule: the last backup of a centre is never deleted, however old: the centre may be the one that burnt down.
"""

import os
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.backups.models import CentreBackup
from shared.backup.package import header_of, is_plain, sha256_of
from shared.backup.sealed_file import BackupDamaged, NotABackup
from shared.errors import Refusal
from shared.whole_files import sync_folder

FOLDER = "backups"
NAME_LENGTH_MAX = 100
PARTS_KEPT_S = 3 * 24 * 3600  # a house on a slow link goes on where it was cut off
_PART = ".part"


class NotTaken(Refusal):
    """`reason` (name, elsewhere, quota, damaged, foreign, missing) in a word; `have` is where a piece would fit."""

    def __init__(self, reason: str, have: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.have = reason, have


class Shelf:
    """The files of one centre."""

    def __init__(self, data_folder: Path, city: str, centre_id: str) -> None:
        self._folder, self._city, self._centre = data_folder / FOLDER / centre_id, city, centre_id

    def add_piece(self, session: Session, name: str, at: int, piece: bytes, bytes_max: int) -> None:
        """Put a piece at its place; raise NotTaken."""
        part = self._part(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not part.exists():
            self._forget_parts()  # a house sends one at a time; many that were begun would each fill the quota
        have = part.stat().st_size if part.exists() else 0
        if at == 0 and have:
            part.unlink()
            have = 0
        if at != have:
            raise NotTaken("elsewhere", have)
        if have + len(piece) > bytes_max:
            part.unlink(missing_ok=True)
            raise NotTaken("quota")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            with os.fdopen(descriptor, "ab") as opened:
                opened.write(piece)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise NotTaken("quota") from error

    def finish(self, session: Session, name: str, size: int, digest: str, now: datetime) -> CentreBackup:
        """Let a backup count that has come as a whole; raise NotTaken."""
        standing = session.get(CentreBackup, (self._centre, name))
        if standing is not None and standing.sha256 == digest and self.path(name).exists():
            return standing
        part = self._part(name)
        if not part.exists() or part.stat().st_size != size or sha256_of(part) != digest:
            part.unlink(missing_ok=True)
            raise NotTaken("damaged")
        try:
            header = header_of(part)
        except (NotABackup, BackupDamaged) as error:
            part.unlink()
            raise NotTaken("foreign") from error
        if (header.kind, header.city, header.place) != ("node", self._city, self._centre):
            part.unlink()
            raise NotTaken("foreign")
        with part.open("rb") as opened:
            os.fsync(opened.fileno())
        part.replace(self.path(name))
        sync_folder(self._folder)
        return session.merge(
            CentreBackup(
                centre_id=self._centre, name=name, made_at=header.made_at, received_at=now, bytes=size, sha256=digest
            )
        )

    def kept(self, session: Session) -> list[CentreBackup]:
        """Return what lies here, what came last first; files that were lost with a disk are not told of."""
        query = select(CentreBackup).where(CentreBackup.centre_id == self._centre)
        found = session.scalars(query.order_by(CentreBackup.received_at.desc(), CentreBackup.name.desc()))
        return [one for one in found if self.path(one.name).exists()]

    def prune(self, session: Session, count_max: int, bytes_max: int) -> list[str]:
        """Delete what is more than `count_max`, or more than `bytes_max` together; return the names."""
        gone, total = [], 0
        for place, one in enumerate(self.kept(session)):
            total += one.bytes
            if place and (place >= count_max or total > bytes_max):
                self.path(one.name).unlink(missing_ok=True)
                session.delete(one)
                gone.append(one.name)
        return gone

    def read(self, name: str, at: int, count: int) -> bytes:
        """Return a piece of a backup; raise NotTaken("missing")."""
        if not self.path(name).exists():
            raise NotTaken("missing")
        with self.path(name).open("rb") as opened:
            opened.seek(at)
            return opened.read(count)

    def path(self, name: str) -> Path:
        """Return where a backup lies; raise NotTaken for what is no file's name."""
        if not is_plain(name) or not name.isascii() or len(name) > NAME_LENGTH_MAX:
            raise NotTaken("name")
        return self._folder / name

    def _forget_parts(self) -> None:
        for part in self._folder.glob(f".*{_PART}"):
            part.unlink(missing_ok=True)

    def _part(self, name: str) -> Path:
        return self.path(name).with_name(f".{name}{_PART}")


def sweep(data_folder: Path) -> int:
    """Delete pieces that nobody goes on with; return how many."""
    old = [
        part
        for part in (data_folder / FOLDER).glob(f"*/.*{_PART}")
        if time.time() - part.stat().st_mtime > PARTS_KEPT_S
    ]
    for part in old:
        part.unlink(missing_ok=True)
    return len(old)

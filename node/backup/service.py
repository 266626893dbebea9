"""How the backups of this house stand: for its pages, and for whoever asks how old the last one is."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from node.backup.models import MADE, BackupRun, RecoveryKey
from shared.backup import recovery_code

OLD_AFTER = timedelta(days=3)  # a weekend and one night that failed
RUNS_KEPT = timedelta(days=400)
WORRIES = {
    "no_key": _l("Backups are not set up yet: there is no recovery code."),
    "none": _l("There is no backup yet."),
    "old": _l("The last backup is older than three days."),
}


class Standing(NamedTuple):
    """`made_at` is the as-of of the last good backup, None without one; `worry` is "", "no_key", "none" or "old"."""

    made_at: datetime | None
    worry: str

    @property
    def words(self) -> Any:
        """The worry as a sentence, for the lead."""
        return WORRIES[self.worry]


def standing(session: Session, now: datetime) -> Standing:
    """Return how the backups stand at `now`."""
    made_at = last_good(session, now)
    if session.get(RecoveryKey, 1) is None:
        return Standing(made_at, "no_key")
    if made_at is None:
        return Standing(None, "none")
    return Standing(made_at, "old" if now - made_at > OLD_AFTER else "")


def last_good(session: Session, now: datetime, place: str | None = None) -> datetime | None:
    """Return as of when the last backup is that came to a place (or to this one).

    One that a clock noted which ran ahead does not count: it would be the last one for years.
    """
    good = select(func.max(BackupRun.made_at)).where(BackupRun.problem == "", BackupRun.place != MADE)
    good = good.where(BackupRun.made_at <= now)
    return session.scalar(good.where(BackupRun.place == place) if place else good)


def last_run(session: Session, now: datetime, place: str) -> BackupRun | None:
    """Return what became of the last backup at a place."""
    newest = select(BackupRun).where(BackupRun.place == place, BackupRun.made_at <= now)
    return session.scalars(newest.order_by(BackupRun.made_at.desc(), BackupRun.id.desc()).limit(1)).first()


def note_runs(session: Session, runs: list[BackupRun], now: datetime) -> None:
    """Keep what became of a backup, and forget what is long ago."""
    session.execute(delete(BackupRun).where(BackupRun.made_at < now - RUNS_KEPT))
    session.add_all(runs)


def recovery_key(session: Session) -> RecoveryKey | None:
    """Return the key that backups are made for."""
    return session.get(RecoveryKey, 1)


def set_up(session: Session, now: datetime) -> str:
    """Make a new recovery code, keep its public half, and return the code: it is shown once.

    Backups that were made before can only be opened with the code before.
    """
    code = recovery_code.new_code()
    key = session.get(RecoveryKey, 1) or RecoveryKey(id=1)
    key.public, key.made_at, key.checked_at = recovery_code.public_of(code), now, None
    session.add(key)
    return code


def check_code(session: Session, typed: str, now: datetime) -> bool:
    """Tell whether a code opens the backups that are made now, and note that somebody had it; raise CodeMistyped."""
    key = session.get(RecoveryKey, 1)
    fits = key is not None and recovery_code.public_of(typed) == key.public
    if fits and key is not None:
        key.checked_at = now
    return fits

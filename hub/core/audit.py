"""The log of what staff change at the hub; `shared.web.audit` writes it.

What arrives from the houses is not in it: the houses have logs of their own. Nor is what the hub
does by itself; ingest and jobs are not slowed by it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, event, insert
from sqlalchemy.orm import Session

from hub.core.db import Base
from shared.database import Database
from shared.web import actors
from shared.web import audit as log
from shared.web.actors import Actor, ActorKind
from shared.web.audit import AuditColumns, Recorder, Wanted, build, entry_row

__all__ = ["AuditEntry", "Wanted", "build", "entries", "note", "watch"]
_BY_ITSELF = (ActorKind.JOB, ActorKind.PROGRAM, ActorKind.VISITOR, ActorKind.DEVICE)


class AuditEntry(AuditColumns, Base):
    pass


event.listen(Base.metadata, "after_create", build)


class _OfThePeopleHere:
    """Personal data at the hub are the names of those who work for it, and what keeps their accounts."""

    _COLUMNS: dict[str, frozenset[str]] = {  # noqa: RUF012 (never changed)
        "accounts": frozenset({"name", "name_key", "password_hash"}),
        "second_factors": frozenset({"sealed"}),
        "recovery_codes": frozenset({"code_hash"}),
    }

    def personal_columns(self, table: str) -> frozenset[str]:
        return self._COLUMNS.get(table, frozenset())


def watch(database: Database, clock: Callable[[], datetime], actor: Callable[[], Actor] = actors.present) -> None:
    """Note from here on what people change through sessions of `database`."""
    Recorder(AuditEntry, clock, actor, _OfThePeopleHere(), unheard=_BY_ITSELF).watch(database)


def note(session: Session, action: str, table: str, record_id: str, now: datetime) -> None:
    """Note a deed that goes past the objects of the session: what a person decides about a link's own books."""
    row = {**entry_row(actors.present(), action, table, record_id, now), "about_people": False}
    session.execute(insert(AuditEntry).values(row))


def entries(wanted: Wanted) -> Select[Any]:
    """Return the query for what is `wanted`, the newest first."""
    return log.entries(AuditEntry, wanted)

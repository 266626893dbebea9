"""Looks at personal data, deeds that change no row, and the log read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, after_this_request
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from node.core import actors
from node.core.actors import Actor
from node.core.audit.models import AuditEntry
from node.core.db import reading, transaction
from shared.time import now as present_time
from shared.time import to_wire

LOOKED = "looked"


@dataclass(frozen=True)
class Wanted:
    """What to look for in the log; what is None or '' does not narrow it. `since` and `until` are half-open."""

    actor: Actor | None = None
    table: str = ""
    record_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    about_people: bool | None = None


def note_look(kind: str, record_id: str) -> None:
    """Note that whoever asks for this page looked at the personal data of one record; call it in the view.

    `kind` is the name of the record's table ("bookings"). The entry is written when the answer
    is ready (and is no error), in a transaction of its own, so the view may be inside one. Looks
    at the same record within one hour are one entry.
    """

    @after_this_request
    def note(response: Response) -> Response:
        if response.status_code < 400:
            _note_look(actors.present(), kind, record_id, present_time())
        return response


def _note_look(actor: Actor, kind: str, record_id: str, now: datetime) -> None:
    key = f"{actor.kind}:{actor.id}:{kind}:{record_id}:{to_wire(now)[:13]}"
    with reading() as session:  # most looks are not the first: they shall not wait for a writer
        if session.scalar(select(AuditEntry.id).where(AuditEntry.look_key == key)) is not None:
            return
    row = {**_row(actor, LOOKED, kind, record_id, now), "about_people": True, "look_key": key}
    with transaction() as session:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(AuditEntry).values(row).on_conflict_do_nothing(index_elements=["look_key"]))


def note(session: Session, action: str, table: str, record_id: str, *, now: datetime, **said: Any) -> None:
    """Note a deed that changes no row of its own: an export, an erasure. `said` must not be personal."""
    row = {**_row(actors.present(), action, table, record_id, now), "about_people": True, "changes": said}
    session.execute(insert(AuditEntry).values(row))


def _row(actor: Actor, action: str, table: str, record_id: str, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor_kind": str(actor.kind),
        "actor_id": actor.id,
        "action": action,
        "table_name": table,
        "record_id": record_id,
        "changes": {},
        "look_key": None,
    }


def history(session: Session, table: str, record_id: str, limit: int = 100) -> Sequence[AuditEntry]:
    """Return what happened to one record, the newest first."""
    return session.scalars(entries(Wanted(table=table, record_id=record_id)).limit(limit)).all()


def entries(wanted: Wanted) -> Select[Any]:
    """Return the query for what is `wanted`, the newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if wanted.actor is not None:
        query = query.where(AuditEntry.actor_kind == str(wanted.actor.kind), AuditEntry.actor_id == wanted.actor.id)
    if wanted.table:
        query = query.where(AuditEntry.table_name == wanted.table)
    if wanted.record_id:
        query = query.where(AuditEntry.record_id == wanted.record_id)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if wanted.about_people is not None:
        query = query.where(AuditEntry.about_people == wanted.about_people)
    return query


def forget_before(session: Session, before: datetime) -> int:
    """Delete entries older than `before`; the database refuses it for those of the last 90 days."""
    return len(session.execute(delete(AuditEntry).where(AuditEntry.at < before).returning(AuditEntry.id)).all())

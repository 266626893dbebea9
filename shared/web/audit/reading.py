"""The log read again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from shared.web.actors import Actor
from shared.web.audit.columns import AuditColumns


@dataclass(frozen=True)
class Wanted:
    """What to look for in the log; what is None or '' does not narrow it. `since` and `until` are half-open."""

    actor: Actor | None = None
    table: str = ""
    record_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    about_people: bool | None = None


def entries(kind: type[AuditColumns], wanted: Wanted) -> Select[Any]:
    """Return the query for what is `wanted` of the log `kind`, the newest first."""
    query = select(kind).order_by(kind.id.desc())
    if wanted.actor is not None:
        query = query.where(kind.actor_kind == str(wanted.actor.kind), kind.actor_id == wanted.actor.id)
    if wanted.table:
        query = query.where(kind.table_name == wanted.table)
    if wanted.record_id:
        query = query.where(kind.record_id == wanted.record_id)
    if wanted.since is not None:
        query = query.where(kind.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(kind.at < wanted.until)
    if wanted.about_people is not None:
        query = query.where(kind.about_people == wanted.about_people)
    return query


def entry_row(actor: Actor, action: str, table: str, record_id: str, now: datetime) -> dict[str, Any]:
    """Return the columns of an entry in which nothing was changed."""
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

"""Looks at personal data, deeds that change no row, and the log read again."""

import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Response, after_this_request, current_app
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from node.core.audit.models import AuditEntry
from node.core.db import reading, transaction
from shared.storage import trouble_of
from shared.time import now as present_time
from shared.time import to_wire
from shared.web import actors
from shared.web import audit as shared_log
from shared.web.actors import Actor
from shared.web.audit import Wanted, entry_row

LOOKED = "looked"
LOOKS_WAITING_MAX = 2_000  # a busy day's; they wait in memory while the disk takes nothing
_WAITING = "stadtherz.audit.looks"
_LOG = logging.getLogger(__name__)


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
    _keep_looks([{**entry_row(actor, LOOKED, kind, record_id, now), "about_people": True, "look_key": key}])


def _keep_looks(rows: list[dict[str, Any]]) -> None:
    """Write looks, and those before that a full disk did not take: it keeps nobody from reading the day's bookings."""
    waiting: deque[dict[str, Any]] = current_app.extensions.setdefault(_WAITING, deque(maxlen=LOOKS_WAITING_MAX))
    waiting.extend(rows)
    taken = list(waiting)
    try:
        with transaction() as session:
            dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
            for row in taken:
                statement = dialect.insert(AuditEntry).values(row)
                session.execute(statement.on_conflict_do_nothing(index_elements=["look_key"]))
    except DBAPIError as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        _LOG.warning("%d looks are not in the log yet: %s", len(waiting), trouble)
        return
    for row in taken:
        with suppress(ValueError):  # another request may have written it, too
            waiting.remove(row)


def note(session: Session, action: str, table: str, record_id: str, *, now: datetime, **said: Any) -> None:
    """Note a deed that changes no row of its own: an export, an erasure. `said` must not be personal."""
    row = {**entry_row(actors.present(), action, table, record_id, now), "about_people": True, "changes": said}
    session.execute(insert(AuditEntry).values(row))


def history(session: Session, table: str, record_id: str, limit: int = 100) -> Sequence[AuditEntry]:
    """Return what happened to one record, the newest first."""
    return session.scalars(entries(Wanted(table=table, record_id=record_id)).limit(limit)).all()


def entries(wanted: Wanted) -> Select[Any]:
    """Return the query for what is `wanted`, the newest first."""
    return shared_log.entries(AuditEntry, wanted)


def forget_before(session: Session, before: datetime) -> int:
    """Delete entries older than `before`; the database refuses it for those of the last 90 days."""
    return len(session.execute(delete(AuditEntry).where(AuditEntry.at < before).returning(AuditEntry.id)).all())

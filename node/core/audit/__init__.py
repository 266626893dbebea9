"""The audit log of a house: it writes itself, and nobody can rewrite it.

`shared.web.audit` notes what sessions write, `service` notes looks at personal data and reads
the log again, `models` is its table. Features have nothing to do but this: a view that shows the
personal data of one record calls `audit.note_look("bookings", booking.id)`, and a page may
show `audit.history(session, "bookings", booking.id)`.

A column that says nothing (`last_used_at`) is left out by `mapped_column(..., info={"quiet": True})`,
a table by `__audited__ = False` in its class. Tables about those who work here have
`__about_people__ = True`: only who runs the house reads what happened to them.
"""

from collections.abc import Callable
from datetime import datetime

from node.core.audit.models import AuditEntry
from node.core.audit.service import entries, forget_before, history, note, note_look
from node.core.privacy import Registry
from shared.database import Database
from shared.web.actors import Actor
from shared.web.audit import Recorder, Wanted, build

__all__ = [
    "AuditEntry",
    "Wanted",
    "build",
    "entries",
    "forget_before",
    "history",
    "note",
    "note_look",
    "watch",
]


def watch(
    database: Database, clock: Callable[[], datetime], actor: Callable[[], Actor], registry: Registry | None
) -> None:
    """Note from here on what sessions of `database` write; see `shared.web.audit.Recorder`."""
    Recorder(AuditEntry, clock, actor, registry).watch(database)

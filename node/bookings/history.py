"""What happened to a booking, in words: from the audit log, the newest first.

Rule: values of personal columns are not in the log, so they cannot be here either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings.labels import KINDS, STATES
from node.bookings.models import Booking
from node.core import audit
from node.core.accounts import Account
from shared.time import from_wire
from shared.web.actors import ActorKind
from shared.web.filters import local_datetime

FIELDS: Mapping[str, Any] = {
    "space_id": _l("space"),
    "starts_at": _l("beginning"),
    "ends_at": _l("end"),
    "kind": _l("kind"),
    "state": _l("state"),
    "title": _l("title"),
    "contact_name": _l("contact"),
    "contact_phone": _l("contact"),
    "contact_email": _l("contact"),
    "tenant_id": _l("group"),
    "persons": _l("number of people"),
    "note": _l("note"),
    "reason": _l("reason"),
    "overruled": _l("rule set aside"),
}
TOLD = ("space_id", "starts_at", "ends_at", "kind", "state")  # with before and after


@dataclass(frozen=True)
class Step:
    """One entry: when, by whom, and what in words."""

    at: datetime
    who: str
    what: str
    details: tuple[str, ...] = ()


def of_booking(session: Session, booking: Booking, space_names: Mapping[str, str]) -> list[Step]:
    """Return the steps of a booking; a node that came from before the log shows what the booking itself knows."""
    entries = [entry for entry in audit.history(session, "bookings", booking.id) if entry.action != "looked"]
    names = _names(session, {entry.actor_id for entry in entries})
    steps = [
        Step(entry.at, _who(entry, names), _what(entry), tuple(_details(entry.changes, space_names)))
        for entry in entries
    ]
    return [step for step in steps if step.what]


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    rows = session.scalars(select(Account).where(Account.id.in_(tuple(ids))))
    return {account.id: account.name for account in rows}


def _who(entry: audit.AuditEntry, names: Mapping[str, str]) -> str:
    if entry.actor_kind == ActorKind.ACCOUNT:
        return str(names.get(entry.actor_id, _("somebody who no longer works here")))
    if entry.actor_kind == ActorKind.VISITOR:
        return str(_("a visitor of the public pages"))
    return str(_("the program"))


def _what(entry: audit.AuditEntry) -> str:
    if entry.action == "created":
        return str(_("Taken down"))
    state = (entry.changes or {}).get("state")
    if state:
        return str(STATES.get(state[1], state[1]))
    changed = dict.fromkeys(str(FIELDS[name]) for name in entry.changes if name in FIELDS)
    return str(_("Changed: %(fields)s", fields=", ".join(changed))) if changed else ""


def _details(changes: Mapping[str, Any], space_names: Mapping[str, str]) -> Iterable[str]:
    for name in TOLD:
        values = changes.get(name)
        if name != "state" and isinstance(values, list) and len(values) == 2 and values[0] and values[1]:
            before, after = (_value(name, value, space_names) for value in values)
            yield f"{FIELDS[name]}: {before} → {after}"


def _value(name: str, value: Any, space_names: Mapping[str, str]) -> str:
    if name == "space_id":
        return space_names.get(value, value)
    if name == "kind":
        return str(KINDS.get(value, value))
    return local_datetime(from_wire(value))

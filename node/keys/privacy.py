"""Who had a key, who opened and closed: how long names stay, how they are found and forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from node.core.privacy import Finding, PersonalData, matches
from node.keys.models import KeyHandover, KeyRing, Opening
from shared.errors import Refusal

KEEP_DAYS = 90  # a quarter: until somebody notices that a copy was made, or a window left open
_HOLDER = ("holder_name", "holder_phone")
_NOTED = ("opened_by", "closed_by", "note")


class KeyStillOut(Refusal):
    """The key is not back yet: whoever has it is asked for it first."""


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the handovers with the needle in who had the key."""
    query = (
        select(KeyHandover, KeyRing.label)
        .join(KeyRing, KeyRing.id == KeyHandover.key_id)
        .where(matches(needle, KeyHandover.holder_name, KeyHandover.holder_phone))
        .order_by(KeyHandover.given_at.desc())
    )
    return [
        Finding(HANDOVERS.key, found.id, found.holder_name, label, found.given_at)
        for found, label in session.execute(query)
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about a handover."""
    found = session.get(KeyHandover, record_id)
    if found is None:
        return {}
    key = session.get(KeyRing, found.key_id)
    times = {name: getattr(found, name) for name in ("given_at", "due_at", "returned_at")}
    return {
        "key": key.label if key else "",
        **{name: getattr(found, name) for name in _HOLDER},
        **{name: time.isoformat() if time else None for name, time in times.items()},
    }


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget who had the key. Raises KeyStillOut."""
    found = session.get(KeyHandover, record_id)
    if found is None:
        return
    if found.returned_at is None:
        raise KeyStillOut
    _blank(found)


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget who had the keys that came back before `before`; return how many."""
    named = or_(KeyHandover.holder_name != "", KeyHandover.holder_phone != "", KeyHandover.tenant_id.is_not(None))
    found = session.scalars(select(KeyHandover).where(KeyHandover.returned_at < before, named)).all()
    for handover in found:
        _blank(handover)
    return len(found)


def find_openings(session: Session, needle: str) -> Sequence[Finding]:
    """Return the log entries with the needle in who opened or closed, or in the note."""
    columns = (getattr(Opening, name) for name in _NOTED)
    return [
        Finding(OPENINGS.key, found.booking_id, found.opened_by or found.closed_by, "", found.opened_at)
        for found in session.scalars(select(Opening).where(matches(needle, *columns)))
    ]


def export_opening(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about an opening."""
    found = session.get(Opening, record_id)
    if found is None:
        return {}
    times = {"opened_at": found.opened_at, "closed_at": found.closed_at}
    said = {name: getattr(found, name) for name in _NOTED}
    return said | {name: time.isoformat() if time else None for name, time in times.items()}


def erase_opening(session: Session, record_id: str, now: datetime) -> None:
    """Forget who opened and closed; the times stay."""
    found = session.get(Opening, record_id)
    if found is not None:
        _forget(found)


def expire_openings(session: Session, before: datetime, now: datetime) -> int:
    """Forget who opened and closed before `before`; return how many."""
    named = or_(*(getattr(Opening, name) != "" for name in _NOTED))
    last = func.coalesce(Opening.closed_at, Opening.opened_at)
    found = session.scalars(select(Opening).where(last < before, named)).all()
    for opening in found:
        _forget(opening)
    return len(found)


def _blank(handover: KeyHandover) -> None:
    handover.holder_name = handover.holder_phone = ""
    handover.tenant_id = None


def _forget(opening: Opening) -> None:
    for name in _NOTED:
        setattr(opening, name, "")


HANDOVERS = PersonalData(
    key="key_handovers",
    label=_l("Key handovers"),
    counts_from=_l("the day on which the key came back"),
    kept=_l("That the key was out, and when, stays."),
    why_not={KeyStillOut: _l("The key is still out. Please take it back first.")},
    retention_days=KEEP_DAYS,
    columns={KeyHandover: (*_HOLDER, "tenant_id")},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)
OPENINGS = PersonalData(
    key="openings",
    label=_l("Opened and closed by groups"),
    counts_from=_l("the closing"),
    kept=_l("When the house was opened and closed stays."),
    retention_days=KEEP_DAYS,
    columns={Opening: _NOTED},
    find=find_openings,
    export=export_opening,
    erase=erase_opening,
    expire=expire_openings,
)

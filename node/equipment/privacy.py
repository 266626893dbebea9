"""Who borrowed something: how long the name stays, how it is found and forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from node.core.privacy import Finding, PersonalData, matches
from node.equipment.models import Reservation
from shared.errors import Refusal

KEEP_DAYS = 30  # long enough to ask about what came back broken
_PERSONAL = ("lent_to", "contact", "note")


class StillOut(Refusal):
    """The thing is not back yet: whoever has it is asked for it first."""


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the lendings with the needle in the name, the contact or the note."""
    query = (
        select(Reservation)
        .where(matches(needle, Reservation.lent_to, Reservation.contact, Reservation.note))
        .options(joinedload(Reservation.item))
        .order_by(Reservation.starts_at.desc())
    )
    return [
        Finding(LENDINGS.key, found.id, found.lent_to, found.item.name, found.starts_at)
        for found in session.scalars(query)
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about a lending."""
    found = session.get(Reservation, record_id, options=[joinedload(Reservation.item)])
    if found is None:
        return {}
    times = {name: getattr(found, name) for name in ("starts_at", "ends_at", "given_out_at", "returned_at")}
    return {
        "item": found.item.name,
        "count": found.count,
        **{name: getattr(found, name) for name in _PERSONAL},
        **{name: time.isoformat() if time else None for name, time in times.items()},
    }


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget who had it; that it was lent stays. Raises StillOut."""
    found = session.get(Reservation, record_id)
    if found is None:
        return
    if found.is_out:
        raise StillOut
    if found.is_lending and found.given_out_at is None and found.ends_at > now:
        session.delete(found)  # nobody will fetch it
    else:
        _blank(found)
    session.flush()


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget who had what came back, or was never fetched, before `before`; return how many."""
    over = or_(Reservation.returned_at < before, and_(Reservation.given_out_at.is_(None), Reservation.ends_at < before))
    named = or_(*(getattr(Reservation, name) != "" for name in _PERSONAL))
    found = session.scalars(select(Reservation).where(Reservation.booking_id.is_(None), over, named)).all()
    for lending in found:
        _blank(lending)
    return len(found)


def _blank(lending: Reservation) -> None:
    for name in _PERSONAL:
        setattr(lending, name, "")


LENDINGS = PersonalData(
    key="lendings",
    label=_l("Lent equipment"),
    counts_from=_l("the day on which it came back"),
    kept=_l("What was lent when stays, for the statistics."),
    retention_days=KEEP_DAYS,
    columns={Reservation: _PERSONAL},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)

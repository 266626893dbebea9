"""Whom the centres erased: their lists, kept where no backup of a centre can forget them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.backups.models import CentreErasure
from shared.time import from_wire, to_wire

KIND_LENGTH_MAX, RECORD_LENGTH_MAX = 40, 200


def read_entries(said: object) -> list[tuple[str, str, datetime]]:
    """Return the entries of a call; raise ValueError if they are not what they should be."""
    if not isinstance(said, list):
        raise ValueError("not a list")  # noqa: TRY004 (it is somebody else's value that is wrong)
    return [_entry(one) for one in said]


def add(session: Session, centre_id: str, entries: Iterable[tuple[str, str, datetime]]) -> int:
    """Put entries on a centre's list; return how many were new. The list only grows."""
    new = 0
    for kind, record_id, erased_at in entries:
        if session.get(CentreErasure, (centre_id, kind, record_id)) is None:
            session.add(CentreErasure(centre_id=centre_id, kind=kind, record_id=record_id, erased_at=erased_at))
            session.flush()
            new += 1
    return new


def of_centre(session: Session, centre_id: str, at: int, count: int) -> list[tuple[str, str, str]]:
    """Return a part of a centre's list."""
    query = select(CentreErasure).where(CentreErasure.centre_id == centre_id)
    found = session.scalars(query.order_by(CentreErasure.kind, CentreErasure.record_id).offset(at).limit(count))
    return [(one.kind, one.record_id, to_wire(one.erased_at)) for one in found]


def _entry(said: object) -> tuple[str, str, datetime]:
    if not isinstance(said, list) or len(said) != 3 or not all(isinstance(part, str) for part in said):
        raise ValueError("not an entry")
    kind, record_id, erased_at = said
    fits = 0 < len(kind) <= KIND_LENGTH_MAX and 0 < len(record_id) <= RECORD_LENGTH_MAX
    if not fits or "\0" in kind + record_id:
        raise ValueError("not an entry")
    return kind, record_id, from_wire(erased_at)

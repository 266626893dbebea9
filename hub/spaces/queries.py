"""What other rooms ask about the spaces of a house."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.spaces.models import Space

_SHOWN = ("id", "name", "kind", "parent_id", "capacity", "accessibility", "description", "bookable")


def spaces_of(session: Session, centre_id: str) -> Sequence[Row[Any]]:
    """Return the spaces of a centre in its own order."""
    columns = [getattr(Space, name) for name in _SHOWN]
    query = select(*columns).where(Space.centre_id == centre_id)
    return session.execute(query.order_by(Space.rank, Space.name, Space.id)).all()


def name_of(session: Session, centre_id: str, space_id: str | None) -> str:
    """Return the name of a space, '' if the hub does not have it."""
    if space_id is None:
        return ""
    return session.scalar(select(Space.name).where(Space.centre_id == centre_id, Space.id == space_id)) or ""

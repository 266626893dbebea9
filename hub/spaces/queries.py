"""What other rooms ask about the spaces of a house."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.spaces.models import Space, SpaceHours
from shared.records.spaces import Seating

READ = (
    "centre_id", "id", "name", "kind", "parent_id", "capacity", "accessibility", "features", "bookable", "rank",
    "buffer_before_min", "buffer_after_min", "notice_hours", "length_max_min", "is_guest_space", "host_building",
    "self_managed", *(f"capacity_{seating}" for seating in Seating),
)  # fmt: skip
_HOURS = ("weekday", "opens_local", "closes_local", "valid_from", "valid_until")


def spaces_of_many(session: Session, centre_ids: Collection[str] | None) -> Sequence[Row[Any]]:
    """Return what rules read of the spaces of these centres (None: of all), by centre in its own order."""
    query = select(*(getattr(Space, name) for name in READ)).order_by(Space.centre_id, Space.rank, Space.name, Space.id)
    return session.execute(query if centre_ids is None else query.where(Space.centre_id.in_(centre_ids))).all()


def guest_hours_of_many(session: Session, centre_ids: Collection[str] | None) -> Sequence[Row[Any]]:
    """Return the hours of the guest spaces of these centres (None: of all)."""
    query = select(*(getattr(SpaceHours, name) for name in ("centre_id", "space_id", *_HOURS)))
    return session.execute(query if centre_ids is None else query.where(SpaceHours.centre_id.in_(centre_ids))).all()


def description_of(session: Session, centre_id: str, space_id: str) -> str:
    """Return what the house says of a space, '' if the hub does not have it."""
    query = select(Space.description).where(Space.centre_id == centre_id, Space.id == space_id)
    return session.scalar(query) or ""


PUBLIC = (
    "id", "centre_id", "name", "kind", "parent_id", "capacity", "capacity_rows", "capacity_tables", "capacity_circle",
    "capacity_standing", "accessibility", "features", "description", "bookable", "is_guest_space", "host_building",
    "self_managed",
)  # fmt: skip


def listed(session: Session, centre_ids: Collection[str], *, capacity_min: int = 0) -> Sequence[Row[Any]]:
    """Return what the public may know of the spaces of these centres, in each house's own order."""
    columns = [getattr(Space, name) for name in PUBLIC]
    query = select(*columns).where(Space.centre_id.in_(centre_ids), Space.capacity >= capacity_min)
    return session.execute(query.order_by(Space.centre_id, Space.rank, Space.name, Space.id)).all()


def name_of(session: Session, centre_id: str, space_id: str | None) -> str:
    """Return the name of a space, '' if the hub does not have it."""
    if space_id is None:
        return ""
    return session.scalar(select(Space.name).where(Space.centre_id == centre_id, Space.id == space_id)) or ""

"""Calls about the house's spaces."""

from typing import Any

from sqlalchemy.orm import Session

from node.api.desk import allowed, calls
from node.api.shapes import entry_shape
from node.core.rights import Right
from node.spaces import service
from node.spaces.models import Space
from node.spaces.service import SpaceEntry
from shared.records.spaces import SPACES, SpaceSchema
from shared.web.shapes import columns_shape

api = calls("spaces", "Spaces form a tree: booking a hall books its halves, and the reverse.")

SpaceShown = columns_shape(Space, "Space", ("id", *SPACES.field_names))
SpaceGiven = entry_shape(SpaceEntry, "SpaceGiven", Space, SpaceSchema)


@api.get("")
@allowed()
@api.response(200, SpaceShown(many=True))
def spaces(session: Session) -> Any:
    """List all spaces, retired ones too, each whole before its parts."""
    return service.list_spaces(session)


@api.get("/<space_id>")
@allowed()
@api.response(200, SpaceShown)
def space(session: Session, space_id: str) -> Any:
    """Show a space."""
    return service.get_space(session, space_id)


@api.post("")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(SpaceGiven)
@api.response(201, SpaceShown)
def add(session: Session, entry: SpaceEntry) -> Any:
    """Add a space."""
    return service.add_space(session, entry)


@api.put("/<space_id>")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(SpaceGiven)
@api.response(200, SpaceShown)
def edit(session: Session, entry: SpaceEntry, space_id: str) -> Any:
    """Change a space; a tree that would put two bookings into one part is refused."""
    return service.edit_space(session, space_id, entry)


@api.post("/<space_id>/retirement")
@allowed(Right.ARRANGE_HOUSE)
@api.response(200, SpaceShown)
def retire(session: Session, space_id: str) -> Any:
    """Take a space out of use: it takes no new bookings, those it has stay."""
    return service.retire_space(session, space_id)


@api.delete("/<space_id>/retirement")
@allowed(Right.ARRANGE_HOUSE)
@api.response(200, SpaceShown)
def reopen(session: Session, space_id: str) -> Any:
    """Put a retired space to use again."""
    return service.reopen_space(session, space_id)

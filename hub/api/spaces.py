"""Calls about the spaces of the houses."""

from typing import Any

from flask import url_for
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from hub.api.desk import answered, as_dict, calls
from hub.centres import queries as centre_queries
from hub.network import queries as network_queries
from hub.spaces import queries
from hub.spaces.models import Space
from shared.records.spaces import CAPACITY_MAX
from shared.web.shapes import Shape, columns_shape

api = calls("spaces", "The rooms of all houses, guest spaces too.")

_WHERE: dict[str, Any] = {"centre": fields.String(), "district": fields.String(), "url": fields.URL()}
SpaceShown = columns_shape(Space, "Space", queries.PUBLIC, **_WHERE)


class SpaceList(Shape):
    items = fields.List(fields.Nested(SpaceShown))


class SpacesWanted(Shape):
    bezirk = fields.String(load_default="", metadata={"description": "Name of a district"})
    zentrum = fields.String(load_default="", metadata={"description": "Id of a house"})
    personen = fields.Integer(load_default=0, validate=validate.Range(0, CAPACITY_MAX))


@api.get("")
@api.arguments(SpacesWanted, location="query")
@api.response(200, SpaceList)
@answered(SpacesWanted)
def spaces(session: Session, asked: dict[str, Any]) -> Any:
    """List the spaces of all houses, of a district or of one house."""
    houses = {
        row.centre_id: row
        for row in centre_queries.listed(session)
        if asked["bezirk"] in ("", row.district) and asked["zentrum"] in ("", row.centre_id)
    }
    rows = queries.listed(session, houses.keys(), capacity_min=asked["personen"])
    gone = network_queries.revoked(session)
    return {"items": [_written(row, houses[row.centre_id], has_left=row.centre_id in gone) for row in rows]}


def _written(row: Any, house: Any, *, has_left: bool) -> dict[str, Any]:
    """Return a space as the API writes it; a house that left the network lets none."""
    url = url_for("calendar.house", centre_id=house.centre_id, _external=True)
    bookable = row.bookable and not has_left
    return {**as_dict(row), "bookable": bookable, "centre": house.name, "district": house.district, "url": url}

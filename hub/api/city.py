"""Calls about the city: its districts and quarters, the themes of its programme."""

from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from hub.api.desk import answered, calls
from hub.city import queries
from hub.themes import queries as theme_queries
from shared.web.shapes import Shape

api = calls("city", "What filters may name: districts, quarters, themes.")


class District(Shape):
    name = fields.String()
    quarters = fields.List(fields.String())


class DistrictList(Shape):
    items = fields.List(fields.Nested(District))


class Theme(Shape):
    key = fields.String()
    label_de = fields.String()
    label_en = fields.String()
    active = fields.Boolean(metadata={"description": "false: only older events carry it"})


class ThemeList(Shape):
    items = fields.List(fields.Nested(Theme))


@api.get("/districts")
@api.response(200, DistrictList)
@answered()
def districts(session: Session) -> Any:
    """List the districts with their quarters, in the city's order."""
    quarters: dict[str, list[str]] = {name: [] for name in queries.districts(session)}
    for part in queries.quarters(session):
        quarters.setdefault(part.district, []).append(part.quarter)
    return {"items": [{"name": name, "quarters": parts} for name, parts in quarters.items()]}


@api.get("/themes")
@api.response(200, ThemeList)
@answered()
def themes(session: Session) -> Any:
    """List the themes of the programme."""
    shown = ("key", "label_de", "label_en", "active")
    return {"items": [{name: getattr(row, name) for name in shown} for row in theme_queries.themes(session)]}

"""Calls about free time: which spaces are free when somebody wants one, or when next."""

from dataclasses import asdict
from typing import Any

from flask import request, url_for
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from hub.api.desk import answered, calls, day_wanted
from hub.finder import queries
from hub.finder.answers import Answer, Verdict, Why
from hub.finder.wishes import LENGTH_MIN, LENGTHS_MIN, WEEK, from_arguments
from shared.records.base import Instant
from shared.records.spaces import CAPACITY_MAX, Seating
from shared.time import now
from shared.web import zone
from shared.web.shapes import Shape

api = calls("free_spaces", "Free time in the rooms of all houses. An answer foretells and promises nothing.")

_SHOWN = (
    "centre_id", "centre", "district", "quarter", "space_id", "name", "kind", "verdict", "starts_at", "ends_at",
    "shift_min", "why", "seats", "features", "accessibility", "is_guest_space", "host_building", "notice_hours",
    "length_max_min", "as_of", "late",
)  # fmt: skip


class FreeSpace(Shape):
    """How a space answers. `why` says what is in the way at the wished time; `as_of` how old its house's data are."""

    centre_id = fields.String()
    centre = fields.String()
    district = fields.String()
    quarter = fields.String()
    space_id = fields.String()
    name = fields.String()
    kind = fields.String()
    verdict = fields.String(validate=validate.OneOf(list(Verdict)))
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    shift_min = fields.Integer(metadata={"description": "Minutes later than wished; negative: earlier"})
    why = fields.String(allow_none=True, validate=validate.OneOf(list(Why)))
    seats = fields.Integer(metadata={"description": "For how many people, 0: nobody said"})
    features = fields.List(fields.String())
    accessibility = fields.List(fields.String())
    is_guest_space = fields.Boolean()
    host_building = fields.String()
    notice_hours = fields.Integer()
    length_max_min = fields.Integer()
    as_of = Instant(allow_none=True)
    late = fields.Boolean()
    url = fields.URL()


class FreeSpaces(Shape):
    """A page of answers, the best first."""

    as_of = Instant()
    items = fields.List(fields.Nested(FreeSpace))
    page = fields.Integer()
    total = fields.Integer(metadata={"description": "All spaces that could answer"})
    free = fields.Integer(metadata={"description": "How many of them are free as wished"})
    time_zone = fields.String(metadata={"description": "The zone of `tag` and `von`; instants are in UTC."})


def _text(about: str) -> fields.String:
    return fields.String(load_default="", metadata={"description": about})


def _tick(about: str) -> fields.String:
    return fields.String(load_default="", validate=validate.OneOf(["", "1"]), metadata={"description": about})


class FreeSpacesWanted(Shape):
    """The wish, in the arguments of the room finder's page."""

    tag = day_wanted("The day, 2026-11-23; today if left out")
    tage = fields.Integer(load_default=1, validate=validate.Range(1, WEEK))
    von = fields.Time(format="%H:%M", load_default=None, metadata={"description": "From 18:30; any time if left out"})
    dauer = fields.Integer(
        load_default=LENGTH_MIN, validate=validate.Range(*LENGTHS_MIN), metadata={"description": "Minutes"}
    )
    personen = fields.Integer(load_default=0, validate=validate.Range(0, CAPACITY_MAX))
    bestuhlung = fields.String(load_default="", validate=validate.OneOf(["", *Seating]))
    bezirk = _text("Name of a district")
    umgebung = _tick("1: other districts may answer too")
    stadtteil = _text("Name of a quarter")
    zentrum = _text("Id of a house")
    art = _text("Kind of room")
    ausstattung = fields.List(fields.String(), load_default=[])
    barrierefrei = fields.List(fields.String(), load_default=[])
    nur_haus = _tick("1: without guest spaces")
    betreut = _tick("1: only while somebody of the house is there")
    seite = fields.Integer(load_default=1, validate=validate.Range(1, 1_000))


@api.get("")
@api.arguments(FreeSpacesWanted, location="query")
@api.response(200, FreeSpaces)
@answered(FreeSpacesWanted)
def free_spaces(session: Session, asked: dict[str, Any]) -> Any:
    """Tell which spaces are free as wished, nearly so, or when for the first time."""
    at = now().replace(second=0)  # the same answer for a minute
    wish = from_arguments(request.args, at.astimezone(zone()).date())
    found = queries.find(session, wish, at, zone(), page=asked["seite"])
    return {
        "as_of": at,
        "items": [_written(each) for each in found.answers],
        "page": found.page,
        "total": found.total,
        "free": found.free,
        "time_zone": str(zone()),
    }


def _written(answer: Answer) -> dict[str, Any]:
    known = asdict(answer)
    url = url_for("finder.space", centre_id=answer.centre_id, space_id=answer.space_id, _external=True)
    return {**{name: known[name] for name in _SHOWN}, "url": url}

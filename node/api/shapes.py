"""Schemas of the HTTP API, made from what the services take and the tables hold.

Rule: an entry (the dataclass that a service takes) is the definition; its schema is generated,
so the API takes exactly what the pages take. Limits come from where they are kept: the schema of
the record, else the length of the column. What an answer shows is `shared.web.shapes`.
"""

import copy
import dataclasses
import types
import typing
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from marshmallow import Schema, fields, post_load, validate
from marshmallow.constants import missing
from sqlalchemy.orm import DeclarativeBase

from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX, Day, Instant, valid_id
from shared.records.bookings import Slot
from shared.time import YEARS
from shared.web.shapes import Shape

FIRST_DAY, LAST_DAY = date(YEARS[0] + 1, 1, 1), date(YEARS[1] - 1, 12, 31)
WHOLE_MAX = 10_000_000  # counts, minutes and cents of a house; whatever is narrower is said where the field is


class TupleOf(fields.List[Any]):
    """A JSON list; in Python a tuple, as entries hold them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


def day(**options: Any) -> Day:
    """A day whose instants can be told; `Day` alone takes any that a calendar has."""
    return Day(validate=validate.Range(FIRST_DAY, LAST_DAY), **options)


class Wall(fields.Time):
    """A wall time `18:30`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def entry_shape(
    entry: type,
    name: str,
    table: type[DeclarativeBase],
    rules: type[Schema] | None = None,
    *,
    without: Collection[str] = (),
) -> type[Schema]:
    """Return the schema whose `load` gives an `entry`; a Slot is given as `starts_at` and `ends_at`.

    Limits are those of the record's schema `rules` where it has the field, else those of `table`.
    Fields in `without` keep their defaults: they are not for those who call from outside.
    """
    hints = typing.get_type_hints(entry)
    made: dict[str, Any] = {}
    for field in dataclasses.fields(entry):
        if field.name in without:
            continue
        if hints[field.name] is Slot:
            made |= {"starts_at": Instant(required=True), "ends_at": Instant(required=True)}
            continue
        ruled = rules().fields.get(field.name) if rules else None
        made[field.name] = (
            _with_default(ruled, _default_of(field))
            if ruled
            else _field_of(hints[field.name], _default_of(field), _length_of(table, field.name))
        )
    made["make"] = post_load(lambda _shape, values, **_kwargs: entry(**_with_slot(values)))
    return type(name, (Shape,), made)


def _with_slot(values: dict[str, Any]) -> dict[str, Any]:
    if "starts_at" not in values or "ends_at" not in values:
        return values
    slot = Slot(values.pop("starts_at"), values.pop("ends_at"))
    return {**values, "slot": slot}


def _with_default(field: fields.Field[Any], default: Any) -> fields.Field[Any]:
    """Return a copy of a record's field that may be left out where the entry has a default."""
    made = copy.copy(field)
    made.parent, made.name = None, None
    made.required, made.load_default = default is missing, default
    return made


def _length_of(table: type[DeclarativeBase], column: str) -> int:
    found = table.__table__.c.get(column)
    return getattr(found.type, "length", None) or TEXT_LENGTH_MAX if found is not None else TITLE_LENGTH_MAX


def _default_of(field: "dataclasses.Field[Any]") -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    return missing


def _field_of(hint: Any, default: Any, length_max: int = TITLE_LENGTH_MAX) -> fields.Field[Any]:
    """Return the field for a type of an entry; a type that nobody thought of is a KeyError at start."""
    options: dict[str, Any] = {"required": True} if default is missing else {"load_default": default}
    parts = typing.get_args(hint)
    if isinstance(hint, types.UnionType):
        (hint,) = (part for part in parts if part is not type(None))
        options["allow_none"] = True
        parts = typing.get_args(hint)
    if typing.get_origin(hint) is Mapping:
        return fields.Dict(keys=fields.String(), values=_whole(), **options)
    if typing.get_origin(hint) is tuple:
        return TupleOf(_tag() if parts[0] is str else _field_of(parts[0], missing), **options)
    if isinstance(hint, type) and issubclass(hint, str):
        return fields.String(validate=validate.Length(max=length_max), **options)
    made: fields.Field[Any] = _KINDS[hint](**options)
    return made


def _tag() -> fields.String:
    """A key of a list as tables keep them: not empty, and without the bar that parts them."""
    return fields.String(validate=[validate.Length(1, TITLE_LENGTH_MAX), validate.ContainsNoneOf("|")])


def _whole(**options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, WHOLE_MAX), **options)


_KINDS: dict[Any, Any] = {
    int: _whole,
    float: fields.Float,
    bool: fields.Boolean,
    datetime: Instant,
    date: day,
    time: Wall,
}


def page_of(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of a long list: `items`, and where in the list they are."""
    numbers = {name: fields.Integer() for name in ("page", "pages", "total")}
    name = f"{item.__name__}Page"
    return type(name, (Shape,), {"items": fields.List(fields.Nested(item)), **numbers})


class PageWanted(Shape):
    """Which page of a long list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1))


class Said(Shape):
    """Why something is declined or cancelled: the person concerned reads it."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


def record_id(**options: Any) -> fields.String:
    """A field with the id of a record."""
    return fields.String(required=True, validate=valid_id, **options)

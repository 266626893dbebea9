"""What every kind of record that travels has: an id, columns, a schema, one writer.

A module of this package declares one collection: a mixin of columns, the wire schema,
the rules that are always true of it, and the refusals. A node and the hub each make a
table from the mixin. No database session and no web here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.columns import RecordId
from shared.ids import is_record_id, new_id
from shared.time import from_wire, to_wire

FieldKind = TypeVar("FieldKind", bound=fields.Field[Any])
TITLE_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 8_000
TAGS_MAX = 20


class Side(StrEnum):
    """Who may write a collection. One record, one writer."""

    NODE = "node"
    HUB = "hub"


class RecordColumns:
    """The column of every record. Subclasses are mixins: `class Booking(BookingColumns, Base)`."""

    __collection__: ClassVar[str]

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__collection__

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id, sort_order=-10)

    @property
    def travels(self) -> bool:
        """Whether the other side may see this record; one that stops travelling is a delete there."""
        return True


@dataclass(frozen=True)
class Collection:
    """A kind of record that replicates, because it is declared (see `catalogue`).

    `audience` names the attribute that holds the one centre a hub's record is for; None
    in that attribute, or no attribute, means every centre.
    """

    columns: type[RecordColumns]
    schema: type["RecordSchema"]
    owner: Side
    version: int = 1
    audience: str | None = None

    @property
    def name(self) -> str:
        return self.columns.__collection__

    @cached_property
    def checker(self) -> "RecordSchema":
        return self.schema()

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """The fields on the wire, in the order of the schema; `id` travels beside them."""
        return tuple(self.checker.fields)


class RecordSchema(Schema):
    """The wire form of a record. Unknown fields are refused: a newer schema raises the version."""

    class Meta:
        unknown = RAISE
        ordered = True


class Instant(fields.Field[datetime]):
    """An aware datetime in UTC; on the wire `2026-11-23T09:00:00Z`."""

    default_error_messages = {"invalid": "Not an instant in UTC."}  # noqa: RUF012 (marshmallow declares it so)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else to_wire(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            return from_wire(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid") from error


class Day(fields.Field[date]):
    """A calendar date; on the wire `2026-11-23`."""

    default_error_messages = {"invalid": "Not a date."}  # noqa: RUF012 (marshmallow declares it so)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        try:
            if len(value) != len("2026-11-23"):
                raise ValueError(value)
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid") from error


class TagList(fields.List[Any]):
    """A short list of keys; on the wire a JSON list, in Python a tuple."""

    def __init__(self, **kwargs: Any) -> None:
        key = fields.String(validate=validate.Regexp(r"^[a-z0-9][a-z0-9_-]{0,39}\Z"))
        super().__init__(key, validate=validate.Length(max=TAGS_MAX), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


def text(length_max: int, *, required: bool = False, length_min: int = 0) -> fields.String:
    """A text field of at most `length_max` characters; never null: no text is ''."""
    return fields.String(required=True, validate=validate.Length(min=1 if required else length_min, max=length_max))


def added_later(field: FieldKind, value: Any) -> FieldKind:
    """Mark a field that an older schema does not have: where it is missing, `value` stands for it.

    The collection's version rises with it, so that an older program sets a newer record aside
    instead of refusing it; a newer program understands older records.
    """
    field.required = False
    field.load_default = value
    return field


def choice(kinds: type[StrEnum], *, allow_none: bool = False) -> fields.String:
    """A field that takes one of the values of `kinds`."""
    return fields.String(required=True, allow_none=allow_none, validate=validate.OneOf([kind.value for kind in kinds]))


def record_link(*, allow_none: bool = False) -> fields.String:
    """The id of another record; no foreign key: a batch may deliver an event before its room."""
    return fields.String(required=True, allow_none=allow_none, validate=valid_id)


def whole(minimum: int, maximum: int, *, allow_none: bool = False) -> fields.Integer:
    """A whole number in [minimum, maximum]; '3' and 3.5 are refused."""
    return fields.Integer(
        required=True,
        strict=True,
        allow_none=allow_none,
        validate=validate.Range(minimum, maximum),
    )


def valid_id(value: str) -> None:
    if not is_record_id(value):
        raise ValidationError("Not a record id.")

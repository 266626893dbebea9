"""Bookable rooms. Spaces form a tree: a hall and its halves."""

from enum import StrEnum

from marshmallow import fields
from sqlalchemy import Boolean, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, Tags
from shared.records.base import (
    TEXT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Collection,
    RecordColumns,
    RecordSchema,
    Side,
    TagList,
    choice,
    record_link,
    text,
    whole,
)

CAPACITY_MAX = 10_000
BUFFER_MINUTES_MAX = 24 * 60


class SpaceKind(StrEnum):
    MULTI_PURPOSE = "multi_purpose"
    COUNSELLING = "counselling"
    KITCHEN = "kitchen"
    CAFE = "cafe"
    OFFICE = "office"
    STORAGE = "storage"
    OUTDOOR = "outdoor"


class SpaceColumns(RecordColumns):
    """`capacity` is persons; buffers are minutes kept free around a booking; `rank` sorts."""

    __collection__ = "spaces"

    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    kind: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    capacity: Mapped[int] = mapped_column(Integer, default=0)
    accessibility: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    description: Mapped[str] = mapped_column(Text, default="")
    buffer_before_min: Mapped[int] = mapped_column(Integer, default=0)
    buffer_after_min: Mapped[int] = mapped_column(Integer, default=0)
    bookable: Mapped[bool] = mapped_column(Boolean, default=True)
    rank: Mapped[int] = mapped_column(Integer, default=0)


class SpaceSchema(RecordSchema):
    name = text(TITLE_LENGTH_MAX, required=True)
    kind = choice(SpaceKind)
    parent_id = record_link(allow_none=True)
    capacity = whole(0, CAPACITY_MAX)
    accessibility = TagList(required=True)
    description = text(TEXT_LENGTH_MAX)
    buffer_before_min = whole(0, BUFFER_MINUTES_MAX)
    buffer_after_min = whole(0, BUFFER_MINUTES_MAX)
    bookable = fields.Boolean(required=True, truthy={True}, falsy={False})
    rank = whole(0, 10_000)


SPACES = Collection(SpaceColumns, SpaceSchema, Side.NODE)

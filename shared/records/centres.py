"""The profile of a centre: one record per centre, written there."""

from enum import StrEnum

from marshmallow import fields, validate
from sqlalchemy import Boolean, Float, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import Tags
from shared.records.base import (
    TEXT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Collection,
    RecordColumns,
    RecordSchema,
    Side,
    TagList,
    added_later,
    choice,
    text,
)
from shared.records.holidays import HOME_REGION, region_field


class CentreKind(StrEnum):
    """What the city calls a house of the network."""

    STADTTEILZENTRUM = "stadtteilzentrum"
    NACHBARSCHAFTSZENTRUM = "nachbarschaftszentrum"
    QUARTIERSBUERO = "quartiersbuero"
    STADTTEILBUERO = "stadtteilbuero"


class CentreColumns(RecordColumns):
    """Nothing here is personal: the contact is the house's own.

    `region` says whose public holidays are kept (ISO 3166-2); `closed_on_holidays` is a rule
    of the house that both sides evaluate on each day, see `shared.records.opening_hours`.
    """

    __collection__ = "centres"

    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    kind: Mapped[str] = mapped_column(String(40))
    operator: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    district: Mapped[str] = mapped_column(String(80))
    quarter: Mapped[str] = mapped_column(String(80), default="")
    street: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    town: Mapped[str] = mapped_column(String(80), default="")
    latitude: Mapped[float | None] = mapped_column(Float, default=None)
    longitude: Mapped[float | None] = mapped_column(Float, default=None)
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    website: Mapped[str] = mapped_column(String(500), default="")
    languages: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    accessibility: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    host_building: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="Europe/Berlin")
    region: Mapped[str] = mapped_column(String(5), default=HOME_REGION, server_default=HOME_REGION)
    closed_on_holidays: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class CentreSchema(RecordSchema):
    name = text(TITLE_LENGTH_MAX, required=True)
    kind = choice(CentreKind)
    operator = text(TITLE_LENGTH_MAX)
    district = text(80, required=True)
    quarter = text(80)
    street = text(TITLE_LENGTH_MAX)
    postcode = text(10)
    town = text(80)
    latitude = fields.Float(required=True, allow_none=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, allow_none=True, validate=validate.Range(-180, 180))
    phone = text(40)
    email = text(TITLE_LENGTH_MAX)
    website = text(500)
    languages = TagList(required=True)
    accessibility = TagList(required=True)
    host_building = text(TITLE_LENGTH_MAX)
    description = text(TEXT_LENGTH_MAX)
    time_zone = text(64, required=True)
    region = added_later(region_field(), HOME_REGION)
    closed_on_holidays = added_later(fields.Boolean(truthy={True}, falsy={False}), False)


CENTRES = Collection(CentreColumns, CentreSchema, Side.NODE, version=2)

"""What the city tells its houses. Written at the hub, shown in every centre."""

from datetime import datetime

from marshmallow import fields
from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import UTCDateTime
from shared.records.base import (
    TEXT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Collection,
    Instant,
    RecordColumns,
    RecordSchema,
    Side,
    text,
)


class AnnouncementColumns(RecordColumns):
    """Shown from `shows_from` until `shows_until` (None: until it is taken back)."""

    __collection__ = "announcements"

    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    body: Mapped[str] = mapped_column(Text, default="")
    for_public: Mapped[bool] = mapped_column(Boolean, default=False)
    shows_from: Mapped[datetime] = mapped_column(UTCDateTime)
    shows_until: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class AnnouncementSchema(RecordSchema):
    title = text(TITLE_LENGTH_MAX, required=True)
    body = text(TEXT_LENGTH_MAX)
    for_public = fields.Boolean(required=True, truthy={True}, falsy={False})
    shows_from = Instant(required=True)
    shows_until = Instant(required=True, allow_none=True)


ANNOUNCEMENTS = Collection(AnnouncementColumns, AnnouncementSchema, Side.HUB)

"""The themes of a city's programme. Written at the hub; a city can add its own."""

from marshmallow import fields, validate
from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.records.base import Collection, RecordColumns, RecordSchema, Side, text, whole

FIRST_THEMES = (  # key, German, English: what a city begins with, and a house that has not heard of its city yet
    ("family", "Familie", "Family"),
    ("education", "Bildung", "Education"),
    ("welcome", "Willkommenskultur", "Welcoming newcomers"),
    ("advice", "Beratung", "Advice"),
    ("inclusion", "Inklusion", "Inclusion"),
    ("sustainability", "Nachhaltigkeit", "Sustainability"),
    ("self_help", "Selbsthilfe", "Self-help"),
    ("sport", "Sport", "Sport"),
    ("arts", "Kunst und Kultur", "Arts and culture"),
    ("health", "Gesundheit", "Health"),
)


class ThemeColumns(RecordColumns):
    """`key` stands in events and never changes; the labels may. `active` False hides it in forms."""

    __collection__ = "themes"

    key: Mapped[str] = mapped_column(String(40))
    label_de: Mapped[str] = mapped_column(String(80))
    label_en: Mapped[str] = mapped_column(String(80), default="")
    rank: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class ThemeSchema(RecordSchema):
    key = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9_-]{0,39}\Z"))
    label_de = text(80, required=True)
    label_en = text(80)
    rank = whole(0, 10_000)
    active = fields.Boolean(required=True, truthy={True}, falsy={False})


THEMES = Collection(ThemeColumns, ThemeSchema, Side.HUB)

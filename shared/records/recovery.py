"""What the hub still knows and a centre has lost: offered down, answered up.

After a restored backup the hub may hold versions that the centre no longer knows. The hub
writes each as an offer for that centre; the centre answers with a record of its own.
"""

from datetime import datetime
from enum import StrEnum

from marshmallow import fields, validate
from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, UTCDateTime
from shared.records.base import (
    Collection,
    Instant,
    RecordColumns,
    RecordSchema,
    Side,
    choice,
    record_link,
    text,
    whole,
)

PAYLOAD_LENGTH_MAX = 48_000  # an offer must fit into one batch


class RecoveryOfferColumns(RecordColumns):
    """`payload` is the record's JSON as the hub last had it; '' where it had been deleted."""

    __collection__ = "recovery_offers"

    centre_id: Mapped[str] = mapped_column(String(40), index=True)
    of_collection: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(RecordId)
    schema_version: Mapped[int] = mapped_column()
    payload: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RecoveryOfferSchema(RecordSchema):
    centre_id = text(40, required=True)
    of_collection = fields.String(required=True, validate=validate.Regexp(r"^[a-z_]{1,40}\Z"))
    record_id = record_link()
    schema_version = whole(1, 1_000)
    payload = text(PAYLOAD_LENGTH_MAX)
    found_at = Instant(required=True)


RECOVERY_OFFERS = Collection(RecoveryOfferColumns, RecoveryOfferSchema, Side.HUB, audience="centre_id")


class RecoveryDecision(StrEnum):
    RESTORED = "restored"
    REJECTED = "rejected"


class RecoveryAnswerColumns(RecordColumns):
    __collection__ = "recovery_answers"

    offer_id: Mapped[str] = mapped_column(RecordId, index=True)
    decision: Mapped[str] = mapped_column(String(20))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RecoveryAnswerSchema(RecordSchema):
    offer_id = record_link()
    decision = choice(RecoveryDecision)
    decided_at = Instant(required=True)


RECOVERY_ANSWERS = Collection(RecoveryAnswerColumns, RecoveryAnswerSchema, Side.NODE)

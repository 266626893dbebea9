"""Offers and events: what is on in a house, each date a record of its own.

The dates of something recurring share a `series_id`. A draft does not travel: the city
sees an event when the house publishes it, and sees a cancelled one as cancelled.
An event is written in one language, mostly German; what the house says about it in others
travels beside it, a record for each language (`event_texts`), so that more languages need no
more columns and an older program still understands the event.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from marshmallow import fields, validate
from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, Tags, UTCDateTime
from shared.errors import Refusal
from shared.records.base import (
    TEXT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Collection,
    Instant,
    RecordColumns,
    RecordSchema,
    Side,
    TagList,
    added_later,
    choice,
    record_link,
    text,
    whole,
)

COST_CENTS_MAX = 1_000_000
EVENT_LENGTH_MAX = timedelta(days=31)
AGE_MAX = 120
CAPACITY_MAX = 100_000
SUMMARY_LENGTH_MAX = 500
TARGET_GROUPS = ("everyone", "children", "youth", "families", "adults", "seniors", "women", "newcomers", "volunteers")
LANGUAGES = ("de", "en", "tr", "ro", "bg", "ar", "uk", "ru", "pl", "fr", "rom", "dgs")
ACCESSIBILITY = ("step_free", "accessible_toilet", "induction_loop", "sign_language", "plain_language", "parking")


class EventKind(StrEnum):
    OFFER = "offer"
    EVENT = "event"
    OPEN_MEETING = "open_meeting"
    CONSULTATION = "consultation"
    POLITICIAN_SURGERY = "politician_surgery"


class EventState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"


class Registration(StrEnum):
    """Whether the house wants to know who comes: not at all, gladly, or only with a place kept."""

    NONE = "none"
    WANTED = "wanted"
    REQUIRED = "required"


class EventColumns(RecordColumns):
    """`cost_cents` is None when only `cost_note` says it; 0 is free. `sequence` as in RFC 5545.

    Ages are whole years, both ends included, None is no limit. `capacity` counts places, None
    is as many as come. Registration ends at `registration_closes_at`, or when the event begins.
    `image_alt` says what the picture shows ('' is: no picture); the picture stays in the house.
    """

    __collection__ = "events"

    kind: Mapped[str] = mapped_column(String(40), default=EventKind.EVENT)
    state: Mapped[str] = mapped_column(String(20), default=EventState.DRAFT)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH_MAX), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[str] = mapped_column(String(40), default="")
    target_groups: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    languages: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    accessibility: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    # evaluates_none: else an explicit None would be inserted as the default, and "ask" become "free".
    cost_cents: Mapped[int | None] = mapped_column(Integer().evaluates_none(), default=0)
    cost_note: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    organiser: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    attendance: Mapped[str] = mapped_column(String(20), default=Attendance.ON_SITE)
    place: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    space_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    series_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    partners: Mapped[str] = mapped_column(String(500), default="", server_default="")
    age_min: Mapped[int | None] = mapped_column(Integer, default=None)
    age_max: Mapped[int | None] = mapped_column(Integer, default=None)
    capacity: Mapped[int | None] = mapped_column(Integer, default=None)
    registration: Mapped[str] = mapped_column(
        String(20), default=Registration.NONE, server_default=Registration.NONE.value
    )
    registration_closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    image_alt: Mapped[str] = mapped_column(String(500), default="", server_default="")

    @property
    def travels(self) -> bool:
        return self.state != EventState.DRAFT


class EventSchema(RecordSchema):
    kind = choice(EventKind)
    state = fields.String(
        required=True, validate=validate.OneOf([EventState.PUBLISHED.value, EventState.CANCELLED.value])
    )
    title = text(TITLE_LENGTH_MAX, required=True)
    summary = text(SUMMARY_LENGTH_MAX)
    description = text(TEXT_LENGTH_MAX)
    theme = text(40)
    target_groups = TagList(required=True)
    languages = TagList(required=True)
    accessibility = TagList(required=True)
    cost_cents = whole(0, COST_CENTS_MAX, allow_none=True)
    cost_note = text(TITLE_LENGTH_MAX)
    organiser = text(TITLE_LENGTH_MAX)
    attendance = choice(Attendance)
    place = text(TITLE_LENGTH_MAX)
    online_url = text(500)
    space_id = record_link(allow_none=True)
    series_id = record_link(allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    cancel_reason = text(500)
    sequence = whole(0, 1_000_000)
    updated_at = Instant(required=True)
    partners = added_later(text(500), "")
    age_min = added_later(whole(0, AGE_MAX, allow_none=True), None)
    age_max = added_later(whole(0, AGE_MAX, allow_none=True), None)
    capacity = added_later(whole(1, CAPACITY_MAX, allow_none=True), None)
    registration = added_later(choice(Registration), Registration.NONE.value)
    registration_closes_at = added_later(Instant(required=True, allow_none=True), None)
    image_alt = added_later(text(500), "")


EVENTS = Collection(EventColumns, EventSchema, Side.NODE, version=2)


class EventTextColumns(RecordColumns):
    """What an event says in another language than its own; at most one record for each language."""

    __collection__ = "event_texts"

    event_id: Mapped[str] = mapped_column(RecordId)
    language: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH_MAX), default="")
    description: Mapped[str] = mapped_column(Text, default="")


class EventTextSchema(RecordSchema):
    event_id = record_link()
    language = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_-]{0,39}\Z"))
    title = text(TITLE_LENGTH_MAX, required=True)
    summary = text(SUMMARY_LENGTH_MAX)
    description = text(TEXT_LENGTH_MAX)


EVENT_TEXTS = Collection(EventTextColumns, EventTextSchema, Side.NODE)


class EventTimesImpossible(Refusal):
    """An event that ends before it begins, at once, or more than 31 days later."""


def refuse_impossible_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise EventTimesImpossible unless starts_at < ends_at <= starts_at + 31 days."""
    if not starts_at < ends_at <= starts_at + EVENT_LENGTH_MAX:
        raise EventTimesImpossible


class AgesImpossible(Refusal):
    """The youngest age is above the oldest."""


class RegistrationClosesLate(Refusal):
    """Registration would close after the event is over."""


def refuse_impossible_ages(age_min: int | None, age_max: int | None) -> None:
    """Raise AgesImpossible if nobody can be of the age."""
    if age_min is not None and age_max is not None and age_min > age_max:
        raise AgesImpossible


def refuse_late_closing(closes_at: datetime | None, ends_at: datetime) -> None:
    """Raise RegistrationClosesLate if people could still register when the event is over."""
    if closes_at is not None and closes_at > ends_at:
        raise RegistrationClosesLate

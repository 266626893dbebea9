"""Who registered for what, the house's terms of its waiting lines, and the numbers that travel.

Rule: nothing of a registration leaves the house; `EventAttendance` carries numbers only.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from node.registration import guard
from node.registration.queue import Group, Rule, Terms
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
from shared.records.attendance import AttendanceColumns

NAME_LENGTH_MAX = 120
NEEDS_LENGTH_MAX = 500
GROUP_MAX = 40  # more than a bus full is arranged on the phone


class State(StrEnum):
    """REGISTERED and OFFERED hold places, WAITING stands in the line, the others are over."""

    REGISTERED = "registered"
    WAITING = "waiting"
    OFFERED = "offered"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


HOLDING = (State.REGISTERED, State.OFFERED)
STANDING = (*HOLDING, State.WAITING)


class Way(StrEnum):
    """How a registration came to the house."""

    WEB = "web"
    PHONE = "phone"
    IN_PERSON = "in_person"


class News(StrEnum):
    """What the house has to tell somebody; there is no mail server at a node, so people are called."""

    NONE = ""
    OFFER = "offer"
    CANCELLED = "cancelled"
    MOVED = "moved"


class Registration(Base):
    """A group that comes together or not at all.

    `queued_at` is its place in the line: the moment it began to wait. `link_hash` is all that is
    kept of its secret link. `came` is how many of the group were there, None before anybody
    ticked it. `news` stays until somebody was told, at `told_at`.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("adults >= 0 AND children >= 0 AND adults + children > 0", name="somebody"),
        CheckConstraint("state <> 'offered' OR offer_until IS NOT NULL", name="deadline"),
        UniqueConstraint("link_hash"),
        UniqueConstraint("reference"),
        Index("ix_registrations_event_id_state", "event_id", "state"),
        Index("ix_registrations_news", "news"),
    )

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(RecordId)
    reference: Mapped[str] = mapped_column(String(12))
    link_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    phone: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    adults: Mapped[int] = mapped_column(Integer)
    children: Mapped[int] = mapped_column(Integer, default=0)
    needs: Mapped[str] = mapped_column(String(NEEDS_LENGTH_MAX), default="")
    language: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    way: Mapped[str] = mapped_column(String(20), default=Way.WEB)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    registered_by: Mapped[str] = mapped_column(String(80), default="")
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    offer_until: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    news: Mapped[str] = mapped_column(String(20), default=News.NONE)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    told_by: Mapped[str] = mapped_column(String(80), default="")
    came: Mapped[int | None] = mapped_column(Integer, default=None)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    @property
    def persons(self) -> int:
        return self.adults + self.children

    @property
    def group(self) -> Group:
        """What the rules of the line need to know of it."""
        return Group(self.id, self.persons)


class RegistrationTerms(Base):
    """What this house has decided about registrations; one row, or none while nobody has decided."""

    __tablename__ = "registration_terms"

    id: Mapped[str] = mapped_column(String(10), primary_key=True, default="house")
    rule: Mapped[str] = mapped_column(String(20), default=Rule.IN_ORDER)
    offer_hours: Mapped[int] = mapped_column(Integer, default=48)
    offers_end_hours: Mapped[int] = mapped_column(Integer, default=3)
    last_call_hours: Mapped[int] = mapped_column(Integer, default=48)

    @property
    def of_line(self) -> Terms:
        """The part that the rules of the line go by."""
        return Terms(
            rule=Rule(self.rule),
            offer_time=timedelta(hours=self.offer_hours),
            offers_end_before=timedelta(hours=self.offers_end_hours),
            last_call_before=timedelta(hours=self.last_call_hours),
        )


class EventAttendance(AttendanceColumns, Base):
    """The numbers of an event, as the city sees them; its id is the event's."""

    __table_args__ = (UniqueConstraint("event_id"),)


event.listen(Base.metadata, "after_create", guard.build)

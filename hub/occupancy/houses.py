"""A house as adding up needs it, read from the records.

The hub knows what hours and spaces are now, not what they were: months that are over are added
up with the hours as they are known now. A season or an exception that has its dates keeps them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.bookings.models import Booking
from hub.centres import queries as centres
from hub.occupancy.adding import House, Taken
from hub.occupancy.models import OccupancySpan
from hub.occupancy.offer import Booked, Room, Span, span_of
from hub.opening_hours import queries as opening_hours
from hub.spaces.models import Space, SpaceHours
from shared.records.bookings import BOOKING_LENGTH_MAX, BookingKind, BookingState
from shared.records.space_hours import GuestHours

USUAL_ZONE = ZoneInfo("Europe/Berlin")  # of a profile that has not arrived, or names a zone that is none
_CONFIRMED = Booking.state == BookingState.CONFIRMED


class Between(NamedTuple):
    """A half-open time in UTC."""

    starts_at: datetime
    ends_at: datetime


def zone_of(session: Session, centre_id: str) -> ZoneInfo:
    """Return the zone of a house's wall clock."""
    return centres.zone_of(session, centre_id) or USUAL_ZONE


def spans_of(session: Session, centre_id: str, zone: ZoneInfo) -> dict[str, Span]:
    """Return on which days each space of a house was on offer, from the records as they are."""
    bounds = select(Booking.space_id, func.min(Booking.starts_at), func.max(Booking.ends_at))
    bounds = bounds.where(Booking.centre_id == centre_id, _CONFIRMED).group_by(Booking.space_id)
    booked = {row[0]: Booked(row[1], row[2]) for row in session.execute(bounds)}
    spaces = session.execute(select(Space.id, Space.bookable).where(Space.centre_id == centre_id))
    return {space_id: span_of(space_id, bookable, booked.get(space_id), zone) for space_id, bookable in spaces}


def house_between(session: Session, centre_id: str, zone: ZoneInfo, time: Between) -> House:
    """Return a house with what is booked there in a time; its spans are those kept by the job."""
    return House(
        zone=zone,
        hours=opening_hours.hours_of(session, centre_id),
        rooms=_rooms(session, centre_id),
        guest_hours=_guest_hours(session, centre_id),
        taken=_taken(session, centre_id, time),
    )


def _rooms(session: Session, centre_id: str) -> list[Room]:
    on_offer = (OccupancySpan.centre_id == Space.centre_id) & (OccupancySpan.space_id == Space.id)
    columns = (Space.id, Space.parent_id, Space.is_guest_space, OccupancySpan.first_day, OccupancySpan.before_day)
    rows = session.execute(select(*columns).join(OccupancySpan, on_offer).where(Space.centre_id == centre_id))
    return [Room(row[0], row[1], row[2], Span(row[3], row[4])) for row in rows]


def _guest_hours(session: Session, centre_id: str) -> dict[str, Sequence[GuestHours]]:
    names = ("space_id", "weekday", "opens_local", "closes_local", "valid_from", "valid_until")
    columns: list[Any] = [getattr(SpaceHours, name) for name in names]
    found: dict[str, list[GuestHours]] = {}
    for row in session.execute(select(*columns).where(SpaceHours.centre_id == centre_id)):
        found.setdefault(row.space_id, []).append(cast("GuestHours", row))
    return dict(found)


def _taken(session: Session, centre_id: str, time: Between) -> list[Taken]:
    query = select(Booking.space_id, Booking.starts_at, Booking.ends_at, Booking.kind).where(
        Booking.centre_id == centre_id,
        _CONFIRMED,
        Booking.starts_at >= time.starts_at - BOOKING_LENGTH_MAX,
        Booking.starts_at < time.ends_at,
        Booking.ends_at > time.starts_at,
    )
    return [Taken(row[0], row[1], row[2], row[3] == BookingKind.BLOCKED) for row in session.execute(query)]

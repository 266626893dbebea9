"""Bookings found again: of a day, of an event, waiting for an answer, in somebody's way."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, column, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from node.bookings.models import Booking, Claim
from node.spaces import service as spaces
from node.spaces.models import Space
from shared.errors import Refusal
from shared.records.bookings import BookingState, Slot
from shared.records.free_time import Held, held
from shared.records.space_hours import free_between

_EVENTS = table("events", column("id"), column("state"))


class BookingUnknown(Refusal):
    """There is no booking with this id."""


def get_booking(session: Session, booking_id: str) -> Booking:
    """Return a booking; raise BookingUnknown."""
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise BookingUnknown
    return booking


def find_booking_of_event(session: Session, event_id: str) -> Booking | None:
    """Return the standing booking (requested or confirmed) made along with an event, or None."""
    standing = (BookingState.REQUESTED, BookingState.CONFIRMED)
    return session.scalar(select(Booking).where(Booking.event_id == event_id, Booking.state.in_(standing)).limit(1))


def belongs_to_event(session: Session, booking: Booking) -> bool:
    """Tell whether the event of a booking is there and takes place; one that is lost or cancelled binds nobody.

    The programme knows bookings and not the other way round, so its table is asked by name.
    """
    if booking.event_id is None:
        return False
    found = select(_EVENTS.c.id).where(_EVENTS.c.id == booking.event_id, _EVENTS.c.state != "cancelled")
    return session.scalar(found) is not None


def bookings_between(
    session: Session, within: Slot, states: Iterable[BookingState] = (BookingState.CONFIRMED,)
) -> list[Booking]:
    """Return the bookings in one of `states` that meet `within`, in the order of their start."""
    query = (
        select(Booking)
        .where(Booking.starts_at < within.ends_at, Booking.ends_at > within.starts_at)
        .where(Booking.state.in_(tuple(states)))
        .order_by(Booking.starts_at, Booking.id)
    )
    return list(session.scalars(query))


def bookings_of_day(session: Session, day: Slot) -> list[Booking]:
    """Return what stands or is asked for on a day: `day` is [start, end) in UTC."""
    return bookings_between(session, day, (BookingState.CONFIRMED, BookingState.REQUESTED))


def open_requests(session: Session, now: datetime, limit: int = 50) -> list[Booking]:
    """Return requests that still wait for an answer, the soonest first."""
    return list(session.scalars(waiting_requests(now).limit(limit)))


def waiting_requests(now: datetime) -> Select[Booking]:
    """Select all requests that still wait for an answer, the soonest first."""
    waiting = select(Booking).where(Booking.state == BookingState.REQUESTED, Booking.ends_at > now)
    return waiting.order_by(Booking.starts_at, Booking.id)


def count_requests(session: Session, now: datetime) -> int:
    """Return how many requests still wait for an answer."""
    waiting = (Booking.state == BookingState.REQUESTED, Booking.ends_at > now)
    return session.scalar(select(func.count()).select_from(Booking).where(*waiting)) or 0


def held_by_part(session: Session, within: Slot, but: str | None = None) -> dict[str, list[Held]]:
    """Return for each part what is held of it around `within`, leaving out the booking `but`."""
    use, hold = aliased(Claim), aliased(Claim)
    query = (
        select(use.part_id, use.starts_at, use.ends_at, hold.starts_at, hold.ends_at)
        .join(hold, and_(hold.booking_id == use.booking_id, hold.part_id == use.part_id))
        .where(use.role == "use", hold.role == "hold")
        .where(hold.starts_at < within.ends_at, hold.ends_at > within.starts_at)
    )
    if but is not None:
        query = query.where(use.booking_id != but)
    found: dict[str, list[Held]] = {}
    for part_id, used_from, used_until, held_from, held_until in session.execute(query):
        found.setdefault(part_id, []).append(Held(Slot(used_from, used_until), Slot(held_from, held_until)))
    return found


def guest_hours_of_day(
    session: Session, listed: Iterable[Space], day: date, zone: ZoneInfo
) -> dict[str, Sequence[Slot]]:
    """Return for each guest space when it may be used on `day` (and in the nights around it)."""
    spaces_listed = list(listed)
    above = {space.id: space for space in spaces_listed}
    found: dict[str, Sequence[Slot]] = {}
    if not any(space.is_guest_space for space in spaces_listed):
        return found
    for space in spaces_listed:
        line = [space]
        while line[-1].parent_id in above:
            line.append(above[line[-1].parent_id or ""])
        if any(each.is_guest_space for each in line):
            hours = spaces.hours_of(session, [each.id for each in line])
            found[space.id] = free_between(day - timedelta(days=1), day, hours, zone)
    return found


def find_culprit(session: Session, booking_id: str, space_id: str, wanted: Slot) -> Booking | None:
    """Return the first confirmed booking, other than `booking_id`, in the way of `wanted`, or None."""
    return next(iter(find_in_the_way(session, booking_id, space_id, wanted, limit=1)), None)


def find_in_the_way(
    session: Session, booking_id: str, space_id: str, wanted: Slot, limit: int = 50
) -> Sequence[Booking]:
    """Return the confirmed bookings, other than `booking_id`, in the way of `wanted`, the earliest first."""
    whole = held(wanted, spaces.buffers_of(spaces.get_space(session, space_id)))
    in_the_way = or_(
        and_(Claim.role == "hold", Claim.starts_at < whole.use.ends_at, Claim.ends_at > whole.use.starts_at),
        and_(Claim.role == "use", Claim.starts_at < whole.hold.ends_at, Claim.ends_at > whole.hold.starts_at),
    )
    met = select(Claim.booking_id).where(Claim.part_id.in_(spaces.parts_of(session, space_id)), in_the_way)
    query = select(Booking).where(Booking.id.in_(met), Booking.id != booking_id)
    return session.scalars(query.order_by(Booking.starts_at, Booking.id).limit(limit)).all()

"""What other rooms ask about bookings: when a space is taken. By whom and what for, the hub does not know."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from hub.bookings.models import LASTS_LONG, LONG, Booking
from shared.records.bookings import BookingState
from shared.time import from_wire

STANDING = (BookingState.CONFIRMED, BookingState.REQUESTED)
SPACES_NAMED_MAX = 200  # of more spaces the bookings of all are read: one walk along the index


# A standing booking: centre, space, its seconds since 1970, its state. Plain: thousands are read for one answer.
Use = tuple[str, str, int, int, str]


def uses_between(
    session: Session, starts: datetime, ends: datetime, space_ids: Sequence[str] | None = None
) -> Iterator[Use]:
    """Yield the confirmed and requested bookings that meet [starts, ends), of some spaces or of all.

    Most end soon after they begin and are found by when they begin; those that last long have
    an index of their own, else a month of bookings would be looked through for them.
    """
    dialect = session.get_bind().dialect.name
    meets = (Booking.starts_at < ends, Booking.ends_at > starts, Booking.state.in_(STANDING))
    query = _columns(dialect).where(*meets)
    if space_ids is not None and len(space_ids) <= SPACES_NAMED_MAX:
        query = query.where(Booking.space_id.in_(space_ids))
    since = starts - LONG
    yield from _read(session, query.where(Booking.starts_at > since))
    lasts_long: Any = literal_column(LASTS_LONG[dialect])
    yield from _read(session, query.where(Booking.starts_at <= since, lasts_long))


def _columns(dialect: str) -> Select[Any]:
    times: Iterable[Any] = (Booking.starts_at, Booking.ends_at)
    if dialect == "postgresql":
        times = [cast(func.extract("epoch", time), BigInteger) for time in times]
    else:
        times = [type_coerce(time, String) for time in times]
    return select(Booking.centre_id, Booking.space_id, *times, Booking.state)


def _read(session: Session, query: Select[Any]) -> Iterator[Use]:
    """Yield the rows; the few hundred quarters of an hour of a day are read once each, not once a booking."""
    seconds: dict[Any, int] = {}
    for centre_id, space_id, starts, ends, state in session.connection().execute(query).all():
        if starts not in seconds:
            seconds[starts] = _seconds(starts)
        if ends not in seconds:
            seconds[ends] = _seconds(ends)
        yield centre_id, space_id, seconds[starts], seconds[ends], state


def _seconds(stored: str | int) -> int:
    return int(from_wire(stored).timestamp()) if isinstance(stored, str) else stored

"""Series of bookings: begun, looked at before they are written, edited, cancelled, tried again.

Rule: each date is a booking of its own, taken through `service`, so the database guarantees it
like any other. What cannot be booked is noted with its reason; nothing is missing in silence.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.bookings.rules import Overruling
from node.bookings.series_dates import STANDING, BookingKeeper, SeriesEntry, row_of, said_of
from node.series import keeping
from node.series.editing import edit_begins, edit_steps, write_edit
from node.series.keeper import Outcome, carry_out
from node.series.keeping import Line, OccurrenceUnknown, planned
from node.series.models import BookingSeries
from node.series.steps import Place, Step, Wish, choose
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import refuse_impossible_times

__all__ = [
    "OccurrenceUnknown",
    "SeriesEntry",
    "SeriesUnknown",
    "begin_series",
    "bookings_of_events",
    "cancel_series",
    "dates_of",
    "edit_begins",
    "edit_series",
    "entry_of",
    "find_before",
    "find_following",
    "get_series",
    "leave_out",
    "list_query",
    "look_at_edit",
    "look_at_new",
    "planned",
    "try_again",
]
Wishes = Mapping[date, Wish | Place]


class SeriesUnknown(Refusal):
    """There is no series with this id."""


def look_at_new(session: Session, entry: SeriesEntry, *, language: str = "de") -> list[Step]:
    """Return what would become of each date, without writing anything.

    Raises SpaceUnknown, SpaceRetired, BookingTimesImpossible and what a rule is refused for.
    """
    _refuse_impossible(session, entry)
    return keeping.first_steps(session, row_of(entry, None, ""), language=language)


def begin_series(
    session: Session,
    entry: SeriesEntry,
    wishes: Wishes,
    *,
    now: datetime,
    by: str = "",
    overruling: Overruling | None = None,
    language: str = "de",
) -> tuple[BookingSeries, Outcome]:
    """Write a series with a booking for each date, as `wishes` want it. Raises what `look_at_new` raises."""
    steps = look_at_new(session, entry, language=language)
    series = row_of(entry, now, by)
    session.add(series)
    session.flush()
    keeper = BookingKeeper(session, now=now, by=by)
    keeper.overruling = overruling
    return series, carry_out(keeper, series, choose(steps, wishes))


def look_at_edit(
    session: Session,
    series: BookingSeries,
    entry: SeriesEntry,
    from_day: date,
    *,
    keep_own: bool,
    now: datetime,
    language: str = "de",
) -> list[Step]:
    """Return what an edit of the dates from `from_day` on would do to each; raise what `look_at_new` raises."""
    entry = _not_before(entry, from_day)
    _refuse_impossible(session, entry, series.space_id)
    keeper, draft = BookingKeeper(session, now=now), row_of(entry, now, "")
    return edit_steps(keeper, series, draft, from_day, keep_own=keep_own, language=language)


def edit_series(
    session: Session,
    series: BookingSeries,
    entry: SeriesEntry,
    from_day: date,
    wishes: Wishes,
    *,
    keep_own: bool,
    now: datetime,
    by: str = "",
    why: str = "",
    overruling: Overruling | None = None,
    language: str = "de",
) -> tuple[BookingSeries, Outcome]:
    """Change the coming dates from `from_day` on; return the series that they belong to then.

    Raises what `look_at_new` raises. A date that cannot move stays as it was and is reported.
    """
    steps = look_at_edit(session, series, entry, from_day, keep_own=keep_own, now=now, language=language)
    entry = _not_before(entry, from_day)
    keeper, draft = BookingKeeper(session, now=now, by=by), row_of(entry, now, by)
    keeper.overruling = overruling
    return write_edit(keeper, series, draft, from_day, choose(steps, wishes), why=why)


def cancel_series(
    session: Session,
    series: BookingSeries,
    from_day: date | None,
    reason: str,
    *,
    also_own: bool = True,
    now: datetime,
    by: str = "",
) -> int:
    """Cancel the coming dates from `from_day` on, or all of them; return how many."""
    return keeping.cancel_coming(BookingKeeper(session, now=now, by=by), series, from_day, reason, also_own=also_own)


def try_again(
    session: Session, series: BookingSeries, day: date, place: Place | None = None, *, now: datetime, by: str = ""
) -> Refusal | None:
    """Book a missing date, as planned or at `place`; return what is still against it. Raises OccurrenceUnknown."""
    return keeping.try_again(BookingKeeper(session, now=now, by=by), series, day, place)


def leave_out(session: Session, series: BookingSeries, day: date, *, now: datetime, by: str = "") -> None:
    """Let a missing date rest. Raises OccurrenceUnknown."""
    keeping.leave_out(BookingKeeper(session, now=now, by=by), series, day)


def dates_of(session: Session, series: BookingSeries, *, now: datetime) -> list[Line]:
    """Return every date of a series, those that are missing among them."""
    return keeping.dates_of(BookingKeeper(session, now=now), series)


def get_series(session: Session, series_id: str) -> BookingSeries:
    """Return a series; raise SeriesUnknown."""
    series = session.get(BookingSeries, series_id)
    if series is None:
        raise SeriesUnknown
    return series


def find_following(session: Session, series: BookingSeries) -> BookingSeries | None:
    """Return the series that goes on where this one was cut, or None."""
    return session.scalar(select(BookingSeries).where(BookingSeries.follows_id == series.id).limit(1))


def find_before(session: Session, series: BookingSeries) -> BookingSeries | None:
    """Return the series that this one goes on from, or None."""
    return session.get(BookingSeries, series.follows_id) if series.follows_id else None


def bookings_of_events(session: Session, event_ids: Collection[str]) -> dict[str, str]:
    """Return the id of the standing booking of each of these events that has one."""
    query = select(Booking.event_id, Booking.id).where(Booking.event_id.in_(event_ids), Booking.state.in_(STANDING))
    return {event_id: booking_id for event_id, booking_id in session.execute(query) if event_id}


def list_query() -> Select[Any]:
    """Return the query of all series, the latest first."""
    return select(BookingSeries).order_by(BookingSeries.made_at.desc(), BookingSeries.id.desc())


def entry_of(series: BookingSeries) -> SeriesEntry:
    """Return what a series says, to fill a form."""
    pattern = series.pattern
    return SeriesEntry(pattern=pattern, said=said_of(series, pattern.slot_on(series.first_day)), skips=series.skips)


def _not_before(entry: SeriesEntry, from_day: date) -> SeriesEntry:
    """Return the entry beginning on `from_day` if it would begin earlier; a later first date is meant."""
    first = max(from_day, entry.pattern.starts.date())
    return replace(entry, pattern=entry.pattern.beginning(first))


def _refuse_impossible(session: Session, entry: SeriesEntry, old_space_id: str | None = None) -> None:
    """Raise what would fail on every date alike."""
    if not spaces.get_space(session, entry.said.space_id).bookable and entry.said.space_id != old_space_id:
        raise bookings.SpaceRetired
    refuse_impossible_times(entry.pattern.slot_on(entry.pattern.starts.date()))

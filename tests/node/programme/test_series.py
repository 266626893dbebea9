"""Series of events: each date an event with its space booked along; edits keep the past and what people did by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.bookings.series_outlook import look_ahead
from node.programme import series, service
from node.programme.models import Event
from node.programme.series import EventSeriesEntry
from node.programme.service import EventEntry
from node.series.models import EventSeries
from node.series.recurrence import Reason
from node.series.rule import read
from node.series.steps import Wish
from shared.database import Database
from shared.records.bookings import BookingState
from shared.records.events import EventState
from tests.factories import NOW, ZONE, local_slot, make_booking, make_space

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


def entry(
    space_id: str | None, rule: str = "FREQ=WEEKLY;COUNT=3", *, day: date = TUESDAY, start: str = "10:00", **said: Any
) -> EventSeriesEntry:
    skips, slot = said.pop("skips", ()), local_slot(start, "12:00", day)
    what = EventEntry(**{"title": "Nähcafé", "slot": slot, "space_id": space_id, "languages": ("de", "tr"), **said})
    return EventSeriesEntry(pattern=series.pattern_of(read(rule), slot, ZONE), said=what, skips=skips)


def begin(session: Session, wanted: EventSeriesEntry, wishes: Any = None, *, publish: bool = True) -> EventSeries:
    return series.begin_series(session, wanted, wishes or {}, now=NOW, by="anna", publish=publish)[0]


def events(session: Session, row: EventSeries) -> list[Event]:
    return service.events_of_series(session, row.id)


def test_each_date_is_an_event_with_its_space(session: Session) -> None:
    """Three published events, each with a booking of its own that knows it."""
    hall = make_space(session)
    row = begin(session, entry(hall.id))
    found = events(session, row)
    assert [event.occurrence_on for event in found] == [TUESDAY + timedelta(weeks=week) for week in range(3)]
    assert {event.state for event in found} == {EventState.PUBLISHED}
    assert found[2].languages == ("de", "tr")
    assert {bookings.find_booking_of_event(session, event.id).space_id for event in found} == {hall.id}  # type: ignore[union-attr]


def test_a_taken_space_is_foretold_noted_and_tried_again(session: Session) -> None:
    """The date is missing with the booking that is in its way, until the space is free or another is chosen."""
    hall, side = make_space(session, "Saal"), make_space(session, "Nebenraum")
    fest = make_booking(session, hall, "11:00", "12:00", TUESDAY)
    outlook = look_ahead(session, series.look_at_new(session, entry(hall.id)), ZONE, now=NOW)
    assert outlook[TUESDAY].culprit is fest
    row = begin(session, entry(hall.id))
    [missing] = [line.omission for line in series.dates_of(session, row, now=NOW) if line.omission]
    assert (missing.occurrence_on, missing.reason, missing.blocked_by) == (TUESDAY, "taken", fest.id)
    elsewhere = series.planned(row, TUESDAY)._replace(space_id=side.id)
    assert series.try_again(session, row, TUESDAY, elsewhere, now=NOW) is None
    first = events(session, row)[0]
    assert (first.space_id, first.state) == (side.id, EventState.PUBLISHED)


def test_a_series_without_a_space_needs_none(session: Session) -> None:
    """An outing is in nobody's way."""
    row = begin(session, entry(None, place="Rhein"))
    assert len(events(session, row)) == 3
    assert session.scalars(select(Booking)).all() == []


def test_registration_closes_before_each_date(session: Session) -> None:
    """The day before at noon stays the day before at noon, for dates that are added later, too."""
    closes = local_slot("12:00", "13:00", TUESDAY - timedelta(days=1)).starts_at
    row = begin(session, entry(None, registration="house", registration_closes_at=closes, capacity=8))
    longer = entry(None, "FREQ=WEEKLY;COUNT=4", registration="house", registration_closes_at=closes, capacity=8)
    changed, outcome = series.edit_series(session, row, longer, TUESDAY, {}, keep_own=True, now=NOW)
    assert (changed, outcome.made) == (row, 1)
    assert [event.starts_at - (event.registration_closes_at or NOW) for event in events(session, row)] == [
        timedelta(hours=22)
    ] * 4


def test_this_and_following_keeps_the_earlier_ones(session: Session) -> None:
    """A new hour from the second date on; the booking moves along, the first keeps its time and its sequence."""
    hall = make_space(session)
    row = begin(session, entry(hall.id))
    second = TUESDAY + timedelta(weeks=1)
    later = entry(hall.id, "FREQ=WEEKLY;COUNT=2", day=second, start="09:00")
    changed, outcome = series.edit_series(session, row, later, second, {}, keep_own=True, now=NOW)
    assert (changed.follows_id, outcome.moved) == (row.id, 2)
    assert [(event.starts_at.astimezone(ZONE).hour, event.sequence) for event in events(session, row)] == [(10, 0)]
    moved = events(session, changed)
    assert [(event.starts_at.astimezone(ZONE).hour, event.sequence) for event in moved] == [(9, 1), (9, 1)]
    booked = bookings.find_booking_of_event(session, moved[0].id)
    assert booked is not None
    assert booked.starts_at == moved[0].starts_at


def test_an_event_changed_by_hand_is_kept_unless_said_otherwise(session: Session) -> None:
    """The one with a guest keeps its title through an edit of all."""
    row = begin(session, entry(None))
    second = events(session, row)[1]
    by_hand = EventEntry(**{**vars(service.entry_of(second)), "title": "Nähcafé mit Gast"})
    service.edit_event(session, second.id, by_hand, now=NOW)
    assert [line.written.own for line in series.dates_of(session, row, now=NOW) if line.written] == [False, True, False]
    series.edit_series(session, row, entry(None, title="Nähen"), TUESDAY, {}, keep_own=True, now=NOW)
    assert [event.title for event in events(session, row)] == ["Nähen", "Nähcafé mit Gast", "Nähen"]
    series.edit_series(session, row, entry(None, title="Stoffe"), TUESDAY, {}, keep_own=False, now=NOW)
    assert [event.title for event in events(session, row)] == ["Stoffe"] * 3


def test_drafts_are_deleted_and_published_dates_stay_as_cancelled(session: Session) -> None:
    """Nobody saw the drafts; what the public saw is shown as cancelled, with the reason, and its space is free."""
    hall = make_space(session)
    drafts = begin(session, entry(None), publish=False)
    assert series.cancel_series(session, drafts, None, "", now=NOW) == 3
    assert events(session, drafts) == []
    seen = begin(session, entry(hall.id))
    series.cancel_series(session, seen, TUESDAY + timedelta(weeks=1), "Leiterin krank", now=NOW, by="anna")
    assert [(event.state, event.cancel_reason) for event in events(session, seen)] == [
        (EventState.PUBLISHED, ""),
        (EventState.CANCELLED, "Leiterin krank"),
        (EventState.CANCELLED, "Leiterin krank"),
    ]
    freed = session.scalars(select(Booking.state).where(Booking.space_id == hall.id).order_by(Booking.starts_at))
    assert list(freed) == [BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.CANCELLED]


def test_a_series_of_drafts_is_published_at_once(session: Session) -> None:
    """Dates that are added afterwards are published, too."""
    row = begin(session, entry(None), publish=False)
    assert series.publish_series(session, row, now=NOW) == 3
    series.edit_series(session, row, entry(None, "FREQ=WEEKLY;COUNT=4"), TUESDAY, {}, keep_own=True, now=NOW)
    assert {event.state for event in events(session, row)} == {EventState.PUBLISHED}
    assert len(events(session, row)) == 4


def test_holidays_are_left_out_on_wish(session: Session) -> None:
    """Christmas Day is noted by its name, New Year's Day is held all the same."""
    fridays = entry(None, "FREQ=WEEKLY;COUNT=3", day=date(2026, 12, 18), skips=("public",))
    row = begin(session, fridays, {date(2027, 1, 1): Wish.ANYWAY})
    lines = series.dates_of(session, row, now=NOW)
    assert [line.omission.reason if line.omission else None for line in lines] == [None, Reason.PUBLIC_HOLIDAY, None]


def test_every_week_until_is_a_series(session: Session) -> None:
    """The short form of the programme's page gives the same."""
    said = entry(None).said
    row = begin(session, series.weekly_until(said, TUESDAY + timedelta(weeks=3), ZONE))
    assert len(events(session, row)) == 4
    assert series.entry_of(row).said == said
    assert series.find_series(session, row.id) is row
    assert series.find_series(session, "imported") is None

"""Events of the house: drafts, published, changed, cancelled, repeated; each with its booking."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.programme import service
from node.programme.models import Event
from node.programme.service import EventEntry, EventStateRefused, shifted
from shared.database import Database
from shared.records.bookings import BookingState, SpaceTaken
from shared.records.events import EventState, EventTimesImpossible
from tests.factories import DAY, NOW, ZONE, local_slot, make_booking, make_event, make_space

LATER = NOW + timedelta(hours=1)
Moved = Callable[..., EventEntry]


def standing(session: object, event: Event) -> tuple[str, object] | None:
    booking = bookings.find_booking_of_event(session, event.id)  # type: ignore[arg-type]
    return (booking.space_id, booking.starts_at) if booking else None


def test_a_draft_does_not_travel_and_a_published_event_does(database: Database) -> None:
    """What the public sees begins with publishing."""
    with database.transaction() as session:
        event = make_event(session, published=False)
        assert not event.travels
        service.publish_event(session, event.id, now=LATER)
        assert event.travels
        assert event.updated_at == LATER


def test_each_change_of_a_published_event_raises_its_sequence(database: Database) -> None:
    """Subscribed calendars follow the sequence; a change of nothing does not raise it, a draft's neither."""
    with database.transaction() as session:
        event, draft = make_event(session), make_event(session, published=False)
        renamed = EventEntry(title="Spätes Frühstück", slot=local_slot("11:00", "13:00"))
        service.edit_event(session, event.id, renamed, now=LATER)
        service.edit_event(session, event.id, renamed, now=LATER + timedelta(hours=1))
        service.edit_event(session, draft.id, renamed, now=LATER)
        assert (event.sequence, event.updated_at, draft.sequence) == (1, LATER, 0)


def test_a_space_is_booked_along_with_its_event(database: Database) -> None:
    """The booking has the event's time and names it."""
    with database.transaction() as session:
        hall = make_space(session)
        event = make_event(session, space=hall)
        assert standing(session, event) == (hall.id, event.starts_at)


def test_an_event_whose_space_is_taken_is_not_written(database: Database) -> None:
    """Either both are there or none."""
    with database.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, "10:00", "12:00")
        with pytest.raises(SpaceTaken):
            make_event(session, space=hall)
        assert session.scalars(select(Event)).all() == []


def test_the_booking_follows_its_event(database: Database) -> None:
    """Moved with it, moved to another space, freed when the event needs none."""
    with database.transaction() as session:
        hall, room = make_space(session), make_space(session, "Nebenraum")
        event = make_event(session, space=hall)
        slot = local_slot("14:00", "16:00")
        service.edit_event(session, event.id, EventEntry(title="x", slot=slot, space_id=room.id), now=LATER)
        assert standing(session, event) == (room.id, slot.starts_at)
        service.edit_event(session, event.id, EventEntry(title="x", slot=slot), now=LATER)
        assert standing(session, event) is None


def test_an_event_that_cannot_move_stays_as_it_was(database: Database) -> None:
    """A refused change changes neither the event nor its booking."""
    with database.transaction() as session:
        hall = make_space(session)
        event = make_event(session, space=hall)
        before = event.starts_at
        make_booking(session, hall, "14:00", "15:00")
        wanted = EventEntry(title="Umbenannt", slot=local_slot("14:00", "16:00"), space_id=hall.id)
        with pytest.raises(SpaceTaken):
            service.edit_event(session, event.id, wanted, now=LATER)
        assert (event.title, event.sequence, event.starts_at) == ("Offenes Frühstück", 0, before)
        assert standing(session, event) == (hall.id, before)


def test_cancelling_keeps_the_reason_and_frees_the_space(database: Database) -> None:
    """The public reads why; the space can be booked again."""
    with database.transaction() as session:
        hall = make_space(session)
        event = make_event(session, space=hall)
        service.cancel_event(session, event.id, "Sturm", now=LATER)
        assert (event.state, event.cancel_reason, event.sequence) == (EventState.CANCELLED, "Sturm", 1)
        make_booking(session, hall, "10:00", "12:00")
        with pytest.raises(EventStateRefused):
            service.edit_event(session, event.id, service.entry_of(event), now=LATER)


def test_a_discarded_draft_leaves_no_event_and_no_booking(database: Database) -> None:
    """A draft can be deleted; what was published is cancelled instead."""
    with database.transaction() as session:
        hall = make_space(session)
        draft, shown = make_event(session, space=hall, published=False), make_event(session)
        service.discard_draft(session, draft.id, now=LATER)
        with pytest.raises(EventStateRefused):
            service.discard_draft(session, shown.id, now=LATER)
    with database.reading() as session:
        assert session.scalars(select(Event.id)).all() == [shown.id]
        assert session.scalars(select(Booking.state)).all() == [BookingState.CANCELLED]


def test_ten_o_clock_stays_ten_o_clock_across_summer_time() -> None:
    """A date shifted by weeks keeps its wall time when the clocks change in March."""
    first = local_slot("10:00", "12:00", date(2027, 3, 24))
    dates = [shifted(first, days, ZONE) for days in (0, 7, 14)]
    assert [slot.starts_at.hour for slot in dates] == [9, 8, 8]
    assert {slot.starts_at.astimezone(ZONE).hour for slot in dates} == {10}


def test_a_date_past_midnight_ends_the_next_day() -> None:
    """Also in the night of the change."""
    first = local_slot("22:00", "01:00", date(2026, 10, 17))
    dates = [shifted(first, days, ZONE) for days in (0, 7)]
    assert [slot.ends_at.astimezone(ZONE).strftime("%d. %H:%M") for slot in dates] == ["18. 01:00", "25. 01:00"]


def test_an_event_of_no_length_is_refused(database: Database) -> None:
    """An event ends after it begins."""
    slot = local_slot("10:00", "12:00")
    with database.transaction() as session, pytest.raises(EventTimesImpossible):
        service.create_event(session, EventEntry(title="x", slot=slot._replace(ends_at=slot.starts_at)), now=NOW)


def test_a_copy_is_the_same_a_week_later(database: Database) -> None:
    """Copying keeps what was said and moves the day; nothing is written yet."""
    with database.transaction() as session:
        event = make_event(session, theme="family", target_groups=("families",), source_uid="x@y")
        copied = service.copy_of(event, 1, ZONE)
        assert copied.slot == local_slot("10:00", "12:00", DAY + timedelta(days=7))
        assert (copied.theme, copied.target_groups, copied.source_uid) == ("family", ("families",), None)


def test_the_public_reads_published_events_of_a_time(database: Database) -> None:
    """Drafts are left out, cancelled ones come on request, what began before and lasts is in."""
    with database.transaction() as session:
        make_event(session, "Entwurf", published=False)
        make_event(session, "Vorher", "08:00", "09:00")
        running = make_event(session, "Läuft", "09:00", "11:00")
        gone = make_event(session, "Ausgefallen", "10:00", "11:00")
        service.cancel_event(session, gone.id, "krank", now=LATER)
        within = local_slot("10:00", "12:00")
        assert service.published_between(session, *within) == [running]
        assert service.published_between(session, *within, with_cancelled=True) == [running, gone]

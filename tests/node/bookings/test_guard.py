"""The database itself refuses a double booking, whoever writes and however."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from node.bookings import guard, service
from node.bookings.models import Booking, Claim
from node.spaces import service as spaces
from node.spaces.models import Space
from node.spaces.service import PartsBooked, SpaceEntry
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import BookingState, Slot, SpaceTaken
from tests.factories import DAY, NOW, local_slot, make_booking, make_space

FAR_AHEAD = date(2199, 3, 4)  # the guard looks at the clock only to leave alone what is over
LONG_AGO = date(2019, 3, 4)


def refuse(house: Database, space: Space, start: str, end: str, day: date = DAY) -> Slot:
    """Try a booking that has to fail; return the slot that is in its way."""
    with house.transaction() as session, pytest.raises(SpaceTaken) as refusal:
        make_booking(session, space, start, end, day)
    assert refusal.value.taken is not None
    return refusal.value.taken


def test_a_taken_space_is_refused_with_the_culprit(house: Database) -> None:
    """Who asks for a taken time learns which booking is in the way."""
    with house.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, "10:00", "12:00")
    assert refuse(house, hall, "11:00", "13:00") == local_slot("10:00", "12:00")


def test_back_to_back_bookings_are_possible(house: Database) -> None:
    """One group leaves as the next comes."""
    with house.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, "10:00", "12:00")
        make_booking(session, hall, "12:00", "13:00")
        make_booking(session, hall, "09:00", "10:00")
        assert len(session.scalars(select(Booking)).all()) == 3


def test_moving_a_booking_onto_another_is_refused_and_changes_nothing(house: Database) -> None:
    """An edit is checked like a new booking; after a refusal all is as it was."""
    with house.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, "10:00", "12:00")
        later = make_booking(session, hall, "13:00", "14:00", title="Chor")
    entry = service.BookingEntry(space_id=hall.id, slot=local_slot("11:00", "13:00"), title="Lauter Chor")
    with house.transaction() as session, pytest.raises(SpaceTaken):
        service.move_booking(session, later.id, entry)
    with house.reading() as session:
        kept = service.get_booking(session, later.id)
        assert (kept.title, kept.starts_at) == ("Chor", local_slot("13:00", "14:00").starts_at)


def test_a_booking_may_move_within_its_own_time(house: Database) -> None:
    """A booking is never in its own way."""
    with house.transaction() as session:
        hall = make_space(session, buffer_before_min=60, buffer_after_min=60)
        booking = make_booking(session, hall, "10:00", "12:00")
        entry = service.BookingEntry(space_id=hall.id, slot=local_slot("10:30", "12:30"))
        assert service.move_booking(session, booking.id, entry).starts_at == local_slot("10:30", "12:30").starts_at


def test_a_hall_and_its_halves_exclude_each_other(house: Database) -> None:
    """Booking the hall takes its halves, booking a half takes the hall, the halves get along."""
    with house.transaction() as session:
        hall = make_space(session)
        left, right = make_space(session, "Links", hall), make_space(session, "Rechts", hall)
        corner = make_space(session, "Ecke", left)
        make_booking(session, left, "10:00", "12:00")
        make_booking(session, right, "10:00", "12:00")
        make_booking(session, hall, "14:00", "15:00")
    refuse(house, hall, "11:00", "13:00")
    refuse(house, right, "14:00", "14:30")
    refuse(house, corner, "11:00", "11:30")


@pytest.mark.parametrize(("start", "end"), [("11:15", "11:45"), ("08:00", "09:15")])
def test_buffers_are_kept_in_both_directions(house: Database, start: str, end: str) -> None:
    """The clearing of the one before and the setting up of the one after both count."""
    with house.transaction() as session:
        hall = make_space(session, buffer_before_min=60, buffer_after_min=30)
        make_booking(session, hall, "10:00", "11:00")
    refuse(house, hall, start, end)


def test_the_gap_is_the_larger_buffer_and_not_the_sum(house: Database) -> None:
    """Thirty minutes after and sixty before ask for sixty minutes between two bookings, not ninety."""
    with house.transaction() as session:
        hall = make_space(session, buffer_before_min=60, buffer_after_min=30)
        make_booking(session, hall, "10:00", "11:00")
        make_booking(session, hall, "12:00", "13:00")


def test_a_request_holds_nothing_until_it_is_confirmed(house: Database) -> None:
    """Two may ask for the same evening; only one of them can be confirmed."""
    with house.transaction() as session:
        hall = make_space(session)
        first = make_booking(session, hall, state=BookingState.REQUESTED)
        second = make_booking(session, hall, state=BookingState.REQUESTED)
        service.confirm_booking(session, first.id, now=NOW)
        with pytest.raises(SpaceTaken):
            service.confirm_booking(session, second.id, now=NOW)
        assert second.state == BookingState.REQUESTED


def test_a_cancelled_booking_frees_its_space(house: Database) -> None:
    """What was cancelled is in nobody's way."""
    with house.transaction() as session:
        hall = make_space(session)
        booking = make_booking(session, hall)
        service.cancel_booking(session, booking.id, "krank", now=NOW)
        make_booking(session, hall)
        assert session.scalars(select(Claim.booking_id)).unique().all() != [booking.id]


def test_even_plain_sql_cannot_double_book(house: Database) -> None:
    """A write past every service is refused too, and so is a claim that is written by hand."""
    with house.transaction() as session:
        hall = make_space(session)
        booking = make_booking(session, hall)
        other = make_booking(session, hall, "12:00", "13:00")
    row = {column.name: getattr(booking, column.name) for column in Booking.__table__.columns} | {"id": new_id()}
    with house.engine.connect() as connection, pytest.raises(IntegrityError, match=guard.REFUSED):
        connection.execute(insert(Booking), row)
    moved = update(Booking).where(Booking.id == other.id).values(starts_at=booking.starts_at)
    with house.engine.connect() as connection, pytest.raises(IntegrityError, match=guard.REFUSED):
        connection.execute(moved)
    grown = update(Claim).where(Claim.booking_id == other.id).values(starts_at=booking.starts_at)
    with house.engine.connect() as connection, pytest.raises(IntegrityError, match=guard.REFUSED):
        connection.execute(grown)


def test_a_booking_of_a_space_that_is_not_there_is_guarded_too(house: Database) -> None:
    """A restored booking may come before its space: it holds the space's place."""
    values = {"space_id": new_id(), "kind": "internal", "state": "confirmed", "taken_at": NOW}
    slot = local_slot("10:00", "11:00")
    times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    with house.transaction() as session:
        session.add(Booking(**values, **times))
    with pytest.raises(IntegrityError, match=guard.REFUSED), house.transaction() as session:
        session.add(Booking(**values, **times))


def test_dividing_a_space_keeps_its_bookings_guarded(house: Database) -> None:
    """When a hall gets halves its coming bookings hold the halves from then on."""
    with house.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, day=FAR_AHEAD)
        left = make_space(session, "Links", hall)
    refuse(house, left, "10:30", "11:30", FAR_AHEAD)
    refuse(house, hall, "10:30", "11:30", FAR_AHEAD)


def test_spaces_whose_coming_bookings_overlap_cannot_become_one(house: Database) -> None:
    """A room booked at the same time as the hall cannot be made a part of the hall."""
    with house.transaction() as session:
        hall, room = make_space(session), make_space(session, "Nebenraum")
        make_booking(session, hall, day=FAR_AHEAD)
        make_booking(session, room, day=FAR_AHEAD)
    with house.transaction() as session, pytest.raises(PartsBooked):
        spaces.edit_space(session, room.id, SpaceEntry(name="Nebenraum", parent_id=hall.id))
    with house.reading() as session:
        assert spaces.get_space(session, room.id).parent_id is None


def test_what_is_over_does_not_stand_in_the_way_of_a_new_tree(house: Database) -> None:
    """Bookings of the past may overlap in the new tree: nobody is double-booked any more."""
    with house.transaction() as session:
        hall, room = make_space(session), make_space(session, "Nebenraum")
        make_booking(session, hall, day=LONG_AGO)
        make_booking(session, room, day=LONG_AGO)
        spaces.edit_space(session, room.id, SpaceEntry(name="Nebenraum", parent_id=hall.id))
        assert spaces.parts_of(session, hall.id) == (room.id,)


def test_a_wider_buffer_does_not_touch_bookings_that_stand(house: Database) -> None:
    """Buffers are those of the moment a booking is taken or moved."""
    with house.transaction() as session:
        hall = make_space(session)
        first = make_booking(session, hall, "10:00", "11:00")
        make_booking(session, hall, "11:00", "12:00")
        spaces.edit_space(session, hall.id, SpaceEntry(name="Saal", buffer_after_min=30))
        entry = service.BookingEntry(space_id=hall.id, slot=local_slot("10:00", "11:00"), title="Chor")
        assert service.move_booking(session, first.id, entry).title == "Chor"


def test_bookings_past_midnight_and_over_days_are_one(house: Database) -> None:
    """A party ends after midnight, an exhibition lasts for days."""
    with house.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, "22:00", "02:00")
    assert refuse(house, hall, "01:00", "03:00", DAY + timedelta(days=1)) == local_slot("22:00", "02:00")


def test_a_guard_that_was_dropped_is_noticed_and_rebuilt(house: Database) -> None:
    """A migration that recreates the table loses the guard; building it again brings it back."""
    lost = (
        [f"DROP TRIGGER {statement.split()[5]}" for statement in guard.sqlite_statements()]
        if house.is_sqlite
        else [f"ALTER TABLE booking_claims DROP CONSTRAINT {guard.REFUSED}"]
    )
    with house.engine.begin() as connection:
        for statement in lost:
            connection.exec_driver_sql(statement)
        assert not guard.is_guarded(connection)
        guard.build(None, connection)
        assert guard.is_guarded(connection)

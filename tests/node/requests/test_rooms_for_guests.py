"""Which rooms a guest may ask for, and when one is free: without saying what else is there."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from node.requests import rooms
from node.requests.rooms import NoSuchRoom, NotFree
from node.spaces import guest_hours
from node.spaces.guest_hours import GuestHoursEntry
from node.spaces.models import Space
from shared.database import Database
from shared.records.bookings import BookingTimesImpossible, Slot
from shared.records.spaces import BookingTooLong, NoticeTooShort, OutsideSpaceHours
from shared.time import at_local
from tests.factories import NOW, ZONE, local_slot, make_booking, make_space

DAY = date(2026, 12, 7)  # a Monday, two weeks ahead


def walls(slots: list[Slot]) -> list[str]:
    """Return stretches as wall times of Berlin."""
    return [f"{one.starts_at.astimezone(ZONE):%H:%M}-{one.ends_at.astimezone(ZONE):%H:%M}" for one in slots]


def free(session: Session, space: Space, day: date = DAY, now: datetime = NOW) -> list[str]:
    return walls(rooms.free_on(session, space, day, ZONE, now))


def test_a_day_without_bookings_is_free_from_midnight_to_midnight(database: Database) -> None:
    """Today it is free from now on, in full quarters."""
    with database.transaction() as session:
        room = make_space(session)
        assert free(session, room) == ["00:00-00:00"]
        today = at_local(DAY, time(9, 7), ZONE)
        assert free(session, room, now=today) == ["09:15-00:00"]


def test_buffers_and_stretches_too_short_to_use_are_left_out(database: Database) -> None:
    """Half an hour is the least."""
    with database.transaction() as session:
        room = make_space(session, buffer_before_min=15, buffer_after_min=15)
        make_booking(session, room, "10:00", "12:00", DAY)
        make_booking(session, room, "12:45", "22:00", DAY)
        assert free(session, room) == ["00:00-09:45", "22:15-00:00"]


def test_a_half_is_taken_when_the_hall_is(database: Database) -> None:
    """And the hall when a half is."""
    with database.transaction() as session:
        hall = make_space(session, name="Saal")
        north, south = make_space(session, "Nord", hall), make_space(session, "Süd", hall)
        make_booking(session, north, "10:00", "12:00", DAY)
        assert free(session, hall) == ["00:00-10:00", "12:00-00:00"]
        assert free(session, south) == ["00:00-00:00"]


def test_a_guest_room_is_free_within_its_hours_only(database: Database) -> None:
    """The school's hall from six to ten in the evening; a part of it has the hours of the whole."""
    with database.transaction() as session:
        gym = make_space(session, name="Turnhalle", is_guest_space=True, host_building="Grundschule")
        guest_hours.add_hours(session, gym.id, GuestHoursEntry(opens_local="18:00", closes_local="22:00"), [0])
        half = make_space(session, "Hallenhälfte", gym)
        make_booking(session, gym, "18:00", "19:00", DAY)
        assert free(session, half) == ["19:00-22:00"]
        assert free(session, gym, DAY + timedelta(days=1)) == []
        with pytest.raises(OutsideSpaceHours):
            rooms.refuse_unfit(session, half, local_slot("20:00", "23:00", DAY), ZONE, NOW)


@pytest.mark.parametrize(
    ("slot", "refusal"),
    [
        (local_slot("10:00", "11:00", NOW.date() + timedelta(days=1)), NoticeTooShort),
        (local_slot("10:00", "15:00", DAY), BookingTooLong),
        (local_slot("13:00", "14:30", DAY), NotFree),
        (Slot(*reversed(local_slot("10:00", "11:00", DAY))), BookingTimesImpossible),
    ],
)
def test_what_the_room_asks_is_refused_one_by_one(database: Database, slot: Slot, refusal: type[Exception]) -> None:
    """Too soon, too long, taken, backwards; what fits is not."""
    with database.transaction() as session:
        room = make_space(session, notice_hours=48, length_max_min=240)
        make_booking(session, room, "14:00", "16:00", DAY)
        rooms.refuse_unfit(session, room, local_slot("10:00", "14:00", DAY), ZONE, NOW)
        with pytest.raises(refusal):
            rooms.refuse_unfit(session, room, slot, ZONE, NOW)


def test_what_fits_is_recommended_by_its_seating(database: Database) -> None:
    """Forty at tables need the larger room, forty in rows the smaller; an unknown size comes last."""
    with database.transaction() as session:
        make_space(session, name="Unbekannt")
        make_space(session, name="Groß", capacity=120, capacity_tables=60, capacity_rows=110)
        make_space(session, name="Klein", capacity=50, capacity_tables=24, capacity_rows=45)
        make_space(session, name="Büro", kind="office", capacity=500)
        slot = local_slot("10:00", "12:00", DAY)

        def names(persons: int, seating: str) -> list[str]:
            found = rooms.fitting(session, slot, persons, seating, zone=ZONE, now=NOW)
            return [one.space.name for one in found]

        assert names(40, "tables") == ["Groß", "Unbekannt"]
        assert names(40, "rows") == ["Klein", "Groß", "Unbekannt"]
        assert names(200, "") == ["Unbekannt"]


def test_a_room_of_the_staff_or_a_retired_one_is_no_room_for_guests(database: Database) -> None:
    """Whoever names it."""
    with database.transaction() as session:
        office, store = make_space(session, kind="office"), make_space(session, kind="storage")
        retired = make_space(session, bookable=False)
        for space in (office, store, retired):
            with pytest.raises(NoSuchRoom):
                rooms.get_room(session, space.id)

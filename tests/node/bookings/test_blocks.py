"""Several spaces closed at once, for hours or days: all of them, or none."""

from datetime import timedelta

import pytest

from node.bookings import service
from shared.database import Database
from shared.records.bookings import BookingState, Slot, SpaceTaken
from tests.factories import DAY, NOW, local_slot, make_booking, make_space

WEEK = Slot(local_slot("00:00", "01:00").starts_at, local_slot("00:00", "01:00", DAY + timedelta(days=5)).starts_at)


def test_the_whole_house_is_blocked_for_days_as_one_booking_each(house: Database) -> None:
    """A hall brings its halves along; nobody can book any part on any of the days."""
    with house.transaction() as session:
        hall, cafe = make_space(session), make_space(session, "Café")
        half = make_space(session, "Links", hall)
        made = service.block_spaces(session, [hall.id, half.id, cafe.id], WEEK, "Malerarbeiten", now=NOW)
        assert sorted(booking.space_id for booking in made) == sorted([hall.id, cafe.id])
        assert {booking.block_id for booking in made} == {made[0].block_id}
        with pytest.raises(SpaceTaken):
            make_booking(session, half, "10:00", "11:00", DAY + timedelta(days=3))


def test_bookings_in_the_way_are_all_named_and_nothing_is_blocked(house: Database) -> None:
    """Whoever blocks the house learns of every booking to be moved first."""
    with house.transaction() as session:
        hall, cafe, free = make_space(session), make_space(session, "Café"), make_space(session, "Büro")
        late = make_booking(session, cafe, day=DAY + timedelta(days=2), title="Kaffeeklatsch")
        first = make_booking(session, hall, title="Chor")
        with pytest.raises(service.BlockRefused) as refused:
            service.block_spaces(session, [hall.id, cafe.id, free.id], WEEK, "Malerarbeiten", now=NOW)
        assert [booking.id for booking in refused.value.in_the_way] == [first.id, late.id]
    with house.reading() as session:
        assert [booking.title for booking in service.bookings_between(session, WEEK)] == ["Chor", "Kaffeeklatsch"]


def test_a_lifted_block_frees_every_space(house: Database) -> None:
    """One decision opens all of them again; the block stays in the book as cancelled."""
    with house.transaction() as session:
        hall, cafe = make_space(session), make_space(session, "Café")
        made = service.block_spaces(session, [hall.id, cafe.id], WEEK, "Malerarbeiten", now=NOW)
        assert service.lift_block(session, made[0].block_id or "", "Fertig", now=NOW) == 2
        assert {booking.state for booking in made} == {BookingState.CANCELLED}
        make_booking(session, hall)


def test_nothing_named_is_nothing_blocked(house: Database) -> None:
    """A form without a space is refused."""
    with house.transaction() as session, pytest.raises(service.NothingToBlock):
        service.block_spaces(session, [], WEEK, "Malerarbeiten", now=NOW)

"""Never more is promised than there is, whoever writes and however; what comes back is free again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from node.equipment import guard, service
from node.equipment.models import Item, Reservation
from node.equipment.service import (
    CountImpossible,
    ItemEntry,
    ItemRetired,
    LendingEntry,
    LendingOver,
    NotLentAlone,
    ReservationUnknown,
    StockExceeded,
    StockPromised,
)
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import BookingTimesImpossible, Slot
from tests.factories import NOW, local_slot, make_item

MORNING = local_slot("10:00", "12:00")
NOON = local_slot("12:00", "14:00")
ALL_DAY = local_slot("09:00", "20:00")


def lending(item: Item, count: int = 1, slot: Slot = MORNING, **said: str) -> LendingEntry:
    return LendingEntry(item_id=item.id, count=count, slot=slot, **{"lent_to": "A. Krämer", **said})


def test_a_booking_gets_what_is_there_and_not_more(house: Database) -> None:
    """Forty chairs are promised to two bookings; the third learns how many are left."""
    with house.transaction() as session:
        chairs = make_item(session, "Stühle", 40)
        service.reserve(session, new_id(), chairs.id, 25, MORNING)
        service.reserve(session, new_id(), chairs.id, 10, ALL_DAY)
        with pytest.raises(StockExceeded) as refusal:
            service.reserve(session, new_id(), chairs.id, 6, MORNING)
        assert (refusal.value.item_name, refusal.value.wanted, refusal.value.free) == ("Stühle", 6, 5)
        service.reserve(session, new_id(), chairs.id, 5, MORNING)


def test_the_busiest_instant_counts_and_not_the_sum_over_the_day(house: Database) -> None:
    """Three in the morning and three at noon are never six at once: two of five are free all day."""
    with house.transaction() as session:
        item = make_item(session, stock=5)
        service.reserve(session, new_id(), item.id, 3, MORNING)
        service.reserve(session, new_id(), item.id, 3, NOON)
        assert service.free_of(session, item.id, ALL_DAY) == 2
        service.reserve(session, new_id(), item.id, 2, ALL_DAY)
        with pytest.raises(StockExceeded):
            service.reserve(session, new_id(), item.id, 1, local_slot("11:00", "13:00"))


def test_one_peak_hidden_inside_the_wish_is_found(house: Database) -> None:
    """A reservation that begins in the middle of the wish counts, too."""
    with house.transaction() as session:
        item = make_item(session, stock=2)
        service.reserve(session, new_id(), item.id, 1, local_slot("11:00", "11:30"))
        with pytest.raises(StockExceeded) as refusal:
            service.reserve(session, new_id(), item.id, 2, ALL_DAY)
        assert refusal.value.free == 1


def test_a_second_call_for_the_same_booking_adds_to_the_first(house: Database) -> None:
    """One line for each item of a booking."""
    with house.transaction() as session:
        item, booking_id = make_item(session, stock=5), new_id()
        service.reserve(session, booking_id, item.id, 2, MORNING)
        service.reserve(session, booking_id, item.id, 3, MORNING)
        assert [each.count for each in service.with_booking(session, booking_id)] == [5]
        with pytest.raises(StockExceeded):
            service.reserve(session, booking_id, item.id, 1, MORNING)


def test_equipment_moves_and_goes_with_its_booking(house: Database) -> None:
    """A moved booking takes its things along if they are free there; a cancelled one frees them."""
    with house.transaction() as session:
        item, one, other = make_item(session, stock=1), new_id(), new_id()
        service.reserve(session, one, item.id, 1, MORNING)
        service.reserve(session, other, item.id, 1, NOON)
        with pytest.raises(StockExceeded):
            service.move_with_booking(session, one, NOON)
        assert service.with_booking(session, one)[0].starts_at == MORNING.starts_at
        service.release_with_booking(session, other)
        service.move_with_booking(session, one, NOON)
        assert service.free_of(session, item.id, MORNING) == 1
        assert service.free_of(session, item.id, NOON) == 0


def test_a_refused_move_leaves_the_other_items_where_they_were(house: Database) -> None:
    """All that goes with a booking moves, or nothing does."""
    with house.transaction() as session:
        easel, beamer = make_item(session, "A-Staffelei"), make_item(session, "Beamer")
        booking = new_id()
        service.keep_with_booking(session, booking, {easel.id: 1, beamer.id: 1}, MORNING)
        service.reserve(session, new_id(), beamer.id, 1, NOON)
        with pytest.raises(StockExceeded):
            service.move_with_booking(session, booking, NOON)
        assert {each.starts_at for each in service.with_booking(session, booking)} == {MORNING.starts_at}


def test_exactly_what_is_wanted_is_kept_with_a_booking(house: Database) -> None:
    """The form of a booking says it anew: more of one, none of the other; a retired item may stay."""
    with house.transaction() as session:
        chairs, beamer, booking = make_item(session, "Stühle", 40), make_item(session, "Beamer"), new_id()
        service.keep_with_booking(session, booking, {chairs.id: 10, beamer.id: 1}, MORNING)
        service.retire_item(session, chairs.id)
        service.keep_with_booking(session, booking, {chairs.id: 12, beamer.id: 0}, NOON)
        (kept,) = service.with_booking(session, booking)
        assert (kept.item.name, kept.count, kept.starts_at) == ("Stühle", 12, NOON.starts_at)
        with pytest.raises(StockExceeded):
            service.keep_with_booking(session, booking, {beamer.id: 1, chairs.id: 41}, NOON)
        assert [each.item.name for each in service.with_booking(session, booking)] == ["Stühle"]


def test_what_is_free_can_be_asked_as_if_the_booking_had_nothing(house: Database) -> None:
    """A form that changes a booking offers its own pieces, too; retired items are not offered."""
    with house.transaction() as session:
        item, booking = make_item(session, stock=5), new_id()
        make_item(session, "Altes", retired=True)
        service.reserve(session, booking, item.id, 4, MORNING)
        assert [(each.item.id, each.free) for each in service.free_items(session, MORNING)] == [(item.id, 1)]
        (own,) = service.free_items(session, MORNING, but_booking=booking)
        assert own.free == 5


def test_a_stock_never_shrinks_below_what_is_promised(house: Database) -> None:
    """Two of ten broke: eight are promised at most, and that is what remains possible."""
    far = local_slot("10:00", "12:00", NOW.date().replace(year=2190))
    with house.transaction() as session:
        item = make_item(session, stock=10)
        service.reserve(session, new_id(), item.id, 8, far)
        service.edit_item(session, item.id, ItemEntry(name="Stühle", stock=8))
        with pytest.raises(StockPromised):
            service.edit_item(session, item.id, ItemEntry(name="Stühle", stock=7))
        assert service.get_item(session, item.id).stock == 8


def test_what_is_over_does_not_hold_the_stock(house: Database) -> None:
    """Last year's party is no reason against throwing old chairs away."""
    with house.transaction() as session:
        item = make_item(session, stock=10)
        service.reserve(session, new_id(), item.id, 10, local_slot("10:00", "12:00", NOW.date().replace(year=2019)))
        assert service.edit_item(session, item.id, ItemEntry(name="Stühle", stock=1)).stock == 1


def test_lent_things_are_out_until_they_are_back(house: Database) -> None:
    """Returned early, they can be lent again at once; a second return is refused."""
    with house.transaction() as session:
        beamer = make_item(session, "Beamer")
        lent = service.lend(session, lending(beamer, slot=ALL_DAY), now=NOW, by="anna")
        assert lent.is_out
        with pytest.raises(StockExceeded):
            service.lend(session, lending(beamer), now=NOW)
        service.take_back(session, lent.id, now=NOW + timedelta(hours=1), by="ben")
        assert (lent.is_out, lent.given_out_by, lent.returned_by) == (False, "anna", "ben")
        service.lend(session, lending(beamer), now=NOW)
        with pytest.raises(LendingOver):
            service.take_back(session, lent.id, now=NOW)


def test_what_is_kept_for_somebody_is_given_out_later_or_forgotten(house: Database) -> None:
    """Fetched once, and then neither forgotten nor fetched again."""
    with house.transaction() as session:
        beamer = make_item(session, "Beamer")
        kept = service.lend(session, lending(beamer), now=NOW, given_out=False)
        with pytest.raises(LendingOver):
            service.take_back(session, kept.id, now=NOW)
        service.give_out(session, kept.id, now=MORNING.starts_at, by="anna")
        for again in (
            lambda: service.give_out(session, kept.id, now=NOW),
            lambda: service.cancel_lending(session, kept.id),
        ):
            with pytest.raises(LendingOver):
                again()
        other = service.lend(session, lending(beamer, slot=NOON), now=NOW, given_out=False)
        service.cancel_lending(session, other.id)
        assert service.free_of(session, beamer.id, NOON) == 1


def test_things_fetched_early_are_out_from_then_on(house: Database) -> None:
    """Whoever comes a day early gets them if they are there."""
    with house.transaction() as session:
        beamer = make_item(session, "Beamer")
        service.reserve(session, new_id(), beamer.id, 1, MORNING)
        kept = service.lend(session, lending(beamer, slot=NOON), now=NOW, given_out=False)
        with pytest.raises(StockExceeded):
            service.give_out(session, kept.id, now=MORNING.starts_at)
        service.give_out(session, kept.id, now=MORNING.ends_at)
        assert kept.starts_at == NOON.starts_at


def test_an_overdue_lending_is_told_and_can_be_prolonged(house: Database) -> None:
    """It stands first in the list; another day of return is possible as long as nobody else has it."""
    with house.transaction() as session:
        beamer = make_item(session, "Beamer")
        late = service.lend(session, lending(beamer), now=NOW)
        service.lend(session, lending(make_item(session, "Leiter"), slot=ALL_DAY), now=NOW)
        at = MORNING.ends_at + timedelta(minutes=1)
        assert service.lendings_open(session, at)[0] is late
        assert late.is_overdue(at)
        (standing,) = [each for each in service.standings(session, at) if each.item is beamer]
        assert (standing.out, standing.overdue, standing.free) == (1, 1, 0)
        service.reserve(session, new_id(), beamer.id, 1, NOON)
        with pytest.raises(StockExceeded):
            service.prolong(session, late.id, NOON.ends_at)
        with pytest.raises(BookingTimesImpossible):
            service.prolong(session, late.id, MORNING.starts_at)


def test_the_list_tells_what_is_in_a_room_just_now(house: Database) -> None:
    """Ten chairs are in the hall, two are lent; what is merely promised for later is still here."""
    with house.transaction() as session:
        chairs = make_item(session, "Stühle", 40)
        service.reserve(session, new_id(), chairs.id, 10, MORNING)
        service.reserve(session, new_id(), chairs.id, 20, NOON)
        service.lend(session, lending(chairs, 2), now=NOW)
        (standing,) = service.standings(session, MORNING.starts_at)
        assert (standing.with_bookings, standing.out, standing.free) == (10, 2, 28)


def test_impossible_wishes_are_refused(house: Database) -> None:
    """Nothing of nothing, of a retired item, alone of what goes only with a room, backwards in time."""
    with house.transaction() as session:
        item, old = make_item(session, stock=3), make_item(session, "Altes", retired=True)
        stage = make_item(session, "Bühne", lent_alone=False)
        with pytest.raises(CountImpossible):
            service.reserve(session, new_id(), item.id, 0, MORNING)
        with pytest.raises(ItemRetired):
            service.reserve(session, new_id(), old.id, 1, MORNING)
        with pytest.raises(NotLentAlone):
            service.lend(session, lending(stage), now=NOW)
        with pytest.raises(BookingTimesImpossible):
            service.lend(session, lending(item, slot=Slot(MORNING.ends_at, MORNING.starts_at)), now=NOW)
        with_room = service.reserve(session, new_id(), stage.id, 1, MORNING)
        with pytest.raises(ReservationUnknown):
            service.take_back(session, with_room.id, now=NOW)


def test_the_database_refuses_also_those_who_go_past_the_service(house: Database) -> None:
    """An update by hand, more pieces than there are, is stopped by the triggers."""
    with house.transaction() as session:
        item = make_item(session, stock=3)
        kept = service.reserve(session, new_id(), item.id, 3, MORNING).id
        back = service.lend(session, lending(item, slot=NOON), now=NOW)
        service.take_back(session, back.id, now=NOW)
    row = update(Reservation)
    for change in (
        row.where(Reservation.id == kept).values(count=4),
        row.where(Reservation.id == back.id).values(returned_at=None, starts_at=MORNING.starts_at),
    ):
        with house.engine.execution_options(writing=True).connect() as connection:
            with pytest.raises(IntegrityError) as error:
                connection.execute(change)
            assert guard.is_refusal(error.value)


def test_the_guard_can_be_built_again_and_is_missed(house: Database) -> None:
    """A migration builds it anew; without one of its triggers it does not count as standing."""
    with house.engine.execution_options(writing=True).begin() as connection:
        guard.build(None, connection)
        assert guard.is_guarded(connection)
        of_table = "" if house.is_sqlite else " ON equipment_items"
        connection.execute(text(f"DROP TRIGGER equipment_stock_shrink{of_table}"))
        assert not guard.is_guarded(connection)
    with house.reading() as session:
        assert session.scalars(select(Item)).all() == []

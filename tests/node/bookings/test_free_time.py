"""When a space is free, reckoned without a database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.records.bookings import Slot
from shared.records.free_time import Buffers, Held, collide, free_stretches, held, next_times, shorter
from tests.factories import local_slot

HALF_AN_HOUR = timedelta(minutes=30)
AN_HOUR = timedelta(hours=1)


NONE = Buffers()


def at(start: str, end: str, buffers: Buffers = NONE) -> Held:
    return held(local_slot(start, end), buffers)


def test_back_to_back_bookings_get_along() -> None:
    """Slots are half-open: one group leaves as the next comes."""
    assert not collide(at("10:00", "11:00"), at("11:00", "12:00"))


@pytest.mark.parametrize(("starts", "fits"), [("11:15", False), ("11:30", True)])
def test_the_gap_is_the_larger_of_two_buffers_not_their_sum(starts: str, fits: bool) -> None:
    """Thirty minutes of clearing and fifteen of setting up need thirty minutes between them."""
    cleared = at("10:00", "11:00", Buffers(after=HALF_AN_HOUR))
    set_up = at(starts, "12:00", Buffers(before=timedelta(minutes=15)))
    assert collide(cleared, set_up) is not fits
    assert collide(set_up, cleared) is not fits


def test_a_free_day_is_one_stretch() -> None:
    """Where nothing is booked the whole day is free."""
    day = local_slot("08:00", "22:00")
    assert free_stretches(day, [], Buffers()) == [day]


def test_free_time_leaves_room_for_the_buffers_of_both() -> None:
    """A booking to be made keeps its own buffers from those that stand."""
    taken = at("12:00", "13:00", Buffers(before=timedelta(minutes=15), after=timedelta(minutes=15)))
    free = free_stretches(local_slot("08:00", "22:00"), [taken], Buffers(before=AN_HOUR, after=HALF_AN_HOUR))
    assert free == [local_slot("08:00", "11:30"), local_slot("14:00", "22:00")]


def test_the_nearest_other_time_comes_from_each_free_stretch() -> None:
    """Before a booking the last possible start is nearest, after it the first."""
    times = next_times(local_slot("10:00", "11:00"), [local_slot("08:00", "22:00")], [at("09:30", "12:10")], Buffers())
    assert list(times) == [local_slot("08:30", "09:30"), local_slot("12:15", "13:15")]


def test_a_shorter_time_is_offered_only_if_it_is_worth_it() -> None:
    """An hour of two is an alternative, a quarter of an hour is not."""
    wanted = local_slot("10:00", "12:00")
    assert shorter(wanted, [at("11:00", "13:00")], Buffers(), HALF_AN_HOUR) == local_slot("10:00", "11:00")
    assert shorter(wanted, [at("10:15", "13:00")], Buffers(), HALF_AN_HOUR) is None


minutes = st.integers(0, 96).map(lambda quarters: timedelta(minutes=15 * quarters))


@given(
    st.lists(st.tuples(minutes, minutes, minutes, minutes), max_size=6),
    minutes,
    minutes,
    minutes,
    minutes,
)
def test_free_stretches_are_exactly_where_nothing_collides(
    taken: list[tuple[timedelta, ...]], before: timedelta, after: timedelta, start: timedelta, length: timedelta
) -> None:
    """A booking collides with nothing if and only if it lies in one free stretch."""
    day = Slot(local_slot("00:00", "00:00").starts_at, local_slot("00:00", "00:00").starts_at + timedelta(days=2))
    uses = [
        held(Slot(day.starts_at + at, day.starts_at + at + lasts + timedelta(minutes=15)), Buffers(ahead, behind))
        for at, lasts, ahead, behind in taken
    ]
    wanted = Slot(day.starts_at + start, min(day.starts_at + start + length + timedelta(minutes=15), day.ends_at))
    mine = held(wanted, Buffers(before, after))
    fits = any(
        stretch.starts_at <= wanted.starts_at and wanted.ends_at <= stretch.ends_at
        for stretch in free_stretches(day, uses, Buffers(before, after))
    )
    assert fits is not any(collide(mine, other) for other in uses)

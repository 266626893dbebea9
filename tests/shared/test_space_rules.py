"""What a space asks of a booking, without a database: notice, length, the hours of a guest space."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.records.bookings import Slot
from shared.records.space_hours import free_between, next_free
from shared.records.spaces import (
    BookingTooLong,
    NoticeTooShort,
    OutsideSpaceHours,
    largest_capacity,
    refuse_against_rules,
)
from shared.time import at_local

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass
class Asked:
    notice_hours: int = 0
    length_max_min: int = 0
    is_guest_space: bool = False


@dataclass
class Row:
    opens_local: str
    closes_local: str
    weekday: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


GUEST = Asked(is_guest_space=True)


def slot(start: str, end: str, day: date = MONDAY, nights: int = 0) -> Slot:
    """Return a slot by wall times, ending `nights` days later."""
    begins = datetime.fromisoformat(f"{day}T{start}").time()
    ends = datetime.fromisoformat(f"{day}T{end}").time()
    return Slot(at_local(day, begins, ZONE), at_local(day + timedelta(days=nights), ends, ZONE))


def refuse(space: Asked, wanted: Slot, *rows: Row) -> None:
    refuse_against_rules(space, rows, wanted, NOW, ZONE)


def test_a_space_without_rules_takes_everything() -> None:
    """Zero means that there is no such rule."""
    refuse(Asked(), slot("08:00", "20:00", MONDAY - timedelta(days=1)))


def test_a_booking_that_begins_too_soon_learns_the_first_start_that_goes() -> None:
    """Two days of notice; exactly two days ahead is enough."""
    space = Asked(notice_hours=48)
    with pytest.raises(NoticeTooShort) as refusal:
        refuse(space, slot("08:59", "12:00", MONDAY + timedelta(days=2)))
    assert refusal.value.notice == timedelta(hours=48)
    assert refusal.value.earliest == NOW + timedelta(hours=48)
    refuse(space, slot("09:00", "12:00", MONDAY + timedelta(days=2)))


def test_a_booking_that_is_too_long_learns_the_longest() -> None:
    """Three hours are the most; three hours go."""
    space = Asked(length_max_min=180)
    refuse(space, slot("12:00", "15:00"))
    with pytest.raises(BookingTooLong) as refusal:
        refuse(space, slot("12:00", "15:15"))
    assert refusal.value.longest == timedelta(hours=3)


def test_the_length_is_what_passes_and_not_what_the_clock_shows() -> None:
    """In the night of the autumn fold 22:00 to 06:00 lasts nine hours."""
    with pytest.raises(BookingTooLong):
        refuse(Asked(length_max_min=8 * 60), slot("22:00", "06:00", date(2026, 10, 24), nights=1))


def test_a_guest_space_is_free_within_its_hours_only() -> None:
    """The school is ours from six in the evening; five o'clock is told when it would go."""
    evenings = Row("18:00", "22:00", weekday=0)
    refuse(GUEST, slot("18:00", "22:00"), evenings)
    for wanted in (slot("17:00", "19:00"), slot("21:00", "22:15"), slot("10:00", "11:00")):
        with pytest.raises(OutsideSpaceHours) as refusal:
            refuse(GUEST, wanted, evenings)
        assert refusal.value.free == (slot("18:00", "22:00"),)
    assert refusal.value.following == slot("18:00", "22:00")


def test_the_next_evening_is_told_where_the_day_has_none() -> None:
    """Whoever asks for Tuesday learns that it goes next Monday."""
    with pytest.raises(OutsideSpaceHours) as refusal:
        refuse(GUEST, slot("18:00", "19:00", MONDAY + timedelta(days=1)), Row("18:00", "22:00", weekday=0))
    assert refusal.value.free == ()
    assert refusal.value.following == slot("18:00", "22:00", MONDAY + timedelta(days=7))


def test_a_guest_space_without_hours_is_never_free() -> None:
    """Nobody has agreed anything with the school yet."""
    with pytest.raises(OutsideSpaceHours) as refusal:
        refuse(GUEST, slot("18:00", "19:00"))
    assert (refusal.value.free, refusal.value.following) == ((), None)


def test_the_hours_of_our_own_spaces_are_not_asked() -> None:
    """Rows left from the time as a guest space bind nobody."""
    refuse(Asked(), slot("10:00", "11:00"), Row("18:00", "22:00"))


def test_hours_past_midnight_reach_into_the_next_day() -> None:
    """Friday's hours until two also take a booking from one to two on Saturday, and one across midnight."""
    friday = MONDAY + timedelta(days=4)
    late = Row("20:00", "02:00", weekday=4)
    refuse(GUEST, slot("01:00", "02:00", friday + timedelta(days=1)), late)
    refuse(GUEST, slot("22:00", "02:00", friday, nights=1), late)
    with pytest.raises(OutsideSpaceHours):
        refuse(GUEST, slot("01:00", "02:00", friday), late)


def test_hours_that_meet_are_one_stretch() -> None:
    """The afternoon and the evening, entered apart, take a booking across both; also day and night."""
    refuse(GUEST, slot("15:00", "21:00"), Row("14:00", "18:00", weekday=0), Row("18:00", "22:00"))
    refuse(GUEST, slot("22:00", "10:00", nights=1), Row("00:00", "00:00"))


def test_hours_hold_from_their_first_to_their_last_day() -> None:
    """The contract with the school covers this term."""
    term = Row("18:00", "22:00", valid_from=MONDAY, valid_until=MONDAY + timedelta(days=1))
    refuse(GUEST, slot("18:00", "19:00", MONDAY + timedelta(days=1)), term)
    for day in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=2)):
        with pytest.raises(OutsideSpaceHours):
            refuse(GUEST, slot("18:00", "19:00", day), term)


def test_a_row_inside_the_hour_that_the_clocks_skip_is_no_time() -> None:
    """On the last Sunday of March 02:00 to 03:00 does not exist."""
    spring = date(2026, 3, 29)
    assert free_between(spring, spring, [Row("02:00", "03:00")], ZONE) == ()


def test_the_next_free_stretch_is_looked_for_within_a_term() -> None:
    """Hours that begin in a year are not offered today."""
    assert next_free(NOW, [Row("18:00", "22:00", valid_from=date(2027, 11, 1))], ZONE) is None


def test_the_capacity_is_the_largest_of_all_seatings() -> None:
    """A hall with two hundred standing takes two hundred, whatever else is said."""
    assert largest_capacity(80, 120, 60, 70, 200) == 200

"""The finder's answers against a slow and simple reckoning, on houses of chance; on days of 23 and 25 hours, too."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.finder.houses import House, Room
from hub.finder.looking import Day, blocked, day_of, usable
from hub.finder.quarters import QUARTER_S, beginnings, frame_of, nearest
from hub.finder.wishes import Wish
from shared.records.free_time import joined
from shared.records.opening_hours import ALL_KINDS, HoursKind, closed_on, slots_on
from shared.time import at_local
from tests.hub.finder.conftest import ZONE

DAYS = [
    date(2026, 11, 23),
    date(2026, 3, 28),
    date(2026, 3, 29),
    date(2026, 10, 24),
    date(2026, 10, 25),
    date(2026, 12, 24),
]
MINUTE = timedelta(minutes=1)
walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 15, 30, 45, 50]))
minutes = st.sampled_from([0, 5, 15, 30, 45, 60])


@st.composite
def hours_rows(draw: Any, day: date) -> list[Any]:
    """Some rows of opening hours: the ordinary week, perhaps another period around `day`, perhaps a closure."""
    rows = []
    for dated in draw(st.lists(st.booleans(), max_size=5)):
        first = day + timedelta(days=draw(st.integers(-2, 2)))
        rows.append(
            SimpleNamespace(
                kind=draw(st.sampled_from(list(HoursKind))),
                weekday=draw(st.sampled_from([None, day.weekday(), (day.weekday() + 1) % 7])),
                opens_local=f"{draw(walls):%H:%M}",
                closes_local=f"{draw(walls):%H:%M}",
                valid_from=first if dated else None,
                valid_until=first + timedelta(days=draw(st.integers(0, 3))) if dated else None,
                closed=dated and draw(st.booleans()),
                note="",
            )
        )
    return rows


@st.composite
def situations(draw: Any) -> Any:
    """A room of a house with hours, bookings in its way, and a length that is wished."""
    day = draw(st.sampled_from(DAYS))
    begin = at_local(day, time(), ZONE)
    uses = [
        (begin + timedelta(minutes=5 * at), timedelta(minutes=5 * lasts), asked)
        for at, lasts, asked in draw(
            st.lists(st.tuples(st.integers(-300, 560), st.integers(1, 200), st.booleans()), max_size=6)
        )
    ]
    return SimpleNamespace(
        day=day,
        hours=draw(hours_rows(day)),
        uses=uses,
        mine=(draw(minutes), draw(minutes)),
        theirs=(draw(minutes), draw(minutes)),
        self_managed=draw(st.booleans()),
        quarters=draw(st.integers(1, 40)),
    )


@settings(max_examples=120, deadline=None)
@given(situations())
def test_the_bits_say_what_a_walk_minute_by_minute_says(found: Any) -> None:
    """For every quarter of an hour of the day from which the room could be wished."""
    frame = frame_of(found.day, ZONE)
    row = SimpleNamespace(self_managed=found.self_managed)
    before, after = (minutes * 60 for minutes in found.mine)
    their_before, their_after = (minutes * 60 for minutes in found.theirs)
    room = Room(row, before, after, (("other", their_before, their_after),))
    house = House("house", 1, None, ZONE, found.hours, (room,))
    seconds = [(int(at.timestamp()), int((at + lasts).timestamp()), asked) for at, lasts, asked in found.uses]
    taken, asked = blocked(house, room, {("house", "other"): seconds}, frame)
    free = usable(house.openings(frame), room, Wish(found.day)) & ~taken & ~asked
    bits = beginnings(free, found.quarters)
    for quarter in range(frame.midnight):
        starts = datetime.fromtimestamp((frame.base + quarter) * QUARTER_S, UTC)
        assert bool(bits >> quarter & 1) == _goes(found, starts), starts


def _goes(found: Any, starts: datetime) -> bool:
    """Tell the same by asking each minute whether the house is open, and each booking for its gap."""
    ends = starts + timedelta(minutes=15 * found.quarters)
    for at, lasts, _asked in found.uses:
        gap_before = timedelta(minutes=max(found.mine[0], found.theirs[1]))
        gap_after = timedelta(minutes=max(found.mine[1], found.theirs[0]))
        if starts < at + lasts + gap_before and at < ends + gap_after:
            return False
    minute = starts
    while minute < ends:
        if not _is_open(found, minute):
            return False
        minute += 5 * MINUTE  # all times here are multiples of five minutes
    return True


def _is_open(found: Any, minute: datetime) -> bool:
    if not found.hours:
        return True
    kinds = ALL_KINDS if found.self_managed else ALL_KINDS - {HoursKind.SELF_MANAGED}
    today = minute.astimezone(ZONE).date()
    for day in (today - timedelta(days=1), today):
        if any(
            slot.kind in kinds and slot.starts_at <= minute < slot.ends_at for slot in slots_on(day, found.hours, ZONE)
        ):
            return True
    return bool(found.self_managed and not closed_on(today, found.hours))


@given(st.integers(0, 2**40), st.integers(0, 45))
def test_the_nearest_bit_is_the_nearest(bits: int, wanted: int) -> None:
    """Of two as near the later one."""
    positions = [place for place in range(45) if bits >> place & 1]
    best = min(positions, key=lambda place: (abs(place - wanted), -place), default=None)
    assert nearest(bits, wanted) == best


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_joined_stretches_cover_the_same_and_never_meet(stretches: list[tuple[int, int]]) -> None:
    """In order, with a gap between any two."""
    found = list(joined(stretches))
    covered = {second for starts, ends in stretches for second in range(starts, ends)}
    assert {second for starts, ends in found for second in range(starts, ends)} == covered
    assert all(one[1] < other[0] for one, other in pairwise(found))


def test_a_wish_without_a_time_is_offered_the_day_and_not_the_night() -> None:
    """From seven to ten at night; a longer one begins at seven."""
    day: Day = day_of(Wish(DAYS[0]), frame_of(DAYS[0], ZONE))
    assert (day.offered & -day.offered).bit_length() - 1 == 7 * 4
    assert day.offered.bit_length() - 1 == 20 * 4
    longest = day_of(Wish(DAYS[0], length_min=1440), frame_of(DAYS[0], ZONE))
    assert longest.offered == 1 << 7 * 4

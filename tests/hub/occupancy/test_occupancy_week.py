"""One house and one week, added up on paper first.

Holy week of 2027: Good Friday is a public holiday, and in the night to Easter Sunday the clocks
go from two to three. The house is open Monday to Friday 10–18, on Wednesday with consultation
hours 17–20, on Saturday from 20 until 4 in the morning. By the clock on the wall that night has
eight hours, in truth seven. So a space is open

    morning    Mon Tue Wed Thu 10–12               8 h
    afternoon  Mon Tue Wed Thu 12–18              24 h
    evening    Wed 18–20                           2 h
    weekend    Sat 20–24, and 0–4 without 2–3      7 h      41 h in all
"""

from collections.abc import Mapping
from datetime import date, time
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.occupancy.adding import Amounts, House, Line, Taken, add_up, tops
from hub.occupancy.offer import EARLIEST, FOR_EVER, Booked, Room, Span, shares, span_of
from hub.occupancy.parts import Cell, Hour, Part, hours_of, parts_of
from hub.occupancy.stretches import lengths, shared, without
from shared.records.free_time import joined
from shared.records.opening_hours import ClosedOnHolidays
from shared.time import at_local, from_wire

ZONE = ZoneInfo("Europe/Berlin")
MONDAY, NEXT_MONDAY = date(2027, 3, 22), date(2027, 3, 29)
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2027, 3, day) for day in range(22, 29))
ALWAYS = Span(EARLIEST, FOR_EVER)


def hours(weekday: int, opens: str, closes: str, kind: str = "open", **said: Any) -> Any:
    """A record of opening hours, or of a guest space's."""
    usual = {"valid_from": None, "valid_until": None, "closed": False, "note": ""}
    return SimpleNamespace(
        **{**usual, "weekday": weekday, "opens_local": opens, "closes_local": closes, "kind": kind, **said}
    )


def room(name: str, part_of: str | None = None, span: Span = ALWAYS, *, guest: bool = False) -> Room:
    return Room(name, part_of, guest, span)


def taken(name: str, day: date, starts: str, ends: str, ends_on: date | None = None, *, blocked: bool = False) -> Taken:
    starts_at = at_local(day, time.fromisoformat(starts), ZONE)
    return Taken(name, starts_at, at_local(ends_on or day, time.fromisoformat(ends), ZONE), blocked)


def in_hours(by_part: Mapping[Any, Amounts]) -> dict[Any, tuple[float, ...]]:
    """Return (open, used inside, used outside, blocked) in hours."""
    return {key: tuple(seconds / 3600 for seconds in amounts) for key, amounts in by_part.items()}


HOUSE = House(
    zone=ZONE,
    hours=[
        *(hours(weekday, "10:00", "18:00") for weekday in range(5)),
        hours(2, "17:00", "20:00", "consultation"),
        hours(5, "20:00", "04:00"),
        hours(6, "10:00", "18:00", "self_managed"),
        hours(3, "18:00", "21:00", "by_appointment"),
        ClosedOnHolidays("DE-NW"),
    ],
    rooms=[
        room("hall"),
        room("half a", "hall"),
        room("half b", "hall"),
        room("counselling"),
        room("gym", guest=True),
    ],
    guest_hours={"gym": [hours(1, "18:00", "22:00")]},
    taken=[
        taken("hall", MON, "16:00", "20:00"),  # two hours inside, two outside
        taken("half a", TUE, "10:00", "12:00"),  # one hour of the hall
        taken("half b", TUE, "11:00", "12:00"),  # half an hour of the hall
        taken("half a", SUN, "10:00", "12:00"),  # closed: self-managed hours are not open hours
        taken("hall", THU, "10:00", "14:00", blocked=True),
        taken("hall", SAT, "22:00", "05:00", SUN),  # six hours that night: five inside, one after closing
        taken("counselling", FRI, "10:00", "12:00"),  # on Good Friday
        taken("counselling", WED, "17:00", "19:00"),
        taken("gym", TUE, "19:00", "23:00"),
        taken("hall", NEXT_MONDAY, "10:00", "12:00"),  # another week's
    ],
)
WEEK = list(parts_of(MONDAY, NEXT_MONDAY, ZONE))


def test_the_week_of_a_hall_is_what_was_computed_on_paper() -> None:
    """Half the hall is half an hour; what was blocked is not open; the lost hour is lost."""
    assert in_hours(add_up(HOUSE, WEEK)[Line("hall", top=True)]) == {
        Part.MORNING: (6, 1.5, 0, 2),
        Part.AFTERNOON: (22, 2, 0, 2),
        Part.EVENING: (2, 0, 2, 0),
        Part.WEEKEND_MORNING: (0, 0, 1, 0),
        Part.WEEKEND_EVENING: (7, 5, 1, 0),
    }


def test_a_half_is_used_with_its_hall_and_by_itself() -> None:
    """Half b: Monday with the hall, an hour on Tuesday, the night with the hall."""
    assert in_hours(add_up(HOUSE, WEEK)[Line("half b", top=False)]) == {
        Part.MORNING: (6, 1, 0, 2),
        Part.AFTERNOON: (22, 2, 0, 2),
        Part.EVENING: (2, 0, 2, 0),
        Part.WEEKEND_EVENING: (7, 5, 1, 0),
    }


def test_use_on_a_holiday_is_use_while_closed() -> None:
    """Good Friday has no hours; the afternoon and evening of Wednesday are parted at six."""
    assert in_hours(add_up(HOUSE, WEEK)[Line("counselling", top=True)]) == {
        Part.MORNING: (8, 0, 2, 0),
        Part.AFTERNOON: (24, 1, 0, 0),
        Part.EVENING: (2, 1, 0, 0),
        Part.WEEKEND_EVENING: (7, 0, 0, 0),
    }


def test_a_guest_space_has_hours_of_its_own() -> None:
    """The school is ours on Tuesday evening only, and the hour after ten is outside."""
    assert in_hours(add_up(HOUSE, WEEK)[Line("gym", top=True)]) == {Part.EVENING: (4, 3, 1, 0)}


def test_the_house_is_the_sum_of_its_whole_spaces() -> None:
    """37 + 41 + 4 hours open, 8.5 + 2 + 3 of them used, 4 + 2 + 1 more while closed, 4 blocked."""
    by_part = tops(add_up(HOUSE, WEEK))
    everything = [sum(amounts[place] for amounts in by_part.values()) / 3600 for place in range(4)]
    assert everything == [82, 13.5, 7, 4]
    evenings = [by_part[Part.EVENING], by_part[Part.WEEKEND_EVENING]]
    assert sum(each.inside_s for each in evenings) / sum(each.open_s for each in evenings) == 9 / 22


def test_an_hour_of_the_week_on_the_wall() -> None:
    """From two to three nothing can be open in that night; from three to four it can."""
    by_hour = in_hours(add_up(HOUSE, list(hours_of(MONDAY, NEXT_MONDAY, ZONE)))[Line("hall", top=True)])
    assert by_hour[Hour(6, 1)] == (1, 1, 0, 0)
    assert Hour(6, 2) not in by_hour
    assert by_hour[Hour(6, 3)] == (1, 1, 0, 0)
    assert by_hour[Hour(6, 4)] == (0, 0, 1, 0)
    assert by_hour[Hour(1, 11)] == (1, 1, 0, 0)
    assert by_hour[Hour(1, 10)] == (1, 0.5, 0, 0)


def test_the_hour_that_comes_twice_counts_twice() -> None:
    """In the night to 25 October 2026 a party from two to three lasts two hours."""
    day = date(2026, 10, 25)
    party = taken("hall", day, "02:00", "03:00")
    house = House(ZONE, [], [room("hall")], {}, [party])
    added = add_up(house, list(hours_of(day, date(2026, 10, 26), ZONE)))
    assert in_hours(added[Line("hall", top=True)]) == {Hour(6, 2): (0, 0, 2, 0)}


def test_hours_after_midnight_belong_to_the_evening_before() -> None:
    """Saturday at one in the morning is Friday's evening; Monday at one is the weekend's."""
    cells = {cell.when[0]: cell.key for cell in WEEK}
    assert cells[_at(SAT, "00:00")] == Part.EVENING
    assert cells[_at(MON, "00:00")] == Part.WEEKEND_EVENING
    assert cells[_at(SAT, "06:00")] == Part.WEEKEND_MORNING


def test_cells_cover_the_time_without_gaps() -> None:
    """Every second of the week, which is an hour shorter, is in exactly one cell."""
    for cells in (WEEK, list(hours_of(MONDAY, NEXT_MONDAY, ZONE))):
        assert joined(cell.when for cell in cells) == [(_at(MONDAY, "00:00"), _at(NEXT_MONDAY, "00:00"))]
        assert sum(cell.when[1] - cell.when[0] for cell in cells) == (7 * 24 - 1) * 3600


def test_a_space_counts_from_the_day_on_which_it_is_known() -> None:
    """Before, it is neither open nor free; its half that came later is no part until then."""
    rooms = [room("hall", span=Span(TUE, FOR_EVER)), room("half a", "hall", Span(WED, FOR_EVER))]
    house = House(
        ZONE, [hours(day, "10:00", "12:00") for day in range(5)], rooms, {}, [taken("hall", TUE, "10:00", "11:00")]
    )
    added = add_up(house, WEEK)
    assert in_hours(added[Line("hall", top=True)]) == {Part.MORNING: (8, 1, 0, 0)}
    assert in_hours(added[Line("half a", top=False)]) == {Part.MORNING: (6, 0, 0, 0)}


def test_a_part_whose_whole_is_not_on_offer_is_a_whole() -> None:
    """A floor that nobody can book has rooms of its own; one between is passed over."""
    parents = {"floor": None, "hall": "floor", "stage": "hall", "left": "stage", "right": "stage"}
    assert [share.top for share in shares({"hall"}, parents)["hall"]] == [True]
    found = shares({"hall", "left", "right"}, parents)
    assert [(share.space_id, share.top, share.weight) for share in found["left"]] == [
        ("left", False, 1),
        ("hall", True, Fraction(1, 2)),
    ]


def test_thirds_of_thirds_make_a_whole() -> None:
    """Shares are exact: all parts of a space together are as much as the space."""
    parents: dict[str, str | None] = {"hall": None}
    parents |= {f"third {one}": "hall" for one in range(3)}
    parents |= {f"ninth {one} {two}": f"third {one}" for one in range(3) for two in range(3)}
    found = shares(set(parents), parents)
    assert sum(share.weight for counts_for in found.values() for share in counts_for if share.space_id == "hall") == 1


def test_parents_in_a_circle_do_not_hang_the_sums() -> None:
    """Records that contradict themselves are each a whole."""
    found = shares({"a", "b"}, {"a": "b", "b": "a"})
    assert {leaf: [share.space_id for share in counts_for] for leaf, counts_for in found.items()} == {
        "a": ["a"],
        "b": ["b"],
    }


@pytest.mark.parametrize(
    ("bookable", "booked", "span"),
    [
        (True, None, Span(date(2025, 8, 31), FOR_EVER)),
        (True, ("2025-03-01T23:30:00Z", "2025-03-02T01:00:00Z"), Span(date(2025, 3, 2), FOR_EVER)),
        (True, ("1999-03-01T09:00:00Z", "1999-03-01T10:00:00Z"), Span(EARLIEST, FOR_EVER)),
        (False, ("2025-03-01T09:00:00Z", "2025-05-01T22:00:00Z"), Span(date(2025, 3, 1), date(2025, 5, 2))),
        (False, None, Span(date(2025, 8, 31), date(2025, 8, 31))),
    ],
)
def test_what_records_tell_of_the_past_of_a_space(bookable: bool, booked: tuple[str, str] | None, span: Span) -> None:
    """Since its birth or its first booking; one out of use until its last. A booking until midnight ends that day."""
    times = Booked(*map(from_wire, booked)) if booked else None
    assert span_of("01990000-0000-7000-8000-000000000000", bookable, times, ZONE) == span


def test_stretches_meet_join_and_part() -> None:
    """Half-open: what only touches shares nothing."""
    assert joined([(5, 6), (1, 3), (3, 4), (2, 2)]) == [(1, 4), (5, 6)]
    assert shared([(0, 4), (6, 9)], [(3, 7), (8, 8), (9, 12)]) == [(3, 4), (6, 7)]
    assert without([(0, 10), (12, 14)], [(2, 3), (9, 13)]) == [(0, 2), (3, 9), (13, 14)]
    assert lengths([(0, 4), (6, 9)], [(0, 2), (2, 7), (7, 20)]) == {0: 2, 1: 3, 2: 2}
    assert lengths([(3, 4)], [(0, 2), (2, 2), (2, 7), (7, 20)]) == {2: 1}


def _at(day: date, wall: str) -> int:
    return int(at_local(day, time.fromisoformat(wall), ZONE).timestamp())


def test_an_empty_time_has_nothing_in_it() -> None:
    """No cells, no figures."""
    cells: list[Cell[Part]] = []
    assert add_up(HOUSE, cells) == {}

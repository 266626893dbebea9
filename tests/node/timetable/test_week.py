"""A week laid out: each use on its days, a hall with its halves, one space by the hour."""

from datetime import date, timedelta

import pytest

from node.spaces import service as spaces
from node.spaces.models import Space
from node.timetable.week import Row, Use, Week, by_the_hour, lay_out, monday_of
from shared.database import Database
from tests.factories import DAY, ZONE, local_slot, make_space

SUNDAY = DAY + timedelta(days=6)


@pytest.fixture
def house(database: Database) -> dict[str, Space]:
    """A hall with two halves, and a retired attic."""
    with database.transaction() as session:
        hall = make_space(session, "Saal", rank=1)
        made = {"Saal": hall, "Nord": make_space(session, "Nord", hall), "Süd": make_space(session, "Süd", hall)}
        return made | {"Dach": make_space(session, "Dach", rank=9, bookable=False)}


def use(space: Space, start: str, end: str, day: date = DAY, title: str = "Chor") -> Use:
    return Use(space.id, *local_slot(start, end, day), title, "rental")


def week(house: dict[str, Space], *uses: Use, monday: date = DAY) -> Week:
    listed = [space for space, _level in spaces.in_tree_order(house.values())]
    return lay_out(monday, listed, uses, ZONE)


def row(laid: Week, name: str) -> Row:
    return next(row for row in laid.rows if row.space.name == name)


def told(row: Row) -> dict[int, list[tuple[int, int, bool]]]:
    """Return the pieces of a row by day."""
    return {
        number: [(piece.starts_min, piece.ends_min, piece.in_other) for piece in day]
        for number, day in enumerate(row.days)
        if day
    }


def test_a_week_begins_on_monday() -> None:
    """Whatever day is asked for."""
    assert monday_of(SUNDAY) == DAY
    assert monday_of(DAY) == DAY


def test_a_half_is_taken_with_its_hall_and_the_reverse(house: dict[str, Space]) -> None:
    """The row of the hall tells of its half, the other half stays free."""
    laid = week(house, use(house["Nord"], "10:00", "12:00"))
    assert told(row(laid, "Nord")) == {0: [(600, 720, False)]}
    assert told(row(laid, "Saal")) == {0: [(600, 720, True)]}
    assert told(row(laid, "Süd")) == {}
    assert [piece.use.space_id for piece in laid.by_day[0]] == [house["Nord"].id]


def test_what_goes_past_midnight_lies_on_both_days(house: dict[str, Space]) -> None:
    """The party of Friday evening ends on Saturday at two."""
    friday = DAY + timedelta(days=4)
    laid = week(house, use(house["Saal"], "20:00", "02:00", friday))
    assert told(row(laid, "Saal")) == {4: [(1200, 1440, False)], 5: [(0, 120, False)]}


def test_what_reaches_in_from_sunday_is_there_on_monday(house: dict[str, Space]) -> None:
    """The end of the week before belongs to this week."""
    laid = week(house, use(house["Saal"], "22:00", "01:00", DAY - timedelta(days=1)))
    assert told(row(laid, "Saal")) == {0: [(0, 60, False)]}


def test_a_retired_space_has_a_row_only_while_it_is_used(house: dict[str, Space]) -> None:
    """What is still booked there is not hidden."""
    assert [row.space.name for row in week(house).rows] == ["Saal", "Nord", "Süd"]
    assert row(week(house, use(house["Dach"], "10:00", "11:00")), "Dach")


def test_the_clock_on_the_wall_counts_when_it_changes(house: dict[str, Space]) -> None:
    """On the last Sunday of March 01:00 to 04:00 lasts two hours and fills three on the page."""
    spring = date(2026, 3, 29)
    laid = week(house, use(house["Saal"], "01:00", "04:00", spring), monday=monday_of(spring))
    assert told(row(laid, "Saal")) == {6: [(60, 240, False)]}


def test_one_space_by_the_hour_has_no_gap_and_nothing_twice(house: dict[str, Space]) -> None:
    """Each line of half an hour has a block for each day, or one that goes on from above."""
    laid = week(house, use(house["Saal"], "10:00", "11:30"), use(house["Saal"], "13:15", "13:30", SUNDAY))
    hours = by_the_hour(row(laid, "Saal"))
    assert hours.from_min == 480
    for day in range(7):
        column = [line[day] for line in hours.lines]
        assert sum(block.lines for block in column if block) == len(hours.lines) == 28
        for number, block in enumerate(column):
            if block:
                assert block.first == number
                assert column[number + 1 : number + block.lines] == [None] * (block.lines - 1)
    used = [(block.first, block.lines) for line in hours.lines for block in line if block and block.pieces]
    assert used == [(4, 3), (10, 1)]


def test_uses_that_share_a_line_share_a_block(house: dict[str, Space]) -> None:
    """Both halves in use at once are two entries of one block in the hall's timetable."""
    uses = (
        use(house["Nord"], "10:00", "12:00"),
        use(house["Süd"], "11:00", "13:00"),
        use(house["Nord"], "13:00", "14:00"),
    )
    hours = by_the_hour(row(week(house, *uses), "Saal"))
    blocks = [block for line in hours.lines for block in line if block and block.pieces]
    assert [(block.first, block.lines, len(block.pieces)) for block in blocks] == [(4, 6, 2), (10, 2, 1)]


def test_early_and_late_uses_widen_the_page(house: dict[str, Space]) -> None:
    """From six in the morning to midnight, if somebody is there."""
    laid = week(house, use(house["Saal"], "06:30", "07:00"), use(house["Saal"], "23:00", "00:30"))
    hours = by_the_hour(row(laid, "Saal"))
    assert (hours.from_min, len(hours.lines)) == (0, 48), "half past midnight on Tuesday is the earliest"

"""A day as a table: every cell is covered exactly once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.web.grid import Block, Row, day_grid

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Return so many hours after the top of the table."""
    return START + timedelta(hours=hours)


def shape(rows: list[Row]) -> list[list[tuple[object, int, list[str]]]]:
    """Return (column, rows, what stands in it) of the cells, row by row."""
    return [[(cell.column, cell.rows, [block.what for block in cell.blocks]) for cell in row.cells] for row in rows]


def test_free_time_is_one_cell() -> None:
    """Around a block of an hour there is one free cell before and one after."""
    rows = day_grid(["hall"], [Block("hall", at(1), at(2), "choir")], START, at(4))
    assert [cells for cells in shape(rows) if cells] == [
        [("hall", 2, [])],
        [("hall", 2, ["choir"])],
        [("hall", 4, [])],
    ]
    free = rows[4].cells[0]
    assert (free.starts_at, free.ends_at, free.is_free) == (at(2), at(4), True)


def test_back_to_back_blocks_do_not_meet() -> None:
    """One ends when the other begins: two cells, nothing between."""
    rows = day_grid(["hall"], [Block("hall", at(0), at(1), "a"), Block("hall", at(1), at(2), "b")], START, at(2))
    assert [cells for cells in shape(rows) if cells] == [[("hall", 2, ["a"])], [("hall", 2, ["b"])]]


def test_blocks_that_meet_share_a_cell() -> None:
    """Two requests for the same hour are both shown, in one cell."""
    rows = day_grid(
        ["hall"], [Block("hall", at(0.5), at(2), "late"), Block("hall", at(0), at(1), "early")], START, at(2)
    )
    assert shape(rows)[0] == [("hall", 4, ["early", "late"])]


def test_what_reaches_over_the_edges_is_cut_off() -> None:
    """A block from the evening before until late fills the whole table; one of another day is left out."""
    blocks = [Block("hall", at(-9), at(9), "camp"), Block("hall", at(30), at(31), "tomorrow")]
    assert shape(day_grid(["hall"], blocks, START, at(1))) == [[("hall", 2, ["camp"])], []]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(-120, 700), st.integers(1, 400)),
        max_size=12,
    )
)
def test_every_row_of_every_column_is_covered_once(wanted: list[tuple[str, int, int]]) -> None:
    """Whatever is booked, the cells fill the table without a hole and without an overlap."""
    blocks = [
        Block(column, START + timedelta(minutes=begin), START + timedelta(minutes=begin + length), number)
        for number, (column, begin, length) in enumerate(wanted)
    ]
    rows = day_grid(["a", "b"], blocks, START, at(10))
    for column in "ab":
        covered = [
            place
            for number, row in enumerate(rows)
            for cell in row.cells
            if cell.column == column
            for place in range(number, number + cell.rows)
        ]
        assert covered == list(range(20))
    shown = {block.what for row in rows for cell in row.cells for block in cell.blocks}
    assert shown == {block.what for block in blocks if block.ends_at > START and block.starts_at < at(10)}

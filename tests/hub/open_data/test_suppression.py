"""Small counts stay secret, whatever is published around them."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.open_data.suppression import Axis, Cell, Mark, sums, suppress
from tests.hub.open_data.attack import Attacker

MONTHS = Axis({"2026-01": ("2026",), "2026-02": ("2026",), "2027-01": ()}, partners=False)
DISTRICTS = Axis({"Hamborn": ("city",), "Walsum": ("city",), "Süd": ("city",)})
QUARTERS = Axis({"Marxloh": ("Hamborn", "city"), "Neumühl": ("Hamborn", "city"), "Overbruch": ("Walsum", "city")})
KINDS = Axis({"open": ("all",), "programme": ("all",), "event": ("all",)})


def published(counts: dict[Cell, int], axes: list[Axis], marks: dict[Cell, Mark]) -> dict[Cell, int]:
    every = sums({leaf: counts.get(leaf, 0) for leaf in product(*(axis.above for axis in axes))}, axes)
    return {cell: value for cell, value in every.items() if cell not in marks}


def assert_secret(counts: dict[Cell, int], axes: list[Axis], threshold: int) -> None:
    """No marked cell can be told more closely than was agreed."""
    marks = suppress(counts, axes, threshold)
    attacker = Attacker(published(counts, axes, marks), marks, axes, threshold)
    truth = sums(counts, axes)
    for cell, mark in marks.items():
        around = range(1, threshold) if mark is Mark.SMALL else _around(truth[cell], threshold)
        possible = [value for value in around if attacker.may_be(cell, value)]
        assert len(possible) >= threshold - 1, (cell, mark, truth[cell], possible)
        assert truth[cell] in possible


def _around(value: int, threshold: int) -> range:
    return range(max(0, value - threshold), value + threshold + 1)


def tables(*axes: Axis) -> st.SearchStrategy[dict[Cell, int]]:
    """Counts of every kind that matters: none, small, about as large as a partner has to be, large."""
    count = st.one_of(st.just(0), st.integers(1, 6), st.integers(5, 12), st.integers(20, 60))
    leaves = list(product(*(axis.above for axis in axes)))
    return st.lists(count, min_size=len(leaves), max_size=len(leaves)).map(
        lambda drawn: dict(zip(leaves, drawn, strict=True))
    )


@pytest.mark.parametrize(
    "axes", [[DISTRICTS, KINDS], [MONTHS, DISTRICTS], [QUARTERS, KINDS], [MONTHS, QUARTERS, KINDS]], ids=len
)
@given(data=st.data(), threshold=st.integers(3, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_nobody_can_work_out_what_was_withheld(axes: list[Axis], data: st.DataObject, threshold: int) -> None:
    """Across kinds, districts and quarters, months and years: every small count may be anything from 1 up."""
    assert_secret(data.draw(tables(*axes)), axes, threshold)


@given(data=st.data(), threshold=st.integers(3, 6))
@settings(max_examples=150, deadline=None)
def test_no_small_figure_is_ever_published(data: st.DataObject, threshold: int) -> None:
    """Neither a count nor a sum from 1 to below the threshold; a zero is always there to see."""
    axes = [MONTHS, QUARTERS, KINDS]
    counts = data.draw(tables(*axes))
    shown = published(counts, axes, suppress(counts, axes, threshold))
    assert not [cell for cell, value in shown.items() if 0 < value < threshold]
    every = sums(counts, axes)
    assert {cell for cell, value in every.items() if value == 0} <= shown.keys()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_new_month_changes_nothing_of_the_old_ones(data: st.DataObject) -> None:
    """So that an older file and a newer one say together what each says alone."""
    axes = [MONTHS, DISTRICTS, KINDS]
    counts = data.draw(tables(*axes))
    before = {cell: count for cell, count in counts.items() if cell[0] < "2026-02"}
    earlier, later = suppress(before, axes, 5), suppress(counts, axes, 5)
    months = {cell: mark for cell, mark in later.items() if cell[0] == "2026-01"}
    assert months == {cell: mark for cell, mark in earlier.items() if cell[0] == "2026-01"}


@given(data=st.data(), threshold=st.integers(3, 6))
@settings(max_examples=100, deadline=None)
def test_a_year_that_is_over_changes_nothing_of_its_months(data: st.DataObject, threshold: int) -> None:
    """A file of December has months alone, one of January their sum as well: nobody may subtract one from the other."""
    over = Axis({"2026-01": ("2026",), "2026-02": ("2026",), "2026-03": ("2026",)}, partners=False)
    running = Axis(dict.fromkeys(over.above, ()), partners=False)
    counts = data.draw(tables(over, DISTRICTS, KINDS))
    earlier, later = (suppress(counts, [time, DISTRICTS, KINDS], threshold) for time in (running, over))
    assert earlier == {cell: mark for cell, mark in later.items() if cell[0] != "2026"}


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_month_that_is_corrected_changes_no_other_month(data: st.DataObject) -> None:
    """Otherwise the correction of one house in January would uncover what is withheld of February."""
    axes = [MONTHS, DISTRICTS, KINDS]
    counts, corrected = data.draw(tables(*axes)), data.draw(tables(*axes))
    later = {cell: corrected[cell] if cell[0] == "2026-01" else count for cell, count in counts.items()}
    marks = [suppress(each, axes, 5) for each in (counts, later)]
    first, second = ({cell: mark for cell, mark in each.items() if cell[0] == "2026-02"} for each in marks)
    assert first == second


def test_a_lone_small_count_takes_its_neighbours_along() -> None:
    """With the sums published, one withheld cell in a row would be the sum less the others."""
    counts = {("Hamborn", "open"): 3, ("Hamborn", "event"): 40, ("Walsum", "open"): 30, ("Walsum", "event"): 50}
    assert suppress(counts, [DISTRICTS, KINDS], 5) == {
        ("Hamborn", "open"): Mark.SMALL,
        ("Hamborn", "event"): Mark.WITHHELD,
        ("Walsum", "open"): Mark.WITHHELD,
        ("Walsum", "event"): Mark.WITHHELD,
    }


def test_the_attacker_is_no_straw_man() -> None:
    """Marking the small count alone is seen through at once; so is a pair in the same row."""
    axes = [DISTRICTS, KINDS]
    counts = {("Hamborn", "open"): 3, ("Hamborn", "event"): 40, ("Walsum", "open"): 30, ("Walsum", "event"): 50}
    naive = {("Hamborn", "open"): Mark.SMALL}
    pair = {**naive, ("Hamborn", "event"): Mark.WITHHELD}
    for marks in (naive, pair):
        attacker = Attacker(published(counts, axes, marks), marks, axes, 5)
        assert [value for value in range(10) if attacker.may_be(("Hamborn", "open"), value)] == [3]


def test_without_partners_the_sums_are_withheld() -> None:
    """A house alone in its city, with a single small count: no sum may say it."""
    axes = [Axis({"Hamborn": ("city",)}), Axis({"open": ("all",)})]
    marks = suppress({("Hamborn", "open"): 2}, axes, 5)
    assert marks == {
        ("Hamborn", "open"): Mark.SMALL,
        ("Hamborn", "all"): Mark.WITHHELD,
        ("city", "open"): Mark.WITHHELD,
        ("city", "all"): Mark.WITHHELD,
    }


def test_zero_switches_it_off_and_two_is_refused() -> None:
    """Fewer than two visits would be exactly one."""
    counts = {("Hamborn", "open"): 3}
    assert suppress(counts, [DISTRICTS, KINDS], 0) == {}
    with pytest.raises(AssertionError):
        suppress(counts, [DISTRICTS, KINDS], 2)

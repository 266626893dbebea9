"""Sums are laid out in rows; what was not counted stays empty."""

from hub.reports.queries import Sum
from hub.reports.tables import Layout, by_month, lay_out

DISTRICT = {"a": "Hamborn", "b": "Hamborn", "c": "Walsum"}
NOW = [Sum("a", 0, "", 5), Sum("b", 0, "", 1), Sum("b", 1, "", 2), Sum("c", 1, "", 4)]
BEFORE = [Sum("a", 0, "", 4), Sum("c", 1, "", 16)]


def layout(**changes: object) -> Layout:
    names = [("Walsum", "Walsum"), ("Hamborn", "Hamborn"), ("Rheinhausen", "Rheinhausen")]
    given = {
        "row_of": lambda found: DISTRICT.get(found.centre_id, ""),
        "names": names,
        "unknown": lambda key: "unknown",
        "months": 2,
        "zero_is_known": True,
    }
    return Layout(**{**given, **changes})


def test_each_row_has_its_months_its_total_and_the_period_before() -> None:
    """Two centres of a district are added up; the order of the names is kept."""
    walsum, hamborn, _ = lay_out(NOW, BEFORE, layout()).rows
    assert (walsum.cells, walsum.total, walsum.before, walsum.change) == ((0, 4), 4, 16, -0.75)
    assert (hamborn.cells, hamborn.total, hamborn.before, hamborn.change) == ((6, 2), 8, 4, 1.0)


def test_the_sum_row_is_the_sum_of_the_rows() -> None:
    """By month and altogether, in both periods."""
    table = lay_out(NOW, BEFORE, layout())
    assert (table.sum_row.cells, table.sum_row.total, table.sum_row.before) == ((6, 6), 12, 20)
    by_column = zip(*(row.cells for row in table.rows), strict=True)
    assert [sum(cell or 0 for cell in column) for column in by_column] == [6, 6]


def test_a_row_without_anything_is_still_there() -> None:
    """A district where nothing happened is shown as zero, and compares with nothing."""
    empty = lay_out(NOW, BEFORE, layout()).rows[-1]
    assert (empty.name, empty.cells, empty.total, empty.change) == ("Rheinhausen", (0, 0), 0, None)


def test_not_counted_is_not_zero() -> None:
    """Where no row means that nobody counted, the cell stays empty."""
    walsum = lay_out(NOW, BEFORE, layout(zero_is_known=False)).rows[0]
    assert walsum.cells == (None, 4)


def test_a_silent_centre_has_no_zeros() -> None:
    """Of a centre that never reported we do not know that nothing happened there."""
    names = [("a", "A"), ("z", "Z")]
    table = lay_out(NOW, [], layout(row_of=lambda found: found.centre_id, names=names, silent={"z"}))
    assert table.rows[1].cells == (None, None)
    assert table.rows[1].total is None


def test_what_has_no_name_comes_last() -> None:
    """Records of a centre whose profile has not arrived are not lost."""
    table = lay_out([*NOW, Sum("new", 0, "", 9)], [], layout())
    assert (table.rows[-1].name, table.rows[-1].total) == ("unknown", 9)
    assert table.sum_row.total == 21


def test_months_are_rows_beside_the_months_before() -> None:
    """Each month stands beside the one at its place in the period before."""
    october, november = by_month(NOW, BEFORE, ["October", "November"], zero_is_known=True).rows
    assert (october.name, october.total, october.before) == ("October", 6, 4)
    assert (november.name, november.total, november.before) == ("November", 6, 16)


def test_a_table_of_nothing_says_so() -> None:
    """The page then explains what will appear."""
    assert lay_out([], [], layout()).empty
    assert not lay_out([], BEFORE, layout()).empty

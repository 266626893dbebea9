"""Sums are laid out in rows; what was not counted stays empty."""

from hub.reports.queries import Sum
from hub.reports.tables import Found, Layout, Table, lay_out, shares

DISTRICT = {"a": "Hamborn", "b": "Hamborn", "c": "Walsum"}
NOW = (Sum("a", 0, 5), Sum("b", 0, 1), Sum("b", 1, 2), Sum("c", 1, 4))
BEFORE = (Sum("a", 0, 4), Sum("c", 0, 16))
YEAR_BEFORE = (Sum("a", 0, 2),)


def laid_out(now: tuple[Sum, ...] = NOW, before: tuple[Sum, ...] = BEFORE, **changes: object) -> Table:
    names = [("Walsum", "Walsum"), ("Hamborn", "Hamborn"), ("Rheinhausen", "Rheinhausen")]
    given = {
        "row_of": lambda found: DISTRICT.get(found.key, ""),
        "names": names,
        "unknown": lambda key: "unknown",
        "columns": 2,
        "column_of": lambda month: month,
        "zero_is_known": True,
    }
    found = Found(now, before, YEAR_BEFORE if now or before else ())
    return lay_out(found, found, Layout(**{**given, **changes}))


def test_each_row_has_its_months_its_total_and_the_periods_before() -> None:
    """Two centres of a district are added up; the order of the names is kept."""
    walsum, hamborn, _ = laid_out().rows
    assert (walsum.cells, walsum.total, walsum.before, walsum.change) == ((0, 4), 4, 16, -0.75)
    assert (hamborn.cells, hamborn.total, hamborn.before, hamborn.change) == ((6, 2), 8, 4, 1.0)
    assert (hamborn.year_before, hamborn.year_change) == (2, 3.0)
    assert (walsum.year_before, walsum.year_change) == (0, None)


def test_the_sum_row_is_the_sum_of_the_rows() -> None:
    """By month and altogether, in all periods."""
    table = laid_out()
    everything = table.sum_row
    assert (everything.cells, everything.total, everything.before, everything.year_before) == ((6, 6), 12, 20, 2)
    by_column = zip(*(row.cells for row in table.rows), strict=True)
    assert [sum(cell or 0 for cell in column) for column in by_column] == [6, 6]


def test_a_sum_may_be_less_than_its_rows() -> None:
    """A date for two groups stands in two rows, and is one date."""
    layout = Layout([], str, 1, lambda month: month, lambda found: found.key, zero_is_known=True)
    rows = Found((Sum("women", 0, 1), Sum("seniors", 0, 1)), (), ())
    table = lay_out(rows, Found((Sum("", 0, 1),), (), ()), layout)
    assert [row.total for row in table.rows] == [1, 1]
    assert table.sum_row.total == 1


def test_months_can_be_folded_into_longer_columns() -> None:
    """Quarters or years of a long period: the same totals in fewer columns."""
    table = laid_out(columns=1, column_of=lambda month: 0)
    assert [row.cells for row in table.rows] == [(4,), (8,), (0,)]
    assert table.sum_row.cells == (12,)


def test_a_row_without_anything_is_still_there() -> None:
    """A district where nothing happened is shown as zero, and compares with nothing."""
    empty = laid_out().rows[-1]
    assert (empty.name, empty.cells, empty.total, empty.change) == ("Rheinhausen", (0, 0), 0, None)


def test_not_counted_is_not_zero() -> None:
    """Where no row means that nobody counted, the cell stays empty."""
    walsum = laid_out(zero_is_known=False).rows[0]
    assert walsum.cells == (None, 4)
    assert walsum.year_before is None


def test_a_silent_centre_has_no_zeros() -> None:
    """Of a centre that never reported we do not know that nothing happened there."""
    names = [("a", "A"), ("z", "Z")]
    table = laid_out(row_of=lambda found: found.key, names=names, silent={"z"})
    assert table.rows[1].cells == (None, None)
    assert table.rows[1].total is None


def test_what_has_no_name_comes_last() -> None:
    """Records of a centre whose profile has not arrived are not lost."""
    table = laid_out((*NOW, Sum("new", 0, 9)), ())
    assert (table.rows[-1].name, table.rows[-1].total) == ("unknown", 9)
    assert table.sum_row.total == 21


def test_a_share_is_of_the_sums_not_of_shares() -> None:
    """Half of two dates and none of six: an eighth of all; where there was no date there is no share."""
    below = laid_out((Sum("a", 0, 6), Sum("c", 1, 2)), (Sum("a", 0, 4),))
    above = laid_out((Sum("c", 1, 1),), ())
    table = shares(above, below)
    walsum, hamborn, rheinhausen = table.rows
    assert (walsum.cells, walsum.total, walsum.before) == ((None, 0.5), 0.5, None)
    assert (hamborn.cells, hamborn.total, hamborn.before) == ((0.0, None), 0.0, 0.0)
    assert rheinhausen.total is None
    assert table.sum_row.total == 0.125


def test_a_table_of_nothing_says_so() -> None:
    """The page then explains what will appear."""
    assert laid_out((), ()).empty
    assert not laid_out((), BEFORE).empty

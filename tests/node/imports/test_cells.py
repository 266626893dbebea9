"""What people write into cells, in German and English; what can be meant in two ways is asked again."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from node.imports.cells import CellUnreadable, day, euros, one_of, some_of, wall, weekdays, weeks, whole, words, yes_no

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (day, "03.11.2026", DAY),
        (day, "3.11.26", DAY),
        (day, "Di, 3.11.2026", DAY),
        (day, "Dienstag, 03. 11. 2026", DAY),
        (day, "2026-11-03", DAY),
        (day, "2026-11-03 00:00:00", DAY),
        (wall, "9:30", time(9, 30)),
        (wall, "09.30 Uhr", time(9, 30)),
        (wall, "18 Uhr", time(18)),
        (wall, "18h", time(18)),
        (wall, "09:30:00", time(9, 30)),
        (wall, "24:00", time(0)),
        (euros, "3,50", 350),
        (euros, "3.5 €", 350),
        (euros, "€ 3", 300),
        (euros, "1.200,00", 120_000),
        (euros, "kostenlos", 0),
        (euros, "Free of charge", 0),
        (weekdays, "Montag", (0,)),
        (weekdays, "Do., Di", (1, 3)),
        (weekdays, "montags und Freitags", (0, 4)),
        (weekdays, "Mon/Wed", (0, 2)),
        (weeks, "wöchentlich", 1),
        (weeks, "14-tägig", 2),
        (weeks, "alle 4 Wochen", 4),
        (weeks, "2", 2),
        (yes_no, "Ja", True),
        (yes_no, "x", True),
        (yes_no, "FALSCH", False),
        (whole(0, 100), "12", 12),
        (whole(0, 100), "12,0", 12),
        (one_of({"saal": "hall"}), " Saal", "hall"),
        (some_of({"saal": "hall", "kueche": "kitchen"}), "Küche, Saal / Küche", ("kitchen", "hall")),
        (words(10), "a\r\nb\u200b", "a\nb"),
    ],
)
def test_a_cell_is_read_as_it_is_meant(read: Callable[[str], Any], cell: str, value: Any) -> None:
    """Dates, times, amounts, weekdays, yes and no, words."""
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell", "reason"),
    [
        (day, "03/11/2026", "cell_no_day"),
        (day, "31.02.2026", "cell_no_day"),
        (day, "morgen", "cell_no_day"),
        (day, "03.11.1026", "cell_no_day"),
        (day, "46329", "cell_no_day"),
        (wall, "25:00", "cell_no_time"),
        (wall, "abends", "cell_no_time"),
        (wall, "9:5", "cell_no_time"),
        (euros, "1,234", "cell_no_amount"),
        (euros, "-1", "cell_no_amount"),
        (euros, "auf Anfrage", "cell_no_amount"),
        (weekdays, "Mo-Fr", "cell_no_weekday"),
        (weekdays, ",", "cell_no_weekday"),
        (weeks, "0", "cell_no_weeks"),
        (weeks, "manchmal", "cell_no_weeks"),
        (yes_no, "vielleicht", "cell_no_yes"),
        (whole(0, 100), "101", "cell_no_number"),
        (whole(0, 100), "3,5", "cell_no_number"),
        (one_of({"saal": "hall"}), "Keller", "cell_unknown_word"),
        (words(2), "abc", "cell_too_long"),
    ],
)
def test_what_is_not_clear_is_asked_again(read: Callable[[str], Any], cell: str, reason: str) -> None:
    """Each kind of cell has words of its own for it."""
    with pytest.raises(CellUnreadable) as refusal:
        read(cell)
    assert refusal.value.reason == reason

"""A table for publication as a CSV file, written as that of the reports, so that spreadsheets open both alike."""

import csv
import io
from collections.abc import Iterable

from hub.exports.grid import Grid, Value
from hub.exports.notes import Note
from hub.exports.workbook import in_words
from hub.open_data.suppression import Mark
from hub.reports.files import MARK, decimal, harmless


def as_csv(grid: Grid, notes: Iterable[Note]) -> str:
    """Return the table, the sum of its rows, and below it how to read it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column.name) for column in grid.columns])
    for line in (*grid.lines, grid.everything):
        writer.writerow([harmless(line.name), *(_cell(value, grid) for value in line.values)])
    writer.writerow([])
    writer.writerows([harmless(cell) for cell in note] for note in notes)
    return MARK + out.getvalue()


def _cell(value: Value, grid: Grid) -> str:
    if value is None:
        return ""
    return in_words(value, grid) if isinstance(value, Mark) else decimal(value)

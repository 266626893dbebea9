"""Reports as workbooks for spreadsheets (XLSX): a sheet with the table and its real figures, and how to read it.

Rule: a text is written as a text, whatever it begins with: names come from many hands and must never be run
as formulas. xlsxwriter is loaded with the first workbook, and writes row by row.
"""

import io
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from flask_babel import gettext as _

from hub.exports.grid import Column, Grid, Line, Value
from hub.exports.notes import Note, small_mark, withheld_mark
from hub.open_data.suppression import Mark

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME_MAX = 31  # Excel's limit
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_NAMES_WIDE, _FIGURES_WIDE, _TEXT_WIDE = (18, 42), 14, 90  # letters
_NUMBERS = {"count": "#,##0", "hours": "#,##0.0", "share": '0.0"\N{NO-BREAK SPACE}%"'}


class Workbook:
    """Fills one workbook; `content` ends it."""

    def __init__(self, title: str, author: str) -> None:
        self._out = io.BytesIO()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Any = import_module("xlsxwriter").Workbook(self._out, options)
        self._book.set_properties({"title": title, "author": author})
        self._names: set[str] = set()
        bold = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self._head = self._book.add_format(bold)
        self._head_right = self._book.add_format({**bold, "align": "right"})
        self._text = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._mark = self._book.add_format({"align": "right", "italic": True})
        self._figures = {unit: self._book.add_format({"num_format": form}) for unit, form in _NUMBERS.items()}
        self._sums = {
            unit: self._book.add_format({"num_format": form, "bold": True, "top": 1}) for unit, form in _NUMBERS.items()
        }
        self._sum_name = self._book.add_format({"bold": True, "top": 1})

    def add_table(self, name: str, grid: Grid) -> None:
        """Add a sheet with the table of a report, its sum in the last row."""
        sheet = self._sheet(name)
        widest = max((len(line.name) for line in grid.lines), default=0)
        sheet.set_column(0, 0, min(max(widest + 2, _NAMES_WIDE[0]), _NAMES_WIDE[1]))
        sheet.set_column(1, len(grid.columns) - 1, _FIGURES_WIDE)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        for place, column in enumerate(grid.columns):
            sheet.write_string(0, place, column.name, self._head_right if place else self._head)
        for number, line in enumerate(grid.lines, start=1):
            self._write(sheet, number, line, grid, formats=(self._text, self._figures[grid.unit]))
        self._write(sheet, len(grid.lines) + 1, grid.everything, grid, formats=(self._sum_name, self._sums[grid.unit]))

    def add_words(self, name: str, notes: Iterable[Note], columns: Sequence[Column] = ()) -> None:
        """Add a sheet that says what the tables are: pairs of what is said and what it is."""
        sheet = self._sheet(name)
        sheet.set_column(0, 0, _NAMES_WIDE[1] - 12)
        sheet.set_column(1, 1, _TEXT_WIDE)
        rows = [*notes, *((_("Column: %(name)s", name=column.name), column.about) for column in columns)]
        for number, (said, words) in enumerate(rows):
            sheet.write_string(number, 0, said, self._head)
            sheet.write_string(number, 1, words, self._text)

    def content(self) -> bytes:
        """End the workbook and return it."""
        self._book.close()
        return self._out.getvalue()

    def _sheet(self, name: str) -> Any:
        base = name.translate(_FORBIDDEN).strip("'")[:SHEET_NAME_MAX]
        wanted, number = base, 2
        while wanted.casefold() in self._names:
            wanted, number = f"{base[: SHEET_NAME_MAX - 3]} {number}", number + 1
        self._names.add(wanted.casefold())
        sheet = self._book.add_worksheet(wanted)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        return sheet

    def _write(self, sheet: Any, number: int, line: Line, grid: Grid, *, formats: tuple[Any, Any]) -> None:
        name_format, figure_format = formats
        sheet.write_string(number, 0, line.name, name_format)
        for place, value in enumerate(line.values, start=1):
            if isinstance(value, Mark) or value is None:
                sheet.write_string(number, place, in_words(value, grid), self._mark)
            else:
                sheet.write_number(number, place, value, figure_format)


def in_words(value: Value, grid: Grid) -> str:
    """Return what stands in place of a figure."""
    if value is None:
        return "–"
    return small_mark(grid.threshold or 0) if value is Mark.SMALL else withheld_mark()

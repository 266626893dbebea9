"""A list as people keep it in a spreadsheet: bytes become rows of cells, each with its line.

German Excel saves with semicolons in Windows-1252 or in UTF-8 with a mark in front, "Unicode text"
is UTF-16 with tabs, others take commas: what the file is, the file itself tells.
Rule: nothing here understands a cell; it only parts, counts and names.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from node.imports.lines import FileBroken, FileTooLarge, Problem

TABLE_BYTES_MAX = 4 * 1024 * 1024
ROWS_MAX = 10_000
COLUMNS_MAX = 100
DELIMITERS = ";,\t"
_LIGATURES = str.maketrans({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True)
class Row:
    """The cells of a row by column; `line` is where it begins in the file (quoted texts have several lines)."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    headers: Sequence[str]
    rows: Sequence[Row]


class TableBroken(FileBroken):
    """The file cannot be read as a list; nothing of it is imported."""


def read_table(content: bytes) -> Table:
    """Return the list in `content`; rows without any text are left out.

    Raises TableBroken and FileTooLarge.
    """
    if len(content) > TABLE_BYTES_MAX:
        raise FileTooLarge("table_bytes", TABLE_BYTES_MAX)
    text = decoded(content)
    if "\0" in text:
        raise TableBroken([Problem(0, "", "not_a_list")])
    rows = list(_rows(text))
    if not rows:
        raise TableBroken([Problem(0, "", "list_empty")])
    headers = rows[0].cells
    if len(headers) > COLUMNS_MAX:
        raise TableBroken([Problem(rows[0].line, "", "too_many_columns")])
    problems = [
        Problem(row.line, row.cells[0], "more_cells_than_columns", next(filter(None, row.cells[len(headers) :])))
        for row in rows[1:]
        if any(row.cells[len(headers) :])
    ]
    if problems:
        raise TableBroken(problems)
    if len(rows) - 1 > ROWS_MAX:
        raise FileTooLarge("rows", ROWS_MAX)
    return Table(headers, rows[1:])


def decoded(content: bytes) -> str:
    """Return the text of a file that says nowhere how it is encoded."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def folded(text: str) -> str:
    """Return the letters and digits of `text` alone, so that `Bis (Datum)` is found as `bis datum`."""
    plain = text.casefold().translate(_LIGATURES)
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if sign.isalnum())


def _rows(text: str) -> Iterator[Row]:
    delimiter, skipped, text = _delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = skipped + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableBroken([Problem(begins, "", "quotes_unclear", str(error)[:60])]) from error
        if any(cell.strip() for cell in cells):
            yield Row(begins, tuple(cell.strip() for cell in cells))
        begins = skipped + reader.line_num + 1


def _delimiter_of(text: str) -> tuple[str, int, str]:
    """Return the delimiter, how many lines say so alone (`sep=;`, as Excel writes it), and the text without them."""
    said = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if said:
        return said[1], 1, text[said.end() :]
    head = next((line for line in text.splitlines() if line.strip()), "")
    plain = re.sub(r'"[^"]*"', "", head)
    return max(DELIMITERS, key=plain.count), 0, text

"""The columns that a list may have, found by their German or English names in any order.

Rule: a column that nobody knows is named, one that is needed and missing is named with an example;
both before anything is imported. Only the columns that a list has are changed on what is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale

from node.imports.cells import CellUnreadable, Reader
from node.imports.lines import Problem
from node.imports.tables import Row, Table, TableBroken, folded
from shared.web.languages import LANGUAGES


@dataclass(frozen=True)
class Column:
    """`german` and `english` are its names, the first of each is what a template says. `examples` fill its rows.

    `choices` are the words that a cell may have, where only some are possible.
    """

    key: str
    german: Sequence[str]
    english: Sequence[str]
    read: Reader
    examples: Sequence[str]
    needed: bool = False
    choices: Sequence[Any] = ()

    def name(self, language: str) -> str:
        return (self.german if language == "de" else self.english)[0]


def column(
    key: str,
    german: str,
    english: str,
    read: Reader,
    examples: str = "",
    *,
    needed: bool = False,
    choices: Iterable[Any] = (),
) -> Column:
    """Return a column; names and examples have a `|` between them."""
    return Column(key, german.split("|"), english.split("|"), read, examples.split("|"), needed, tuple(choices))


@dataclass(frozen=True)
class Line:
    """A row that was understood: the values of the columns that the list has; an empty cell is None."""

    number: int
    values: Mapping[str, Any]

    def said(self, *keys: str) -> dict[str, Any]:
        """Return the values of `keys` that were said, without the empty ones."""
        return {key: self.values[key] for key in keys if self.values.get(key) is not None}


@dataclass(frozen=True)
class Understood:
    lines: Sequence[Line]
    columns: frozenset[str]
    unknown: Sequence[str]


def understand(table: Table, columns: Sequence[Column], language: str, title: str) -> Understood:
    """Return the lines of `table`; `title` is the key of the column by which a row is called.

    Raises TableBroken with every column that is missing or there twice; else with every cell that
    cannot be read.
    """
    places, unknown = _places(table.headers, columns, language)
    by_key = {each.key: each for each in columns}
    lines, problems = [], []
    for row in table.rows:
        values, wrong = _values(row, places, by_key, language)
        lines.append(Line(row.line, values))
        called = _cell(row, places.get(title))
        problems += [Problem(row.line, called, reason, detail) for reason, detail in wrong]
    if problems:
        raise TableBroken(problems)
    return Understood(lines, frozenset(places), unknown)


def vocabulary(words: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of `words` by their words in every language of the site, and by themselves."""
    known = {folded(str(key)): str(key) for key in words}
    for language in LANGUAGES:
        with force_locale(language):
            known |= {folded(str(word)): str(key) for key, word in words.items()}
    return known


def _places(headers: Iterable[str], columns: Sequence[Column], language: str) -> tuple[dict[str, int], list[str]]:
    by_name = {folded(name): each.key for each in columns for name in (*each.german, *each.english)}
    places: dict[str, int] = {}
    unknown, problems = [], []
    for place, header in enumerate(headers):
        key = by_name.get(folded(header))
        if key is None:
            unknown += [header] if header else []
        elif key in places:
            problems.append(Problem(1, "", "column_twice", header))
        else:
            places[key] = place
    problems += [
        Problem(1, "", "column_missing", f"{each.name(language)} ({each.examples[0]})")
        for each in columns
        if each.needed and each.key not in places
    ]
    if problems:
        raise TableBroken(problems)
    return places, unknown


def _values(
    row: Row, places: Mapping[str, int], columns: Mapping[str, Column], language: str
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values: dict[str, Any] = {}
    wrong = []
    for key, place in places.items():
        cell, each = _cell(row, place), columns[key]
        values[key] = None
        if not cell:
            wrong += [("cell_missing", each.name(language))] if each.needed else []
            continue
        try:
            values[key] = each.read(cell)
        except CellUnreadable as error:
            wrong.append((error.reason, f"{each.name(language)}: {cell[:60]}"))
    return values, wrong


def _cell(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""

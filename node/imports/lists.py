"""The lists that can be imported: rooms, regulars, events. What happens to a row, and how it is found again.

Rule: a dry run is the real run, taken back, in one transaction; what cannot be read stops all of it.
Rule: a row is known again by its number (column `Nr.`), else by what people call it (see each list's
`key_of`). A second import changes what the list says and doubles nothing; what a list does not name
any more stays as it is.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.imports.cells import words
from node.imports.columns import Column, Line, Understood, column, understand
from node.imports.models import ImportedRow
from node.imports.outcomes import NotYet, Outcome, Promise
from node.imports.tables import folded, read_table

KEYS_AT_ONCE = 500  # SQLite takes a limited number of parameters
NUMBER = column("number", "Nr.|Nummer|Kennung|ID", "No.|number|key", words(100), "1|2")


class Reason(NamedTuple):
    """Why something is as it is: a key of `labels.REASONS` and what it is about."""

    key: str
    detail: str = ""


class ListKind(StrEnum):
    """The keys stand in addresses."""

    ROOMS = "raeume"
    REGULARS = "gruppen"
    EVENTS = "termine"


@dataclass(frozen=True)
class RowStep:
    """What happens to one row. `about` says when or where, for the eye; `changes` are column keys."""

    outcome: Outcome
    line: int
    title: str
    about: str = ""
    reasons: tuple[Reason, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListReport(Promise):
    kind: ListKind
    understood: Understood
    steps: tuple[RowStep, ...]


@dataclass(frozen=True)
class Circumstances:
    """Who imports what, when and how."""

    zone: ZoneInfo
    now: datetime
    by: str = ""
    publish: bool = False
    language: str = "de"


class Importer(ABC):
    """One pass over a list of one kind."""

    kind: ListKind
    title: str  # the column by which a row is called

    def __init__(self, session: Session, at: Circumstances) -> None:
        self.session, self.at = session, at
        self.last_round = False  # nothing moves any more: what is in the way stays there

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """Return the columns that such a list may have."""

    @abstractmethod
    def key_of(self, line: Line) -> Sequence[str]:
        """Return what makes a row without a number the same as last time."""

    @abstractmethod
    def take(self, line: Line, record_id: str | None) -> tuple[RowStep, str | None]:
        """Do what a row says to the record it made last time, or make one; return the step and the record's id.

        May raise NotYet, but not in the last round.
        """

    def in_order(self, lines: Sequence[Line]) -> Iterable[Line]:
        """Return the lines in the order in which they can be done."""
        return lines

    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns of this kind, the number first."""
        return (NUMBER, *self.columns())

    def understand(self, content: bytes) -> Understood:
        """Read the list without doing anything. Raises TableBroken and FileTooLarge."""
        return understand(read_table(content), self.all_columns(), self.at.language, self.title)

    def run(self, content: bytes) -> ListReport:
        """Do what the list says, row by row. Raises TableBroken and FileTooLarge; then nothing was done."""
        understood = self.understand(content)
        keys = {line.number: self._fingerprint(line) for line in understood.lines}
        known = self._known(keys.values())
        steps, seen, waiting = [], dict[str, int](), []
        for line in self.in_order(understood.lines):
            first = seen.setdefault(keys[line.number], line.number)
            if first == line.number:
                waiting.append(line)
            else:
                steps.append(self.left_out(line, Reason("row_twice", str(first))))
        steps += self._rounds(waiting, keys, known)
        self.session.flush()
        return ListReport(self.kind, understood, tuple(sorted(steps, key=lambda step: step.line)))

    def _rounds(
        self, waiting: list[Line], keys: Mapping[int, str], known: Mapping[str, ImportedRow]
    ) -> Iterable[RowStep]:
        """Do the rows in rounds: one may be in the way of another until it has moved itself."""
        while waiting:
            again = []
            for line in waiting:
                row = known.get(keys[line.number])
                try:
                    step, record_id = self.take(line, row.record_id if row else None)
                except NotYet:
                    again.append(line)
                    continue
                self._remember(keys[line.number], row, record_id)
                yield step
            self.last_round = len(again) == len(waiting)
            waiting = again

    def left_out(self, line: Line, *reasons: Reason) -> RowStep:
        """Return the step of a row that is left out."""
        return RowStep(Outcome.SKIPPED, line.number, str(line.values[self.title]), reasons=reasons)

    def _fingerprint(self, line: Line) -> str:
        """Names stay in their own tables, so a key is only a fingerprint of itself."""
        number = line.values.get("number")
        parts = ("nr", number) if number else ("", *self.key_of(line))
        plain = "\n".join(folded(part) if part else "" for part in parts)
        return hashlib.sha256(f"{self.kind}\n{plain}".encode()).hexdigest()

    def _known(self, keys: Iterable[str]) -> dict[str, ImportedRow]:
        listed = sorted(set(keys))
        found: dict[str, ImportedRow] = {}
        for start in range(0, len(listed), KEYS_AT_ONCE):
            query = select(ImportedRow).where(ImportedRow.key.in_(listed[start : start + KEYS_AT_ONCE]))
            found |= {row.key: row for row in self.session.scalars(query)}
        return found

    def _remember(self, key: str, row: ImportedRow | None, record_id: str | None) -> None:
        if record_id is None or (row is not None and row.record_id == record_id):
            return
        if row is not None:
            row.record_id = record_id
        else:
            self.session.add(ImportedRow(key=key, kind=self.kind, record_id=record_id, imported_at=self.at.now))


def differing(before: Any, after: Any, keys: Iterable[str]) -> tuple[str, ...]:
    """Return which of `keys` two entries say differently."""
    return tuple(key for key in keys if getattr(before, key) != getattr(after, key))

"""What a data set is: its words, its columns, its rows, and how often it changes.

Column names are German like the addresses; they stay for good, since other people's programs read them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.open_data.terms import Terms
from shared.database import Database

Row = Sequence[Any]  # one plain value for each column: text, whole number, truth, float or None


@dataclass(frozen=True)
class Column:
    name: str
    about: Any


@dataclass(frozen=True)
class Frame:
    """What rows depend on besides records: where, when and under which terms they are published."""

    city: str
    zone: ZoneInfo
    now: datetime
    terms: Terms
    home: str  # the address of the site, with a slash at its end
    database: Database  # for rows that are read while they are sent, when the request is over

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Dataset:
    """`key` is its address. `themes` and `frequency` are entries of the EU's vocabularies.

    `rows` reads from the given session, or in short transactions of its own if it `streams`; `mark` returns a text that
    changes whenever the rows do, None if the rows themselves have to be looked at.
    """

    key: str
    title: Any
    about: Any
    rhythm: Any
    themes: tuple[str, ...]
    keywords: tuple[str, ...]
    frequency: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Frame], Iterable[Row]]
    mark: Callable[[Session, Frame], str] | None = None
    covers: Callable[[Session, Frame], tuple[date, date] | None] = lambda _session, _frame: None
    suppressed: bool = False
    streams: bool = False
    feed: str = ""  # the endpoint of the same as a calendar

    @property
    def explained(self) -> list[tuple[str, str]]:
        """Return each column's name with what it means."""
        return [(column.name, str(column.about)) for column in self.columns]

"""Where personal data lies in a house: each feature declares its own, once.

From the declaration come the retention time (enforced every night), the search for a person
over all features, the export, the erasure, and what the audit log must not write down.

A feature with personal data has a module `privacy.py` and one line in its `register(app)`:

    # node/registration/privacy.py
    REGISTRATIONS = PersonalData(
        key="registrations",                      # short, stable, plural: what the log and addresses say
        label=_l("Registrations"),                # lazy texts
        counts_from=_l("the day of the event"),   # from when the retention time runs
        kept=_l("How many places were taken stays, for the statistics."),
        retention_days=30,                        # the default; the lead may choose 1 … retention_days_max
        columns={Registration: ("name", "email", "phone", "note")},
        find=find, export=export, erase=erase, expire=expire,
    )

    # node/registration/__init__.py  (no `import privacy`: the feature's own module has that name)
    from node.core.privacy import declare
    declare(app, REGISTRATIONS)

The four functions get a session, never commit, and write replicated tables through objects only:

    def find(session: Session, needle: str) -> Sequence[Finding]:
        '''Whatever has the needle (part of a name, an address, a number) in a personal column.'''
        rows = session.scalars(select(Registration).where(matches(needle, Registration.name, Registration.email)))
        return [Finding("registrations", row.id, row.name, about=row.event_title, at=row.taken_at) for row in rows]

    def export(session: Session, record_id: str) -> dict[str, Any]:
        '''Everything that is kept about the person in this record; keys in plain words, values JSON can take.'''

    def erase(session: Session, record_id: str, now: datetime) -> None:
        '''Forget the person: blank the personal columns (or delete the row), keep what statistics count.
        Raise a Refusal if that cannot be yet (a key is still out).'''

    def expire(session: Session, before: datetime, now: datetime) -> int:
        '''Do to every record whose time ran from earlier than `before` what `erase` does; return how many.
        Must find nothing when run again, and may leave what cannot be erased yet.'''

Of an id that is gone `export` returns {} and `erase` does nothing. How many days count in this house
(the lead may have chosen others) tells `node.privacy.service.days_of(session, REGISTRATIONS)`. Columns
that are erased must not stand in a full-text index; `node.privacy.traces` tells how the file forgets.
If `erase` can refuse, `why_not={KeyIsOut: _l("The key is still out. Please take it back first.")}`.
Names of those who work here, beside what they did, stand in columns called `…_by`; nobody declares
these, `node.staff.privacy` looks after them all.
Rule: this module knows no feature and no table.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import Flask
from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.errors import Refusal

_EXTENSION = "stadtherz.privacy"
_PUNCTUATION = " -/()."  # how people part the digits of a telephone number
_DIGITS_MIN = 5
RETENTION_DAYS_MAX = 3650  # ten years, as the tax law wants it of invoices


@dataclass(frozen=True)
class Finding:
    """A record about the person that somebody looks for. `name` is what was found, `about` what it belongs to."""

    key: str
    id: str
    name: str
    about: str = ""
    at: datetime | None = None


def _finds_nobody(_session: Session, _needle: str) -> Sequence[Finding]:
    return ()


def _tells_nothing(_session: Session, _record_id: str) -> Mapping[str, Any]:
    return {}


def _settles_nothing(_session: Session, _record_id: str, _now: datetime) -> None:
    return


def _forgets_nobody(_session: Session, _record_id: str, _now: datetime) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """One kind of personal data; the module's docstring shows how to declare it.

    What only expires, because nobody is found in it, leaves out `find`, `export` and `erase`.
    `settle` does what people did by hand before they erased; after a restored backup it has to be done again.
    """

    key: str
    label: Any
    counts_from: Any
    retention_days: int
    columns: Mapping[type[Any], Sequence[str]]
    expire: Callable[[Session, datetime, datetime], int]
    find: Callable[[Session, str], Sequence[Finding]] = _finds_nobody
    export: Callable[[Session, str], Mapping[str, Any]] = _tells_nothing
    erase: Callable[[Session, str, datetime], None] = _forgets_nobody
    settle: Callable[[Session, str, datetime], None] = _settles_nothing
    kept: Any = ""
    why_not: Mapping[type[Refusal], Any] = field(default_factory=dict)
    retention_days_min: int = 1
    retention_days_max: int = RETENTION_DAYS_MAX


@dataclass
class Registry:
    """What all features of an app have declared, by key, in the order of their registration."""

    kinds: dict[str, PersonalData] = field(default_factory=dict)
    _columns: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, data: PersonalData) -> None:
        assert data.key not in self.kinds, f"two kinds of personal data are called {data.key!r}"
        assert data.retention_days_min <= data.retention_days <= data.retention_days_max
        for table, names in data.columns.items():
            unknown = [name for name in names if name not in table.__mapper__.attrs]
            assert not unknown, f"{table.__name__} has no {unknown}"
            self._columns[table.__tablename__] |= set(names)
        self.kinds[data.key] = data

    def __iter__(self) -> Iterator[PersonalData]:
        return iter(self.kinds.values())

    def personal_columns(self, table: str) -> frozenset[str]:
        """Return the personal columns of a table; none if nobody declared any."""
        return frozenset(self._columns.get(table, ()))

    def tables(self) -> frozenset[str]:
        """Return the names of the tables that hold personal data."""
        return frozenset(self._columns)


def equip(app: Flask) -> Registry:
    """Give `app` an empty registry."""
    app.extensions[_EXTENSION] = Registry()
    return registry(app)


def declare(app: Flask, *declared: PersonalData) -> None:
    """Declare the personal data of a feature; see the module's docstring."""
    for data in declared:
        registry(app).add(data)


def registry(app: Flask) -> Registry:
    return cast("Registry", app.extensions[_EXTENSION])


def matches(needle: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition that one of `columns` contains `needle`, whatever its capitals.

    SQLite folds the capitals of ASCII only, so Ülkü is looked for as ülkü, ÜLKÜ and Ülkü. A
    needle of digits is also found in a number that is parted differently.
    """
    spellings = {needle.lower(), needle.upper(), needle.title()}
    conditions = [column.icontains(one, autoescape=True) for column in columns for one in sorted(spellings)]
    digits = _without_punctuation(needle)
    if len(digits) >= _DIGITS_MIN and digits.lstrip("+").isdecimal():
        conditions += [_bare(column).contains(digits.lstrip("+"), autoescape=True) for column in columns]
    return or_(*conditions)


def _bare(column: Any) -> Any:
    for mark in _PUNCTUATION:
        column = func.replace(column, mark, "")
    return column


def _without_punctuation(text: str) -> str:
    return "".join(letter for letter in text if letter not in _PUNCTUATION)

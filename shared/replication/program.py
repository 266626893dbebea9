"""Which program speaks: its version, that of its database, and in which version it writes its records.

For the eye only, like the presence that carries it: older sides leave it out and do not look at it,
and nothing that must be right depends on it. The versions that decide travel with each record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shared.migrations import newest
from shared.replication.ledger import Ledger

PART_LENGTH_MAX = 40
COLLECTIONS_MAX = 100
COLLECTION_LENGTH_MAX = 64  # as long as the wire lets a name be
_DISTRIBUTION = "stadtherz"


@dataclass(frozen=True, slots=True)
class Program:
    """`version` as it is released, `database` the number of its last migration, `records` by collection."""

    version: str
    database: str
    records: Mapping[str, int] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, ...]:
        """The version as something to compare; a part that is no number counts as 0."""
        return tuple(int(part) if part.isdecimal() else 0 for part in self.version.split("."))


def this_program(ledger: Ledger, migrations: Path) -> Program:
    """Return what this program is, with the tables of `ledger` and the scripts in `migrations`."""
    records = {name: collection.version for name, collection in ledger.shelves.collections.items()}
    return Program(version(_DISTRIBUTION), newest(migrations), records)


def write_program(program: Program) -> dict[str, Any]:
    """Return the part of a message that says it."""
    return {"version": program.version, "database": program.database, "records": dict(program.records)}


def read_program(said: object) -> Program | None:
    """Return what `write_program` wrote; None for nothing, and for anything else that somebody might say."""
    if not isinstance(said, dict):
        return None
    release, database, records = said.get("version"), said.get("database"), said.get("records", {})
    if not (_is_part(release) and _is_part(database) and isinstance(records, dict)):
        return None
    if len(records) > COLLECTIONS_MAX or not all(_is_collection(*entry) for entry in records.items()):
        return None
    return Program(str(release), str(database), records)


def _is_part(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= PART_LENGTH_MAX and value.isprintable()


def _is_collection(name: object, number: object) -> bool:
    known = isinstance(name, str) and len(name) <= COLLECTION_LENGTH_MAX and name.isidentifier()
    return known and type(number) is int and 0 < number < 1_000_000

"""The light ledgers of a simulated centre: in memory, with the records that a real house sends.

They are the simulation's, which the SQL ledgers are held against, except that a row is the text of a
real record and carries its real hash: the hub checks both.
"""

from random import Random
from typing import Any

import orjson

from shared.records.base import Collection
from shared.records.catalogue import BY_NAME
from shared.replication.ledger.rendering import content_hash
from shared.replication.messages import Change, Operation
from tests.simulation.memory import LIVE, Entry, Key, MemoryReplica, MemorySource


class HouseRecords(MemorySource):
    """What the centre owns; `write` takes payloads as they travel, None for a deletion."""

    def __init__(self, seed: int) -> None:
        super().__init__(Random(seed))

    def stamp(self, key: Key, operation: Operation | None = None) -> None:
        """Give a record a new revision, from what its row is now."""
        payload = self.rows.get(key)
        operation = Operation.PUT if payload is not None else operation or Operation.DELETE
        self._advance(self.head.revision + 1)
        self.changes.pop(key, None)
        self.changes[key] = Entry(self.head.revision, operation, _hash(key, payload))

    def _restamped(self, key: Key, entry: Entry) -> bool:
        """Nothing slips past the stamp here: rows are written by `write` alone."""
        assert (key in self.rows) == (entry.operation in LIVE), key
        return False

    def _change(self, key: Key, entry: Entry) -> Change:
        schema = BY_NAME[key[0]].version if entry.operation is Operation.PUT else 0
        return Change(*key, entry.revision, entry.operation, schema, entry.content_hash, self.rows.get(key))


class CityRecords(MemoryReplica):
    """What the centre has of the city's; nobody looks at what was replaced."""

    def _drop(self, key: Key) -> None:
        self.rows.pop(key, None)


def payload(collection: Collection, **values: Any) -> str:
    """Return the text of a record: its fields in the order of the schema."""
    return orjson.dumps({name: values[name] for name in collection.field_names}).decode()


def _hash(key: Key, text: str | None) -> str:
    return "" if text is None else content_hash(*key, BY_NAME[key[0]].version, text)

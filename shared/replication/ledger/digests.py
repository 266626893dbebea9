"""Digests of a feed: count and sum of the content hashes, by collection.

The database joins the hashes to one text a collection; the sum over its 64-bit halves costs a
tenth of adding one hash after the other.
"""

import sys
from collections.abc import Mapping

from sqlalchemy import Connection, Table, func, literal, select

from shared.replication.messages import Digest, Operation

_MODULUS = 2**128


def digests_of(connection: Connection, table: Table, feed: str) -> Mapping[str, Digest]:
    """Return the digests of the PUT and STUB rows of `feed` in `table` (changes or replica_records)."""
    join = func.string_agg if connection.dialect.name == "postgresql" else func.group_concat
    query = select(table.c.collection, func.count(), join(table.c.content_hash, literal("")))
    live = query.where(table.c.feed == feed, table.c.operation.in_((Operation.PUT, Operation.STUB)))
    rows = connection.execute(live.group_by(table.c.collection))
    return {collection: Digest(number, sum_of(hashes)) for collection, number, hashes in rows}


def sum_of(hashes: str) -> int:
    """Return the sum modulo 2**128 of hashes of 32 hex digits each, written without a gap."""
    joined = bytes.fromhex(hashes)
    if sys.byteorder == "little":
        joined = joined[::-1]  # each hash is turned round, and so is their order, which does not matter
    halves = memoryview(joined).cast("Q")
    low, high = (halves[0::2], halves[1::2]) if sys.byteorder == "little" else (halves[1::2], halves[0::2])
    return (sum(low) + (sum(high) << 64)) % _MODULUS

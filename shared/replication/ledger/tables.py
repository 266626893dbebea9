"""The ledger's own tables, made inside a side's metadata beside the tables of its features.

Rule: no foreign key between replicated records (a batch may deliver an event before its
room), and no index that no query here needs: every one is paid for with each record.
"""

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.columns import RecordId, UTCDateTime

FEED_LENGTH = 45  # "node/" and a slug of at most 40
COLLECTION_LENGTH = 64  # as long as the wire lets a name be
GENERATION_LENGTH = 64
HASH_LENGTH = 32
OPERATION_LENGTH = 6


class SourceTables(NamedTuple):
    """What the owner keeps: the feed's head, what stands at which revision, the salts, the forks."""

    feeds: Table
    changes: Table
    marks: Table
    forks: Table


class ReplicaTables(NamedTuple):
    """What the receiver keeps: where it stands, every record as it came, versions that may be lost."""

    replicas: Table
    records: Table
    candidates: Table


def source_tables(metadata: MetaData) -> SourceTables:
    """Return the source's tables in `metadata`; they are made at the first call."""
    if "feeds" in metadata.tables:
        return SourceTables(*(metadata.tables[name] for name in ("feeds", "changes", "marks", "forks")))
    feeds = Table(
        "feeds",
        metadata,
        Column("name", String(FEED_LENGTH), primary_key=True),
        Column("instance", String(64), nullable=False),
        Column("generation", BigInteger, nullable=False),
        Column("generation_id", String(GENERATION_LENGTH), nullable=False),
        Column("head", BigInteger, nullable=False),
        Column("floor", BigInteger, nullable=False),
        Column("base_revision", BigInteger, nullable=False),
        Column("base_mark", BigInteger, nullable=False),
        Column("acknowledged_revision", BigInteger, nullable=False),
        Column("acknowledged_mark", BigInteger, nullable=False),
        Column("agreed_revision", BigInteger),
        Column("agreed_mark", BigInteger),
        Column("fence", Text, nullable=False),
    )
    changes = Table(
        "changes",
        metadata,
        Column("feed", String(FEED_LENGTH), ForeignKey("feeds.name", ondelete="CASCADE"), primary_key=True),
        Column("collection", String(COLLECTION_LENGTH), primary_key=True),
        Column("record_id", RecordId, primary_key=True),
        Column("revision", BigInteger, nullable=False),
        Column("operation", String(OPERATION_LENGTH), nullable=False),
        Column("schema", BigInteger, nullable=False),
        Column("content_hash", String(HASH_LENGTH), nullable=False),
        UniqueConstraint("feed", "revision"),
        sqlite_with_rowid=False,
    )
    marks = Table(
        "marks",
        metadata,
        Column("feed", String(FEED_LENGTH), ForeignKey("feeds.name", ondelete="CASCADE"), primary_key=True),
        Column("revision", BigInteger, primary_key=True, autoincrement=False),
        Column("salt", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    forks = Table(
        "forks",
        metadata,
        Column("feed", String(FEED_LENGTH), ForeignKey("feeds.name", ondelete="CASCADE"), primary_key=True),
        Column("generation", BigInteger, primary_key=True, autoincrement=False),
        Column("forked_at", UTCDateTime, nullable=False),
    )
    return SourceTables(feeds, changes, marks, forks)


def replica_tables(metadata: MetaData) -> ReplicaTables:
    """Return the replica's tables in `metadata`; they are made at the first call."""
    if "replicas" in metadata.tables:
        return ReplicaTables(*(metadata.tables[name] for name in ("replicas", "replica_records", "candidates")))
    replicas = Table(
        "replicas",
        metadata,
        Column("feed", String(FEED_LENGTH), primary_key=True),
        Column("generation", BigInteger, nullable=False),
        Column("generation_id", String(GENERATION_LENGTH), nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("mark", BigInteger, nullable=False),
        Column("highest_revision", BigInteger, nullable=False),
        Column("highest_mark", BigInteger, nullable=False),
        Column("path", Text, nullable=False),  # JSON: [[revision, mark], …], oldest first
        Column("floor", BigInteger, nullable=False),
        Column("passes", Integer, nullable=False),
        Column("walk", Text),  # JSON: [number, reason, target, [revision, mark], since]
        Column("unconfirmed", Integer, nullable=False),  # rows that a sweep would take, too many to do it unasked
        Column("confirmed_pass", Integer, nullable=False),  # the pass whose sweep a person confirmed
        Column("agreed_revision", BigInteger),
        Column("agreed_mark", BigInteger),
        Column("stalled", Text),
    )
    records = Table(
        "replica_records",
        metadata,
        Column("feed", String(FEED_LENGTH), primary_key=True),
        Column("collection", String(COLLECTION_LENGTH), primary_key=True),
        Column("record_id", RecordId, primary_key=True),
        Column("revision", BigInteger, nullable=False),
        Column("operation", String(OPERATION_LENGTH), nullable=False),
        Column("schema", BigInteger, nullable=False),
        Column("content_hash", String(HASH_LENGTH), nullable=False),
        Column("status", String(11), nullable=False),
        Column("reason", Text),  # why it was set aside; never a part of the content
        Column("pass_number", Integer, nullable=False),
        Column("raw", Text),
    )
    # Holds the few rows that are not simply shown; the pages count and list them.
    exceptional = records.c.status != "ok"
    Index("ix_replica_records_exceptional", records.c.feed, records.c.status, **_only(exceptional))
    candidates = Table(
        "candidates",
        metadata,
        Column("feed", String(FEED_LENGTH), primary_key=True),
        Column("collection", String(COLLECTION_LENGTH), primary_key=True),
        Column("record_id", RecordId, primary_key=True),
        Column("revision", BigInteger, primary_key=True, autoincrement=False),
        Column("content_hash", String(HASH_LENGTH), primary_key=True),
        Column("operation", String(OPERATION_LENGTH), nullable=False),
        Column("schema", BigInteger, nullable=False),
        Column("raw", Text),  # None where the lost version was a deletion
    )
    return ReplicaTables(replicas, records, candidates)


def _only(condition: ColumnElement[bool]) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}

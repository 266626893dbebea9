"""What the two state machines need of a ledger, and nothing more.

Each call happens inside one transaction that the caller opened; what a machine returns is
sent only after that transaction has committed. The SQL ledgers and the simulation's
in-memory ledgers implement the same two protocols.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from shared.replication.messages import (
    Change,
    Digest,
    Operation,
    Pass,
    Position,
    ReplicaState,
    SourceState,
)


class Page(NamedTuple):
    """Changes in the order of their revisions, and the last revision the page speaks for.

    `upto` is the head if nothing is left behind the page, else the last change's revision.
    """

    changes: tuple[Change, ...]
    upto: int


class SourceLedger(Protocol):
    """The owner's half."""

    def state(self) -> SourceState: ...

    def mark(self, revision: int) -> int | None:
        """Return the salt of `revision` in this generation, 0 for revision 0, None if pruned or never used."""
        ...

    def read_after(self, revision: int, records_max: int, bytes_max: int) -> Page:
        """Return the next page in one snapshot, rendered now.

        A row whose rendered hash differs from the stored one gets a new revision first; a
        missing row becomes a delete under a new revision (S2). A record over the limit of
        one message is a STUB. A page with at least one change may exceed `bytes_max` by it.
        """
        ...

    def acknowledge(self, position: Position, agreed: Position | None) -> None:
        """Store where the receiver stands (it may be lower than before) and where it agreed."""
        ...

    def fork(self, number: int, head: int, base: Position) -> None:
        """Begin a new generation with that number, a new random id and a fresh mark for `head`."""
        ...

    def base(self) -> Position:
        """Return the base that the last fork stored, START if there was none."""
        ...

    def forks_lately(self) -> int:
        """Return how many forks the last 24 hours saw."""
        ...

    def fence(self, reason: str) -> None:
        """Stop this source from speaking until a person decides."""
        ...

    def erase(self, records: Sequence[tuple[str, str]]) -> None:
        """Give each (collection, id) an erase tombstone, even if the row is absent (S7)."""
        ...

    def purge(self) -> None:
        """Drop delete tombstones that every receiver has acknowledged, raise the floor, prune marks (S6)."""
        ...

    def scrub(self) -> int:
        """Stamp rows that lack their change or whose hash differs, and tombs of rows; return how many (S8)."""
        ...

    def digests(self) -> Mapping[str, Digest]: ...


class Version(NamedTuple):
    """What a replica has of one record."""

    revision: int
    operation: Operation
    content_hash: str
    pass_number: int


class Outcome(NamedTuple):
    """What became of a batch: how many were set aside by reason, and live versions dropped as erased."""

    quarantined: Mapping[str, int]
    erased: tuple[tuple[str, str], ...]


class ReplicaLedger(Protocol):
    """The receiver's half."""

    def state(self) -> ReplicaState: ...

    def save(self, state: ReplicaState) -> None: ...

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        """Write the changes: raw, status and projection together (R4, R5, R6).

        During a fork pass a row that differs and whose revision `walk.base` does not cover
        becomes a candidate before it is overwritten. Never overwrites a newer revision of the
        same generation. What cannot be applied is quarantined or deferred and never blocks.
        """
        ...

    def sweep(self, walk: Pass) -> int | None:
        """End a pass: rows without its number are deleted (collected) or become candidates.

        Return how many were swept, or None if so many (R8: over 20 % and over 20) that a person
        must confirm; then nothing is swept and the rows show as unconfirmed.
        """
        ...

    def digests(self) -> Mapping[str, Digest]: ...

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
        """Begin a new generation with that number, a new random id and a fresh mark for `head`.

        Changes and older marks stay. `acknowledged` becomes START and `agreed` None: nobody has
        read this history yet. `base` is noted with the fork for people; the engine never reads
        it back (a base from memory lost records: REPLICATION section 7).
        """
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
        """Drop delete tombstones that every receiver has acknowledged, raise the floor, prune marks (S6).

        Floor = the greatest revision of a dropped tombstone (a cursor there or beyond has seen
        them all), never lower than before. Marks of revisions that `changes` still
        uses, and those from `acknowledged` on, stay; keep many of the others too: a receiver
        restored to a revision whose mark is gone has to start over.
        """
        ...

    def scrub(self) -> int:
        """Stamp rows that lack their change or whose hash differs, and tombs of rows; return how many (S8)."""
        ...

    def digests(self) -> Mapping[str, Digest]:
        """Return count and sum of the stored hashes of PUT and STUB changes, by collection."""
        ...


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
        """Write the changes: raw, status and projection together (R4, R5, R6), each row tagged `pass_number`.

        For each change, with `row` what is there of the same record:
        - the row is erased: a PUT or STUB is dropped and reported; the row stays, with the new tag.
        - ERASE: status erased, raw and candidates of the record gone, whatever came before.
        - the row is of this history (no walk, or row.pass_number >= walk.since): a change with a
          lower revision than the row's is dropped and leaves even the tag alone (it is a late
          message; tagged, the row would escape the sweep). Else it replaces the row.
        - the row is of a replaced history: if it differs (operation or hash) and its revision is
          greater than walk.base.revision, it becomes a candidate first. Then it is replaced.
        A DELETE leaves a tombstone (revision, no content): after a fork a lost deletion is a
        candidate too. What cannot be applied is quarantined or deferred, keeps its raw, and
        never blocks.
        """
        ...

    def sweep(self, walk: Pass) -> int | None:
        """End a pass: remove live rows whose pass number is not the walk's; return how many.

        COLLECTED: deleted. AUDIT: each becomes a candidate. FORK: a row of the replaced history
        (pass number < since) with a revision greater than base.revision becomes a candidate,
        others are deleted. Tombstones without the number just go; erased rows always stay.
        Return None if there are so many (R8: over 20 % of the live rows and over 20) that a person
        must confirm; then nothing is swept, the rows show as unconfirmed and the walk goes on.
        """
        ...

    def digests(self) -> Mapping[str, Digest]:
        """Return count and sum of the hashes of PUT and STUB rows, the quarantined and deferred too."""
        ...

"""What a source and a replica say to each other, and what a ledger keeps for them.

Values only: no clock, no I/O, no database. `wire` turns messages into bytes, `ledger`
keeps the states, `source` and `replica` decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a feed: a revision and the random salt stored with it (its mark).

    Two histories may use the same revision; they do not share its mark. Revision 0 is
    the beginning of every feed and has mark 0.
    """

    revision: int
    mark: int


START = Position(0, 0)


class Generation(NamedTuple):
    """One history of a feed. Ordered by number; the id tells two of the same number apart.

    (0, '') is what a replica has before it has heard of its feed.
    """

    number: int
    id: str


UNHEARD = Generation(0, "")


class Term(NamedTuple):
    """Which installation is the city's hub. The higher one is: each taking over raises the number.

    Of two with the same number the instances decide, so that everybody decides alike.
    """

    number: int
    instance: str


NO_TERM = Term(0, "")
TERM_MAX = 2**53  # no number beyond it travels


class Operation(StrEnum):
    PUT = "put"
    DELETE = "delete"
    ERASE = "erase"  # like delete, but sticky: nothing of the content may ever come back
    STUB = "stub"  # the record is too large to travel: only its hash does


class Change(NamedTuple):
    """The state of one record as of `revision`.

    `payload` is JSON text for PUT and None otherwise. `content_hash` is 32 hex digits over
    collection, id, schema version and payload ('' for DELETE and ERASE). `schema` is the
    version of the collection's schema that the payload was written with.
    """

    collection: str
    id: str
    revision: int
    operation: Operation
    schema: int
    content_hash: str
    payload: str | None


class Digest(NamedTuple):
    """Count of live records and the sum of their content hashes modulo 2**128, order-free."""

    records: int
    sum: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The source presents itself.

    `base` is the greatest place of the receiver's own path that the source's marks confirm. It is
    None as long as this session has not seen a path: a receiver of a lower generation then
    answers with its cursor and waits for the hello that answers it. To a receiver of this very
    history that missed tombstones, `base` is its own `highest`: all it has is confirmed, and it
    starts a pass; on a floor alone it must not, for the hello may be of another history that
    would then no longer meet the contradicting mark. `restart` names the
    receiver's highest place when the marks for it were pruned: it shall start over (S3, R2).
    """

    feed: str
    instance: str
    nonce: str
    generation: Generation
    head: Position
    floor: int
    base: Position | None = None
    restart: Position | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the replica stands: acknowledgement, refusal and request to resend in one.

    `highest` is the greatest head of this generation that anything the replica holds was read
    at, or that a pass must reach. `nonce` echoes the hello ('' if none was heard); `sequence`
    rises with each cursor of the receiver's `run` (a random text), so that a late one is known as
    late; `credit` is how many batches may be under way; `agreed` is where the last check matched;
    `error` says why the feed is stalled;
    `erased` are (collection, id) of which a live version was dropped because erasure sticks.
    The machines know nothing of the last two, which the courier adds: `believes` is the newest key
    of the reader that the writer knows, `term` the highest term that it has heard of.
    """

    feed: str
    instance: str
    nonce: str
    generation: Generation
    position: Position
    highest: Position
    path: tuple[Position, ...]
    floor: int
    credit: int
    sequence: int
    agreed: Position | None = None
    erased: tuple[tuple[str, str], ...] = ()
    error: str | None = None
    run: str = ""
    believes: str = ""
    term: Term = NO_TERM


@dataclass(frozen=True, slots=True)
class Batch:
    """All changes with after.revision < revision <= upto.revision that are still current."""

    feed: str
    instance: str
    nonce: str
    generation: Generation
    after: Position
    upto: Position
    head: Position
    floor: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The source's digests at its head, by collection; collections without records are left out."""

    feed: str
    instance: str
    nonce: str
    generation: Generation
    at: Position
    floor: int
    digests: Mapping[str, Digest]


Message = Hello | Cursor | Batch | Check


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source keeps durably about its feed, beside `changes` and `marks`.

    `acknowledged` is the receiver's last stored position; `agreed` the last position at which
    the receiver found the digests equal; `fence` says why the source may not speak ('' if it may).
    """

    generation: Generation
    head: Position
    floor: int
    acknowledged: Position
    agreed: Position | None = None
    fence: str = ""


class PassReason(StrEnum):
    """Why a replica walks through the whole feed again; the strongest survives a restart."""

    COLLECTED = "collected"  # tombstones I never saw were purged
    AUDIT = "audit"  # digests differ
    FORK = "fork"  # the source's history was replaced


@dataclass(frozen=True, slots=True)
class Pass:
    """A walk in progress. Rows without its number are swept at the end.

    Rows whose pass number is below `since` come from a history that was replaced: their
    revisions compare with nothing but `base`, up to which both histories are the same (R4).
    A walk for another reason than a fork has since = 0: every row is of this history. `target`
    is the head at its begin, for people: the walk ends at the head, which may move on.
    """

    number: int
    reason: PassReason
    target: int
    base: Position = START
    since: int = 0


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """What a replica keeps durably about its feed, in the transaction of the data."""

    generation: Generation = UNHEARD
    position: Position = START
    highest: Position = START
    path: tuple[Position, ...] = ()
    floor: int = 0
    passes: int = 0
    walk: Pass | None = None
    agreed: Position | None = None
    stalled: str | None = None

    def stands_at(self, head: Position) -> bool:
        """Tell whether the replica stands at this head, and knows of none beyond."""
        return self.position == head == self.highest

"""The receiver's ledger of one feed, inside one transaction (ports.ReplicaLedger)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, and_, delete, func, insert, select, true, tuple_, update
from sqlalchemy.orm import Session

from shared import topics
from shared.replication.ledger import bulk
from shared.replication.ledger.applying import CANDIDATE_COLUMNS, REFUSED, Applier
from shared.replication.ledger.digests import digests_of
from shared.replication.ledger.shelves import Shelves, Status
from shared.replication.messages import (
    Change,
    Digest,
    Generation,
    Operation,
    Pass,
    PassReason,
    Position,
    ReplicaState,
)
from shared.replication.ports import Outcome

SWEEP_SHARE, SWEEP_RECORDS = 0.2, 20  # more than both in one sweep is a person's decision (R8)
LIVE = (Operation.PUT, Operation.STUB)
_RECORDS_AT_ONCE = 500


class _Row(NamedTuple):
    """A row of `replicas`, its columns in the order of _STATE_COLUMNS."""

    feed: str
    generation: int
    generation_id: str
    revision: int
    mark: int
    highest_revision: int
    highest_mark: int
    path: str
    floor: int
    passes: int
    walk: str | None
    agreed_revision: int | None
    agreed_mark: int | None
    stalled: str | None
    unconfirmed: int
    confirmed_pass: int


_STATE_COLUMNS = _Row._fields


class Reprojection(NamedTuple):
    """How many records were tried again, and how many of them are shown now."""

    tried: int
    projected: int


class SqlReplicaLedger:
    """See ports.ReplicaLedger; `reproject` and `confirm_sweep` are for the facade."""

    def __init__(self, session: Session, shelves: Shelves, feed: str) -> None:
        self._connection = session.connection()
        self._shelves = shelves
        self._tables = shelves.replica
        self._feed = feed
        self._applier = Applier(session, shelves, feed)

    def state(self) -> ReplicaState:
        row = self._row()
        if row is None:
            return ReplicaState()
        return ReplicaState(
            generation=Generation(row.generation, row.generation_id),
            position=Position(row.revision, row.mark),
            highest=Position(row.highest_revision, row.highest_mark),
            path=tuple(Position(*place) for place in orjson.loads(row.path)),
            floor=row.floor,
            passes=row.passes,
            walk=_read_walk(row.walk),
            agreed=_place(row.agreed_revision, row.agreed_mark),
            stalled=row.stalled,
        )

    def save(self, state: ReplicaState) -> None:
        known = self._row() if state.walk is not None else None
        values = (
            self._feed,
            *state.generation,
            *state.position,
            *state.highest,
            orjson.dumps([tuple(place) for place in state.path]).decode(),
            state.floor,
            state.passes,
            _written_walk(state.walk),
            *(state.agreed or (None, None)),
            state.stalled,
            known.unconfirmed if known else 0,
            known.confirmed_pass if known else 0,
        )
        bulk.upsert(self._connection, self._tables.replicas, _STATE_COLUMNS, [values])

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        return self._applier.apply(changes, walk, pass_number)

    def sweep(self, walk: Pass) -> int | None:
        records, candidates = self._tables.records, self._tables.candidates
        unmet = and_(records.c.feed == self._feed, records.c.pass_number != walk.number)
        live = records.c.operation.in_(LIVE)
        stale = self._count(unmet, live)
        if self._too_many(stale) and not self._confirmed(walk):
            self._note(unconfirmed=stale)
            return None
        lost = _lost(walk, records.c)
        if lost is not None:
            query = select(*(records.c[name] for name in CANDIDATE_COLUMNS)).where(unmet, live, lost)
            known = (candidates.c[column.name] == records.c[column.name] for column in candidates.primary_key)
            new = query.where(~select(candidates.c.feed).where(*known).exists())
            self._connection.execute(insert(candidates).from_select(CANDIDATE_COLUMNS, new))
        if stale:
            self._unshow(unmet & live)
        self._connection.execute(delete(records).where(unmet, records.c.operation != Operation.ERASE))
        self._note(unconfirmed=0)
        return stale

    def digests(self) -> Mapping[str, Digest]:
        return digests_of(self._connection, self._tables.records, self._feed)

    def confirm_sweep(self) -> int:
        row = self._row()
        walk = _read_walk(row.walk) if row else None
        if row is None or walk is None:
            return 0
        self._note(confirmed_pass=walk.number)
        return int(row.unconfirmed)

    def reproject(self, only: Sequence[tuple[str, str]] | None = None) -> Reprojection:
        """Judge what is quarantined or deferred again, in pages: an upgrade may know it now.

        `only` narrows it to some (collection, id).
        """
        records = self._tables.records
        waiting = select(records).where(
            records.c.feed == self._feed,
            records.c.status != Status.OK,
            records.c.status.in_((Status.QUARANTINED, Status.DEFERRED)),
            records.c.raw.is_not(None),
        )
        if only is not None:
            waiting = waiting.where(tuple_(records.c.collection, records.c.record_id).in_(only))
        rows = self._connection.execute(waiting.order_by(records.c.collection, records.c.record_id)).all()
        projected = sum(
            self._judge_again(rows[start : start + _RECORDS_AT_ONCE]) for start in range(0, len(rows), _RECORDS_AT_ONCE)
        )
        return Reprojection(len(rows), projected)

    def _judge_again(self, rows: Sequence[Any]) -> int:
        shown: defaultdict[str, list[tuple[str, tuple[Any, ...]]]] = defaultdict(list)
        statuses: dict[tuple[str, str], tuple[str, str | None]] = {}
        for row in rows:
            operation = Operation(row.operation)
            change = Change(
                row.collection, row.record_id, row.revision, operation, row.schema, row.content_hash, row.raw
            )
            verdict = self._applier.judge(change)
            statuses[row.collection, row.record_id] = (verdict.status.value, verdict.reason)
            if verdict.values is not None:
                shown[row.collection].append((row.record_id, verdict.values))
        for name, shelf in self._shelves.all.items():
            if name in shown:
                for record_id in self._applier.project(shelf, shown[name]):
                    statuses[name, record_id] = (Status.QUARANTINED.value, REFUSED)
        names = ("feed", "collection", "record_id", "status", "reason")
        bulk.update(
            self._connection,
            self._tables.records,
            names,
            [(self._feed, *key, *status) for key, status in statuses.items()],
        )
        return sum(status == Status.OK for status, _ in statuses.values())

    def _row(self) -> _Row | None:
        row = bulk.find(self._connection, self._tables.replicas, _STATE_COLUMNS, {"feed": self._feed}, lock=True)
        return None if row is None else _Row(*row)

    def _note(self, **values: Any) -> None:
        replicas = self._tables.replicas
        self._connection.execute(update(replicas).where(replicas.c.feed == self._feed).values(**values))

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        return self._connection.scalar(select(func.count()).select_from(self._tables.records).where(*conditions)) or 0

    def _too_many(self, stale: int) -> bool:
        records = self._tables.records
        if stale <= SWEEP_RECORDS:
            return False
        return stale > SWEEP_SHARE * self._count(records.c.feed == self._feed, records.c.operation.in_(LIVE))

    def _confirmed(self, walk: Pass) -> bool:
        row = self._row()
        return row is not None and row.confirmed_pass == walk.number

    def _unshow(self, condition: ColumnElement[bool]) -> None:
        records = self._tables.records
        for name, shelf in self._shelves.all.items():
            if self._shelves.may_write(self._feed, name):
                ids = select(records.c.record_id).where(condition, records.c.collection == name)
                here: ColumnElement[bool] = shelf.table.c.id.in_(ids)
                if shelf.of_centre:
                    here = and_(here, shelf.table.c.centre_id == topics.centre_of(self._feed))
                self._connection.execute(delete(shelf.table).where(here))


def _place(revision: int | None, mark: int | None) -> Position | None:
    return None if revision is None or mark is None else Position(revision, mark)


def _lost(walk: Pass, columns: Any) -> ColumnElement[bool] | None:
    """Return which of the rows that a pass did not meet may be lost at their owner; None for none."""
    match walk.reason:
        case PassReason.COLLECTED:
            return None
        case PassReason.AUDIT:
            return true()
        case PassReason.FORK:
            return and_(columns.pass_number < walk.since, columns.revision > walk.base.revision)


def _written_walk(walk: Pass | None) -> str | None:
    if walk is None:
        return None
    return orjson.dumps([walk.number, walk.reason, walk.target, list(walk.base), walk.since]).decode()


def _read_walk(text: str | None) -> Pass | None:
    if text is None:
        return None
    number, reason, target, base, since = orjson.loads(text)
    return Pass(number, PassReason(reason), target, Position(*base), since)

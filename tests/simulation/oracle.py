"""Knows everything that was ever written, and says when a promise is broken.

Invariant numbers are those of the protocol's section 6. It looks at ledgers from outside and
at messages on their way; it never tells the machines anything.
"""

from collections.abc import Callable
from typing import Any

from shared.replication.messages import START, Batch, Check, Cursor, Hello, Message, Operation, Position
from tests.simulation.memory import LIVE, Key, Row


class Violation(AssertionError):
    """A promise of the protocol was broken; the seed replays it."""


class Oracle:
    """The history of all versions: which came from which, and which the source knew at which head."""

    def __init__(self, number: Callable[[str], int | None]) -> None:
        self.number = number
        self.parents: list[int] = [0]
        self.keys: list[Key] = [("", "")]
        self.deletions: dict[tuple[Key, int], list[int]] = {}
        self.known_at: dict[Position, dict[Key, int]] = {START: {}}
        self.forged: set[str] = set()
        self.rollbacks = 0
        self.forks = 0
        self.erased: set[Key] = set()
        self.credit = 0
        self.under_way = 0

    # --- what the simulated house tells ------------------------------------------------------

    def born(self, key: Key, current: dict[Key, int]) -> int:
        """Note a new version of `key` that follows the one that this house knew; return its number."""
        self.parents.append(current.get(key, 0))
        self.keys.append(key)
        number = len(self.parents) - 1
        current[key] = number
        return number

    def deleted(self, key: Key, revision: int, current: dict[Key, int]) -> None:
        self.deletions.setdefault((key, revision), []).append(current[key])

    def committed(self, head: Position, current: dict[Key, int]) -> None:
        """Note what the source knew at this head (again, if something slipped past the stamp)."""
        self.known_at[head] = current.copy()

    # --- what it demands ---------------------------------------------------------------------

    def follows(self, later: int, earlier: int) -> bool:
        """Tell whether `later` is `earlier` or a successor of it."""
        while later > earlier:
            later = self.parents[later]
        return later == earlier

    def demand(self, promise: bool, number: int, text: str, *parts: object) -> None:
        if not promise:
            raise Violation(f"invariant {number}: {text.format(*parts)}")

    def versions(self, key: Key, row: Row) -> list[int]:
        """Return which versions this row may be: one for a payload, rarely more for a deletion."""
        if row.operation in LIVE:
            return [self.number(row.content_hash) or 0]
        return self.deletions.get((key, row.revision), [])

    def check_content(self, batch: Batch) -> None:
        """Invariant 3: nothing arrives that the source never had."""
        for change in batch.changes:
            if change.content_hash:
                number = self.number(change.content_hash) or 0
                known = 0 < number < len(self.keys) and self.keys[number] == (change.collection, change.id)
                self.demand(known and change.payload not in self.forged, 3, "foreign content {}", change)

    def check_dropped(self, replica: Any, message: Message) -> None:
        """Invariant 2: a version that the hub lets go is known to the source, followed, or a candidate."""
        dropped, now_there = replica.take_dropped(), replica.rows
        head = {Batch: "head", Hello: "head", Check: "at"}.get(type(message))
        known = self.known_at.get(getattr(message, head), {}) if head else {}
        for key, row in dropped:
            now = now_there.get(key)
            if row.operation is Operation.ERASE or (now is not None and now.operation is Operation.ERASE):
                continue
            if row.operation is Operation.DELETE and (now is None or now.operation not in LIVE):
                continue  # a deletion that gives way to nothing is no loss
            heirs = [known.get(key, 0)]
            for kept in (*([now] if now else ()), *replica.candidates.get(key, ())):
                heirs += self.versions(key, kept)
            held = self.versions(key, row)
            safe = not held or any(self.follows(heir, version) for heir in heirs for version in held)
            self.demand(safe, 2, "{} {} was lost, known {}, now {}", key, row, known.get(key), now)

    def check_erased(self, replica: Any, batch: Batch) -> None:
        """Invariant 4: once erased at this receiver, no payload of it is anywhere, nor ever again."""
        for change in batch.changes:
            if change.operation is Operation.ERASE:
                self.erased.add((change.collection, change.id))
        rows = replica.rows if self.erased else {}
        for key in self.erased:
            row = rows.get(key)
            clean = row is not None and row.operation is Operation.ERASE and row.payload is None
            self.demand(clean and key not in replica.candidates, 4, "{} came back as {}", key, row)

    def check_move(self, before: Any, after: Any, message: Message) -> None:
        """Invariants 5 and 6: along the edges of batches, back only to begin a pass."""
        if after.position == before.position and after.generation == before.generation:
            return
        if after.position == START:
            self.demand(after.passes > before.passes, 6, "fell to the start without a pass: {}", message)
            return
        along = isinstance(message, Batch) and (message.after, message.upto) == (before.position, after.position)
        self.demand(along and before.generation == after.generation, 5, "{} -> {}", before.position, after.position)

    def check_agreement(self, source: Any, replica: Any) -> None:
        """Invariant 13: at one place of one history both have the same, but for what was erased at the hub only."""
        here, there = source.state(), replica.state()
        if there.walk or here.generation != there.generation or not here.head == there.position == there.highest:
            return
        if dict(source.digests()) != dict(replica.digests()):
            self.demand(bool(source.versions_sent().keys() & self.erased), 13, "differ at {}", here.head)

    def note_sent(self, messages: list[Message], *, reopened: bool) -> None:
        """Invariant 11: between two chances of the receiver to speak, no more than it gave credit for."""
        batches = sum(isinstance(message, Batch) for message in messages)
        self.under_way = batches if reopened else self.under_way + batches
        self.demand(self.under_way <= self.credit, 11, "{} batches on credit for {}", self.under_way, self.credit)

    def note_cursor(self, cursor: Cursor) -> None:
        self.credit = max(self.credit, cursor.credit)

    def check_end(self, source: Any, replica: Any) -> None:
        """Invariants 1, 7, 9, 10 after rest."""
        mine, rows = source.versions_sent(), replica.rows
        theirs = {
            key: (row.operation, self.number(row.content_hash)) for key, row in rows.items() if row.operation in LIVE
        }
        differ = mine.items() - theirs.items(), theirs.items() - mine.items()
        self.demand(mine == theirs, 1, "only source {}, only replica {}", *differ)
        for key, payload in source.rows.items():
            row = rows.get(key)
            want = None if payload[0] == "B" else payload
            self.demand(row is not None and row.payload == want, 1, "{} {} arrived as {}", key, payload, row)
        self.demand(self.forks <= self.rollbacks, 10, "{} forks after {} rollbacks", self.forks, self.rollbacks)

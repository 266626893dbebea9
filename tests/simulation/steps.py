"""What may happen in a world: deliveries, work in the house, and everything that goes wrong."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from shared.replication.messages import Batch, Change, Check, Cursor, Message, Operation, Position
from shared.replication.replica import Replica
from shared.replication.source import Source
from tests.simulation.memory import ERASE, Key
from tests.simulation.network import Network
from tests.simulation.oracle import Oracle
from tests.simulation.traces import brief

FEED, NODE, HUB = "node/alt-hamborn", "card-1", "hub-1"
UNDO_MAX = 6  # commits that a power loss may take
BACKUPS_MAX = 3
REPLAY_MAX = 40  # messages
TOGETHER_MAX = 4
ROLLED_BACK = 0.4  # of the transactions for several letters; a transaction for nothing harms nobody


class Steps:
    """The steps; World makes what they work on."""

    rng: Random
    now: float
    trace: list[str] | None
    network: Network
    oracle: Oracle
    house: Any
    hub: Any
    source: Source
    replica: Replica
    faults: Counter[str]
    keys: list[Key]
    undo: list[Any]
    backups: list[Any]
    hub_backups: list[Any]
    clone: Any
    slipped: bool
    damaged: bool
    note: Callable[..., None]
    send: Callable[[list[Message]], None]
    died: Callable[[str], None]
    start_source: Callable[[], None]
    start_replica: Callable[[], None]
    connect_source: Callable[[], None]
    call_source: Callable[..., None]
    call_replica: Callable[[Message | None], None]
    look_at_replica: Callable[[Any, Message], None]

    # --- the wire and the clock -----------------------------------------------------------------

    def deliver_up(self) -> None:
        if self.network.up:
            message = self.network.take(self.network.up)
            if self.trace is not None:
                self.note("replica hears {}", brief(message))
            self.call_replica(message)

    def deliver_down(self) -> None:
        if self.network.down:
            cursor = self.network.take(self.network.down)
            if self.trace is not None:
                self.note("source hears {}", brief(cursor))
            self.hear(cursor)

    def hub_together(self) -> None:
        """Take several messages in one transaction; one that is rolled back is made up for one by one."""
        messages = [self.network.take(self.network.up) for _ in self.network.up[:TOGETHER_MAX]]
        if self.rng.random() < ROLLED_BACK:
            memory = self.replica.remember()
            with self.hub.open(doomed=True) as ledger:
                for message in messages:
                    self.replica.receive(message, ledger, self.now)
            self.replica.recall(memory)
            self.faults["rollback"] += 1
            self.note("hub rolls back {} messages", len(messages))
            for message in messages:
                self.call_replica(message)
            return
        answers: list[Message] = []
        with self.hub.open() as ledger:
            for message in messages:
                stood = self.hub.state()
                answers += self.replica.receive(message, ledger, self.now)
                self.look_at_replica(stood, message)
        self.send(answers)

    def house_together(self) -> None:
        """Take several cursors in one transaction; one that is rolled back is made up for one by one."""
        cursors = [self.network.take(self.network.down) for _ in self.network.down[:TOGETHER_MAX]]
        if self.rng.random() < ROLLED_BACK:
            memory = self.source.remember()
            with self.house.open(doomed=True) as ledger:
                for cursor in cursors:
                    assert isinstance(cursor, Cursor)
                    self.source.receive(cursor, ledger, self.now)
            self.source.recall(memory)
            self.faults["rollback"] += 1
            self.note("house rolls back {} cursors", len(cursors))
            for cursor in cursors:
                self.hear(cursor)
            return
        said: list[Message] = []
        with self.house.open() as ledger:
            for cursor in cursors:
                said += self.heard_in(ledger, cursor)
        self.send(said)

    def hear(self, cursor: Message) -> None:
        """Take one cursor in a transaction of its own."""
        assert isinstance(cursor, Cursor)
        self.oracle.note_cursor(cursor)
        self.call_source(lambda ledger: self.source.receive(cursor, ledger, self.now))

    def heard_in(self, ledger: Any, cursor: Message) -> list[Message]:
        """Take one of several cursors; return what it calls for."""
        assert isinstance(cursor, Cursor)
        self.oracle.note_cursor(cursor)
        generation = self.house.generation
        messages = self.source.receive(cursor, ledger, self.now)
        self.oracle.forks += self.house.generation != generation
        self.oracle.committed(self.house.head, self.house.current)
        self.oracle.note_sent(messages, reopened=True)
        return messages

    def late(self) -> None:
        self.network.release_late()

    def replay(self) -> None:
        """An enemy at the broker plays a session of long ago again: authentic words at the wrong time."""
        self.network.replay(REPLAY_MAX)

    def tick(self) -> None:
        """Let the clock run to the next timer, mostly."""
        due = [at for at in (self.source.due(), self.replica.due()) if at is not None]
        if due and self.rng.random() < 0.7:
            self.now = max(self.now, min(*due, self.now + 400.0)) + 0.001
        self.wake_both()

    def doze(self) -> None:
        """Let an hour go by, so that agreement is proven again."""
        self.now += 4000.0
        self.wake_both()

    def wake_both(self) -> None:
        self.call_source(lambda ledger: self.source.wake(ledger, self.now))
        with self.hub.open() as ledger:
            answers = self.replica.wake(ledger, self.now)
        self.send(answers)

    # --- work in the house ------------------------------------------------------------------------

    def write(self) -> None:
        """Commit one to three writes; the courier hears of it at once, or later."""
        self.save_undo()
        keys = [self.rng.choice(self.keys) for _ in range(self.rng.choice((1, 1, 1, 2, 3)))]
        writes = [self.draw_write(key) for key in dict.fromkeys(keys) if self.house.operation(key) is not ERASE]
        if writes:
            self.note("house writes {}", writes)
            self.house.write(writes)
        if self.rng.random() < 0.02:
            self.erase()
        self.oracle.committed(self.house.head, self.house.current)
        if self.rng.random() < 0.5:
            self.call_source(lambda ledger: self.source.wake(ledger, self.now), reopened=False)

    def draw_write(self, key: Key) -> tuple[Key, str | None]:
        if self.rng.random() < 0.25 and key in self.house.rows:
            self.oracle.born(key, self.house.current)
            return key, None
        return key, self.payload(key)

    def erase(self) -> None:
        key = self.rng.choice(self.keys)
        self.oracle.born(key, self.house.current)
        with self.house.open() as ledger:
            ledger.erase([key])
        self.note("house erases {}", key)

    def payload(self, key: Key) -> str:
        number = self.oracle.born(key, self.house.current)
        luck = self.rng.random()
        kind = "B" if luck < 0.04 else "P" if luck < 0.08 else "N" if luck < 0.12 else "x"
        return f"{kind}{number}"

    def slip(self) -> None:
        """Write past the stamp."""
        key = self.rng.choice(self.keys)
        if self.house.operation(key) is ERASE:
            return
        self.save_undo()
        self.faults["slip"] += 1
        self.slipped = True
        _, payload = self.draw_write(key)
        self.house.slip(key, payload)
        self.oracle.committed(self.house.head, self.house.current)
        self.note("slips past the stamp: {} {}", key, payload)

    def scrub(self) -> None:
        self.save_undo()
        self.note("scrub")
        self.call_source(self._scrubbed, reopened=False)

    def _scrubbed(self, ledger: Any) -> list[Message]:
        messages = self.source.scrub(ledger, self.now)
        self.slipped = False
        return messages

    def purge(self) -> None:
        self.save_undo()
        tombs, acknowledged = self.house.tombs(), self.house.state().acknowledged.revision
        with self.house.open() as ledger:
            self.source.purge(ledger)
        gone = sorted(tombs[key] for key in tombs.keys() - self.house.tombs().keys())
        self.oracle.demand(all(revision <= acknowledged for revision in gone), 8, "purged {}", gone)
        if gone:
            self.note("purges {}, floor {}", gone, self.house.state().floor)

    # --- what goes wrong ----------------------------------------------------------------------------

    def house_copy(self) -> Any:
        return self.house.copy(), self.slipped

    def hub_copy(self) -> Any:
        return self.hub.copy(), self.damaged, set(self.oracle.erased)

    def save_undo(self) -> None:
        self.undo.append(self.house_copy())
        del self.undo[:-UNDO_MAX]

    def go_back(self, kind: str, copy: Any) -> None:
        """Restart the house on an older ledger.

        Going back over a fork may cost two: a late hello of the lost generation can win the
        receiver after the house has begun another one.
        """
        before = self.house.generation
        kept, self.slipped = copy
        self.house.put_back(kept)
        self.faults[kind] += 1
        self.oracle.rollbacks += 1 if self.house.generation == before else 2
        self.note("{}: house back at {} of {}", kind, self.house.head, self.house.generation)
        self.start_source()

    def crash_source(self) -> None:
        self.died("source dies")

    def crash_replica(self) -> None:
        self.faults["crash"] += 1
        self.note("replica dies")
        self.start_replica()

    def cut(self) -> None:
        self.faults["cut"] += 1
        self.network.cut()
        self.note("link cut")
        self.source.disconnected()
        self.replica.disconnected()
        self.connect_source()
        self.call_replica(None)

    def power_loss(self) -> None:
        """Lose the last commits of the house; what was published of them is out in the world."""
        if self.undo:
            lost = self.rng.randint(1, len(self.undo))
            copy = self.undo[-lost]
            del self.undo[-lost:]
            self.go_back("power_loss", copy)

    def backup_source(self) -> None:
        self.backups.append(self.house_copy())
        del self.backups[:-BACKUPS_MAX]

    def backup_replica(self) -> None:
        self.hub_backups.append(self.hub_copy())
        del self.hub_backups[:-BACKUPS_MAX]

    def restore_source(self) -> None:
        if self.backups:
            self.undo.clear()
            self.go_back("restore_source", self.rng.choice(self.backups))

    def restore_replica(self) -> None:
        if self.hub_backups:
            self.faults["restore_replica"] += 1
            kept, self.damaged, erased = self.rng.choice(self.hub_backups)
            self.oracle.erased = set(erased)
            self.hub.put_back(kept)
            self.note("hub back at {} of {}", self.hub.state().position, self.hub.state().generation)
            self.start_replica()

    def swap_clone(self) -> None:
        """Two machines with one identity take turns."""
        self.undo.clear()
        other = self.clone or self.house_copy()
        self.clone = self.house_copy()
        self.go_back("swap_clone", other)

    def forge(self) -> None:
        """A copied card speaks up from another machine."""
        there = self.hub.state()
        forged = f"x{len(self.oracle.keys) + 10**6}"
        self.oracle.forged.add(forged)
        upto = Position(there.position.revision + 1, 7)
        change = Change(*self.keys[0], upto.revision, Operation.PUT, 1, f"{int(forged[1:]):032x}", forged)
        said = (FEED, "card-2", self.replica._nonce, there.generation)
        self.faults["forgery"] += 1
        self.network.up.append(Batch(*said, there.position, upto, upto, there.floor, (change,)))
        self.network.up.append(Check(*said, there.position, there.floor, {}))

    def damage(self) -> None:
        """The hub loses a row by accident."""
        live = [key for key, row in self.hub.rows.items() if row.operation is not ERASE]
        if live:
            self.faults["damage"] += 1
            self.damaged = True
            key = self.rng.choice(live)
            self.hub.lose(key)
            self.note("hub loses {}", key)

    def operator(self) -> None:
        """A person looks after fences, stalls and sweeps."""
        self.house.lift_fence()
        self.hub.confirm()
        if self.hub.state().stalled:
            with self.hub.open() as ledger:
                answers = self.replica.release(ledger, self.now)
            self.send(answers)

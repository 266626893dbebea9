"""One house, one hub, one bad wire: the real Source and Replica in a random world that replays.

A world is made from a seed and runs a number of random steps; then everything is
quiet and both sides must agree. The ledgers come from a factory, so that SQL ledgers run under
the same world as those in memory.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.replication.messages import START, Batch, Change, Check, Cursor, Message, Operation, Position
from shared.replication.replica import Replica
from shared.replication.source import Source
from tests.simulation.memory import DELETE, ERASE, MemoryReplica, MemorySource
from tests.simulation.network import Network
from tests.simulation.oracle import Oracle, Violation

FEED, NODE, HUB = "node/alt-hamborn", "card-1", "hub-1"
QUIET_STEPS_MAX = 3000
UNDO_MAX = 6  # commits that a power loss may take


@dataclass
class Rules:
    """What a world is made of: sizes, likelihoods, and the classes under test."""

    records: int = 14
    batch: int = 4
    weights: dict[str, float] = field(default_factory=dict)
    network: tuple[float, float, float, float] = (0.05, 0.05, 0.2, 0.03)
    source: Callable[..., Source] = Source
    replica: Callable[..., Replica] = Replica
    source_ledger: Callable[[Random], Any] = MemorySource
    replica_ledger: Callable[[], Any] = MemoryReplica
    setup: Callable[["World"], None] | None = None
    quiet_scrub: bool = True


WEIGHTS = {
    "deliver_up": 30.0, "deliver_down": 30.0, "write": 24.0, "tick": 10.0, "late": 1.5,
    "crash_source": 0.8, "crash_replica": 0.8, "cut": 0.6, "power_loss": 0.6, "backup_source": 0.8,
    "backup_replica": 0.8, "restore_source": 0.5, "restore_replica": 0.5, "swap_clone": 0.2, "forge": 0.2,
    "purge": 2.0, "scrub": 0.6, "slip": 0.6, "damage": 0.15, "operator": 0.5, "doze": 0.3,
}  # fmt: skip
RESTORES = ("restore_source", "restore_replica", "swap_clone")


class World:
    """A simulated pair. `run` makes random steps, `settle` brings it to rest and checks the end."""

    def __init__(self, seed: int, rules: Rules | None = None, *, trace: bool = False) -> None:
        self.rules = rules or Rules()
        self.rng = rng = Random(seed)
        self.now = 1000.0
        self.trace: list[str] | None = [] if trace else None
        self.faults: Counter[str] = Counter()
        self.steps = 0
        self.sent = 0
        harsh = rng.random()
        self.network = Network(rng, *[share * harsh * 2 for share in self.rules.network])
        self.network.shuffle = min(self.network.shuffle, 0.5)
        self.oracle = Oracle()
        self.house = self.rules.source_ledger(rng)
        self.hub = self.rules.replica_ledger()
        self.house.count_forks = rng.random() < 0.15
        self.house.prune_marks = rng.random() < 0.5
        self.hub.ask_from = 3 if rng.random() < 0.15 else 10**9
        self.keys = [("ab"[i % 2], f"{i}") for i in range(self.rules.records)]
        self.undo: list[Any] = []
        self.backups: list[Any] = []
        self.hub_backups: list[Any] = []
        self.clone: Any = None
        self.slipped = False
        self.damaged = False
        self.mortal = True
        if self.rules.setup:
            self.rules.setup(self)
        weights = dict(WEIGHTS, **self.rules.weights)
        for name in RESTORES + ("power_loss", "slip", "damage", "swap_clone"):
            if rng.random() < 0.4:  # swarm: many worlds lack some faults, so that others get further
                weights[name] = 0.0
        self.kinds = [getattr(self, name) for name in weights]
        self.odds = []
        total = 0.0
        for weight in weights.values():
            total += weight
            self.odds.append(total)
        self.oracle.committed(self.house.state().head, self.house.current)
        self.start_source()
        self.start_replica()

    # --- running -----------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        rng, kinds, odds = self.rng, self.kinds, self.odds
        for _ in range(steps):
            self.steps += 1
            self.now += rng.random() * 0.6
            rng.choices(kinds, cum_weights=odds)[0]()

    def settle(self) -> None:
        """Stop all faults; then both sides must agree, within a bounded number of messages."""
        self.network.quiet()
        self.mortal = False
        self.note("quiet")
        self.operator()
        if self.rules.quiet_scrub:
            self.scrub()
        needed = QUIET_STEPS_MAX
        while not self.at_rest():
            needed -= 1
            if not needed:
                raise Violation(f"invariant 1: never comes to rest: {self.house.state()} {self.hub.state()}")
            self.quiet_step(needed)
        self.oracle.check_end(self.house, self.hub)
        self.oracle.check_agreement(self.house, self.hub)

    def quiet_step(self, countdown: int) -> None:
        if self.network.up:
            self.deliver_up()
        elif self.network.down:
            self.deliver_down()
        else:
            due = [at for at in (self.source.due(), self.replica.due()) if at is not None]
            self.now = max(self.now, min(due)) + 0.01
            self.wake_both()
        if countdown % 50 == 0:
            self.operator()

    def at_rest(self) -> bool:
        here, there = self.house.state(), self.hub.state()
        return (
            not self.network.up
            and not self.network.down
            and here.generation == there.generation
            and here.head == there.position == there.agreed == here.agreed
            and there.walk is None
        )

    def note(self, text: str) -> None:
        if self.trace is not None:
            self.trace.append(f"{self.steps:4} {self.now:9.1f} {text}")

    # --- the two processes -------------------------------------------------------------------

    def start_source(self) -> None:
        self.source = self.rules.source(FEED, NODE, peer=HUB, records_max=self.rules.batch)
        self.call_source(lambda: self.source.connected(f"{self.rng.getrandbits(32):x}", self.house, self.now))

    def start_replica(self) -> None:
        self.replica = self.rules.replica(FEED, HUB, f"{self.rng.getrandbits(32):x}", peer=NODE)
        self.call_replica(None)

    def call_source(self, call: Callable[[], list[Message]], *, reopened: bool = True) -> None:
        """Run one transaction of the house; it may die before its commit, or before it sends."""
        luck = self.rng.random() if self.mortal else 0.5
        before = self.house_copy() if luck < 0.004 else None
        generation = self.house.generation
        messages = call()
        if before is not None:
            self.house_back(before)
            self.died("source died before its commit")
            return
        if self.house.generation != generation:
            self.oracle.forks += 1
        self.oracle.committed(self.house.head, self.house.current)
        if luck > 0.996:
            self.died("source died before it sent")
            return
        self.oracle.note_sent(messages, reopened=reopened)
        self.send(messages)

    def died(self, text: str) -> None:
        self.note(text)
        self.faults["crash"] += 1
        self.start_source()

    def call_replica(self, message: Message | None) -> None:
        """Run one transaction of the hub; it may die before its commit, or before it sends."""
        luck = self.rng.random() if self.mortal else 0.5
        before = self.hub.copy() if luck < 0.004 else None
        stood = self.hub.state()
        if message is None:
            answers = self.replica.connected(self.hub, self.now)
        else:
            answers = self.replica.receive(message, self.hub, self.now)
        if before is not None:
            self.hub.put_back(before)
            self.faults["crash"] += 1
            self.note("replica died before its commit")
            self.start_replica()
            return
        if message is not None:
            self.look_at_replica(stood, message)
        if luck > 0.996:
            self.faults["crash"] += 1
            self.note("replica died before it sent")
            self.start_replica()
            return
        self.send(answers)

    def look_at_replica(self, stood: Any, message: Message) -> None:
        after = self.hub.state()
        oracle = self.oracle
        if after is stood:
            return
        oracle.check_move(stood, after, message)
        if isinstance(message, Batch) and after.position != stood.position:
            oracle.check_content(message)
            oracle.check_erased(self.hub, message)
        if self.hub.dropped:
            oracle.check_dropped(self.hub, message)
        if not self.slipped and not self.damaged:
            oracle.check_agreement(self.house, self.hub)
        elif after.agreed and after.agreed != stood.agreed and after.walk is None:
            self.damaged = False

    def send(self, messages: list[Message]) -> None:
        self.sent += len(messages)
        if self.trace is not None:
            for message in messages:
                self.note(f"  sends {brief(message)}")
        self.network.send(messages)

    # --- steps: the wire and the clock ---------------------------------------------------------

    def deliver_up(self) -> None:
        if self.network.up:
            message = self.network.take(self.network.up)
            if self.trace is not None:
                self.note(f"replica hears {brief(message)}")
            self.call_replica(message)

    def deliver_down(self) -> None:
        if self.network.down:
            cursor = self.network.take(self.network.down)
            assert isinstance(cursor, Cursor)
            if self.trace is not None:
                self.note(f"source hears {brief(cursor)}")
            self.oracle.note_cursor(cursor)
            self.call_source(lambda: self.source.receive(cursor, self.house, self.now))

    def late(self) -> None:
        self.network.release_late()

    def tick(self) -> None:
        """Let the clock run to the next timer, mostly."""
        due = [at for at in (self.source.due(), self.replica.due()) if at is not None]
        if due and self.rng.random() < 0.7:
            self.now = max(self.now, min(min(due), self.now + 400.0)) + 0.001
        self.wake_both()

    def doze(self) -> None:
        self.now += 4000.0
        self.wake_both()

    def wake_both(self) -> None:
        self.call_source(lambda: self.source.wake(self.house, self.now))
        self.send(self.replica.wake(self.hub, self.now))

    # --- steps: work in the house ----------------------------------------------------------------

    def write(self) -> None:
        self.save_undo()
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            self.write_one(self.rng.choice(self.keys))
        self.oracle.committed(self.house.head, self.house.current)
        if self.rng.random() < 0.5:
            self.call_source(lambda: self.source.wake(self.house, self.now), reopened=False)

    def write_one(self, key: tuple[str, str]) -> None:
        house, luck = self.house, self.rng.random()
        entry = house.changes.get(key)
        if entry is not None and entry.operation is ERASE:
            return
        if luck < 0.03:
            self.oracle.born(key, house.current)
            house.erase([key])
        elif luck < 0.25 and key in house.rows:
            self.oracle.born(key, house.current)
            del house.rows[key]
            house.stamp(key, DELETE)
            self.oracle.deleted(key, house.head.revision, house.current)
        else:
            house.rows[key] = self.payload(key)
            house.stamp(key)
        self.note(f"house writes {key} {house.changes[key]}")

    def payload(self, key: tuple[str, str]) -> str:
        number = self.oracle.born(key, self.house.current)
        luck = self.rng.random()
        kind = "B" if luck < 0.04 else "P" if luck < 0.08 else "N" if luck < 0.12 else "x"
        return f"{kind}{number}"

    def slip(self) -> None:
        """Write past the stamp."""
        key, house = self.rng.choice(self.keys), self.house
        if key in house.changes and house.changes[key].operation is ERASE:
            return
        self.save_undo()
        self.faults["slip"] += 1
        self.slipped = True
        if key in house.rows and self.rng.random() < 0.4:
            self.oracle.born(key, house.current)
            del house.rows[key]
        else:
            house.rows[key] = self.payload(key)
        self.oracle.committed(house.head, house.current)
        self.note(f"slips past the stamp: {key} {house.rows.get(key)}")

    def scrub(self) -> None:
        self.save_undo()
        self.note("scrub")
        self.call_source(self.scrubbed, reopened=False)

    def scrubbed(self) -> list[Message]:
        messages = self.source.scrub(self.house, self.now)
        self.slipped = False
        return messages

    def purge(self) -> None:
        self.save_undo()
        tombs = {key: entry.revision for key, entry in self.house.changes.items() if entry.operation is DELETE}
        acknowledged = self.house.state().acknowledged.revision
        self.source.purge(self.house)
        gone = [revision for key, revision in tombs.items() if key not in self.house.changes]
        self.oracle.demand(all(revision <= acknowledged for revision in gone), 8, f"purged {gone}")
        if gone:
            self.note(f"purges {gone}, floor {self.house.floor}")

    # --- steps: what goes wrong --------------------------------------------------------------------

    def save_undo(self) -> None:
        self.undo.append(self.house_copy())
        if len(self.undo) > UNDO_MAX:
            del self.undo[0]

    def house_copy(self) -> Any:
        return self.house.copy(), self.slipped

    def house_back(self, copy: Any) -> None:
        kept, self.slipped = copy
        self.house.put_back(kept)

    def hub_copy(self) -> Any:
        return self.hub.copy(), self.damaged, set(self.oracle.erased)

    def hub_back(self, copy: Any) -> None:
        kept, self.damaged, self.oracle.erased = copy[0], copy[1], set(copy[2])
        self.hub.put_back(kept)

    def went_back(self, kind: str, before: Any) -> None:
        """Restart on an older ledger.

        Going back over a fork may cost two: a late hello of the lost generation can win the
        receiver after the house has begun another one.
        """
        self.faults[kind] += 1
        self.oracle.rollbacks += 1 if self.house.generation == before else 2
        self.note(f"{kind}: house back at {self.house.head} of {self.house.generation}")
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
        self.call_source(lambda: self.source.connected(f"{self.rng.getrandbits(32):x}", self.house, self.now))
        self.call_replica(None)

    def power_loss(self) -> None:
        if self.undo:
            before, lost = self.house.generation, self.rng.randint(1, len(self.undo))
            self.house_back(self.undo[-lost])
            del self.undo[-lost:]
            self.went_back("power_loss", before)

    def backup_source(self) -> None:
        self.backups.append(self.house_copy())
        del self.backups[:-3]

    def backup_replica(self) -> None:
        self.hub_backups.append(self.hub_copy())
        del self.hub_backups[:-3]

    def restore_source(self) -> None:
        if self.backups:
            before = self.house.generation
            self.undo.clear()
            self.house_back(self.rng.choice(self.backups))
            self.went_back("restore_source", before)

    def restore_replica(self) -> None:
        if self.hub_backups:
            self.faults["restore_replica"] += 1
            self.hub_back(self.rng.choice(self.hub_backups))
            self.note(f"hub back at {self.hub.state().position} of {self.hub.state().generation}")
            self.start_replica()

    def swap_clone(self) -> None:
        """Two machines with one identity take turns."""
        before = self.house.generation
        self.undo.clear()
        other = self.clone or self.house_copy()
        self.clone = self.house_copy()
        self.house_back(other)
        self.went_back("swap_clone", before)

    def forge(self) -> None:
        """A copied card speaks up from another machine."""
        state, there = self.house.state(), self.hub.state()
        forged = f"x{len(self.oracle.keys) + 10**6}"
        self.oracle.forged.add(forged)
        change = Change(*self.keys[0], there.position.revision + 1, Operation.PUT, 1, f"{int(forged[1:]):032x}", forged)
        upto = Position(there.position.revision + 1, 7)
        batch = Batch(FEED, "card-2", self.replica._nonce, there.generation, there.position, upto, upto,
                      there.floor, (change,))  # fmt: skip
        self.faults["forgery"] += 1
        self.network.up.append(batch)
        self.network.up.append(Check(FEED, "card-2", "other", state.generation, there.position, there.floor, {}))

    def damage(self) -> None:
        """The hub loses a row by accident."""
        live = [key for key, row in self.hub.rows.items() if row.operation is not ERASE]
        if live:
            self.faults["damage"] += 1
            self.damaged = True
            key = self.rng.choice(live)
            del self.hub.rows[key]
            self.note(f"hub loses {key}")

    def operator(self) -> None:
        """A person looks after fences, stalls and sweeps."""
        if self.house.fenced or self.house.forks:
            self.note("a person lifts the fence")
            self.house.fenced, self.house.forks = "", 0
        walk = self.hub.state().walk
        self.hub.confirmed = walk.number if walk else 0
        if self.hub.state().stalled:
            self.send(self.replica.release(self.hub, self.now))


def brief(message: Message) -> str:
    """Return a message on one line, for a trace."""
    number = message.generation.number
    match message:
        case Batch():
            changes = " ".join(f"{c.id}@{c.revision}{c.operation[0]}{c.payload or ''}" for c in message.changes)
            return (f"batch g{number} {message.after.revision}->{message.upto.revision} head {message.head.revision} "
                    f"floor {message.floor} [{changes}]")  # fmt: skip
        case Cursor():
            return (f"cursor g{number} at {message.position.revision} highest {message.highest.revision} "
                    f"floor {message.floor} seq {message.sequence} path {[p.revision for p in message.path]}")  # fmt: skip
        case Check():
            return f"check g{number} at {message.at.revision} floor {message.floor}"
    return f"hello g{number} head {message.head.revision} floor {message.floor} base {message.base} {message.restart}"


def simulate(seed: int, steps: int, rules: Rules | None = None, *, trace: bool = False) -> World:
    """Run one world to its end and return it; raise Violation where a promise is broken."""
    world = World(seed, rules, trace=trace)
    world.run(steps)
    world.settle()
    return world


__all__ = ["START", "Rules", "World", "simulate"]

"""One house, one hub, one bad wire: the real Source and Replica in a random world that replays.

A world is made from a seed and runs a number of random steps; then everything is quiet and
both sides must agree. The ledgers come from the rules, so that SQL ledgers run in the same
world as those in memory. A feed has one direction; which side owns it makes no difference here.
"""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from shared.replication.messages import Batch, Message, ReplicaState
from tests.simulation.network import Network
from tests.simulation.oracle import Oracle, Violation
from tests.simulation.rules import RARE, WEIGHTS, Rules
from tests.simulation.steps import FEED, HUB, NODE, Steps
from tests.simulation.traces import brief

QUIET_STEPS_MAX = 3000
OPERATOR_COMES_EVERY = 50  # quiet steps
LUCK = 0.004  # how often a process dies before its commit, and as often before it sends


class World(Steps):
    """A simulated pair. `run` makes random steps, `settle` brings it to rest and checks the end."""

    def __init__(self, seed: int, rules: Rules | None = None, *, trace: bool = False) -> None:
        self.rules = rules or Rules()
        self.rng = rng = Random(seed)
        self.now = 1000.0
        self.trace: list[str] | None = [] if trace else None
        self.faults: Counter[str] = Counter()
        self.steps = self.sent = 0
        harsh = rng.random() * 2
        self.network = Network(rng, *[min(share * harsh, 0.5) for share in self.rules.network])
        self.house = self.rules.house(rng)
        self.hub = self.rules.hub()
        self.oracle = Oracle(self.house.number)
        self.house.count_forks = rng.random() < 0.15
        self.house.prune_marks = rng.random() < 0.5
        self.hub.ask_from = self.rules.ask_from or (3 if rng.random() < 0.15 else 10**9)
        self.keys = [("ab"[i % 2], f"{i}") for i in range(self.rules.records)]
        self.undo: list[Any] = []
        self.backups: list[Any] = []
        self.hub_backups: list[Any] = []
        self.clone: Any = None
        self.slipped = self.damaged = False
        self.mortal = True
        self.kinds, self.odds = self.drawn_steps()
        self.house.on_delete = lambda key, revision: self.oracle.deleted(key, revision, self.house.current)
        self.oracle.committed(self.house.state().head, self.house.current)
        self.start_source()
        self.start_replica()

    def drawn_steps(self) -> tuple[list[Callable[[], None]], list[float]]:
        """Return the kinds of steps and their cumulated weights in this world."""
        weights = WEIGHTS | self.rules.weights
        for name in RARE:
            if self.rng.random() < 0.4 and self.rules.swarm:
                weights[name] = 0.0
        total, odds = 0.0, []
        for weight in weights.values():
            total += weight
            odds.append(total)
        return [getattr(self, name) for name in weights], odds

    # --- running -----------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        for step in self.rng.choices(self.kinds, cum_weights=self.odds, k=steps):
            self.steps += 1
            self.now += self.rng.random() * 0.6
            step()

    def settle(self) -> None:
        """Stop all faults; then both sides must agree, within a bounded number of messages."""
        self.network.quiet()
        self.mortal = False
        self.note("quiet")
        self.operator()
        self.scrub()
        needed = QUIET_STEPS_MAX
        while not self.at_rest():
            needed -= 1
            if not needed:
                raise Violation(f"invariant 1: never comes to rest: {self.house.state()} {self.hub.state()}")
            self.quiet_step(needed)
        self.oracle.check_end(self.house, self.hub)
        self.oracle.check_agreement(self.house, self.hub)
        if self.rules.chatter_max:
            cost = self.sent / max(self.house.state().head.revision, 1)
            self.oracle.demand(cost <= self.rules.chatter_max, 11, "{:.1f} messages for each revision", cost)

    def quiet_step(self, countdown: int) -> None:
        if self.network.up:
            self.deliver_up()
        elif self.network.down:
            self.deliver_down()
        else:
            due = [at for at in (self.source.due(), self.replica.due()) if at is not None]
            self.now = max(self.now, min(due)) + 0.01
            self.wake_both()
        if countdown % OPERATOR_COMES_EVERY == 0:
            self.operator()

    def at_rest(self) -> bool:
        if self.network.up or self.network.down:
            return False
        here, there = self.house.state(), self.hub.state()
        return bool(
            here.generation == there.generation
            and here.head == there.position == there.agreed == here.agreed
            and there.walk is None
            and not (self.damaged and dict(self.house.digests()) != dict(self.hub.digests()))  # the next check tells
        )

    def note(self, text: str, *parts: object) -> None:
        if self.trace is not None:
            self.trace.append(f"{self.steps:4} {self.now:9.1f} {text.format(*parts)}")

    # --- the two processes -------------------------------------------------------------------

    def start_source(self) -> None:
        self.source = self.rules.source(FEED, NODE, peer=HUB, records_max=self.rules.batch)
        self.connect_source()

    def connect_source(self) -> None:
        nonce = f"{self.rng.getrandbits(32):x}"
        self.call_source(lambda ledger: self.source.connected(nonce, ledger, self.now))

    def start_replica(self) -> None:
        self.replica = self.rules.replica(FEED, HUB, f"{self.rng.getrandbits(32):x}", peer=NODE)
        self.call_replica(None)

    def call_source(self, call: Callable[[Any], list[Message]], *, reopened: bool = True) -> None:
        """Run one transaction of the house; it may die before its commit, or before it sends."""
        luck = self.rng.random() if self.mortal else 0.5
        doomed = luck < LUCK
        slipped = self.slipped
        generation = self.house.generation
        with self.house.open(doomed=doomed) as ledger:
            messages = call(ledger)
        if doomed:
            self.slipped = slipped
            self.died("source died before its commit")
            return
        if self.house.generation != generation:
            self.oracle.forks += 1
        self.oracle.committed(self.house.head, self.house.current)
        if luck > 1 - LUCK:
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
        doomed = luck < LUCK
        stood = self.hub.state()
        with self.hub.open(doomed=doomed) as ledger:
            if message is None:
                answers = self.replica.connected(ledger, self.now)
            else:
                answers = self.replica.receive(message, ledger, self.now)
        if message is not None and not doomed:
            self.look_at_replica(stood, message)
        if doomed or luck > 1 - LUCK:
            self.faults["crash"] += 1
            self.note("replica died before it {}", "committed" if doomed else "sent")
            self.start_replica()
            return
        self.send(answers)

    def look_at_replica(self, stood: ReplicaState, message: Message) -> None:
        after, oracle = self.hub.state(), self.oracle
        if after == stood:
            return
        oracle.check_move(stood, after, message)
        if isinstance(message, Batch) and after.position != stood.position:
            oracle.check_content(message)
            oracle.check_erased(self.hub, message)
        oracle.check_dropped(self.hub, message)
        if not self.slipped and not self.damaged:
            oracle.check_agreement(self.house, self.hub)
        elif after.agreed and after.agreed != stood.agreed and after.walk is None:
            self.damaged = False

    def send(self, messages: list[Message]) -> None:
        self.sent += len(messages)
        if self.trace is not None:
            for message in messages:
                self.note("  sends {}", brief(message))
        self.network.send(messages)


def simulate(seed: int, steps: int, rules: Rules | None = None, *, trace: bool = False) -> World:
    """Run one world to its end and return it; raise Violation where a promise is broken."""
    world = World(seed, rules, trace=trace)
    world.run(steps)
    world.settle()
    return world

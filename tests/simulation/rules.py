"""What a world is made of: sizes, likelihoods, and the classes under test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.replication.replica import Replica
from shared.replication.source import Source
from tests.simulation.memory import MemoryReplica, MemorySource

WEIGHTS = {
    "deliver_up": 30.0,
    "deliver_down": 30.0,
    "write": 24.0,
    "tick": 10.0,
    "late": 1.5,
    "crash_source": 0.8,
    "crash_replica": 0.8,
    "cut": 0.6,
    "power_loss": 0.6,
    "backup_source": 0.8,
    "backup_replica": 0.8,
    "restore_source": 0.5,
    "restore_replica": 0.5,
    "swap_clone": 0.2,
    "forge": 0.2,
    "purge": 2.0,
    "scrub": 0.6,
    "slip": 0.6,
    "damage": 0.15,
    "operator": 0.5,
    "doze": 0.3,
    "hub_together": 0.0,
    "house_together": 0.0,
    "replay": 0.0,  # at the end: without an enemy every seed plays as it did before there was one
}
TOGETHER = {"hub_together": 20.0, "house_together": 20.0}  # worlds in which many letters share a transaction
RARE = ("restore_source", "restore_replica", "swap_clone", "power_loss", "slip", "damage")


@dataclass
class Rules:
    """How a world goes. `swarm` leaves some faults out of each world, so that others get further.

    `network` holds the shares of messages lost, doubled, taken out of order, and kept back as
    late copies. `chatter_max` is how many messages a revision may cost.
    """

    records: int = 14
    batch: int = 4
    weights: dict[str, float] = field(default_factory=dict)
    network: tuple[float, float, float, float] = (0.05, 0.05, 0.2, 0.03)
    swarm: bool = True
    ask_from: int | None = None
    chatter_max: float | None = None
    source: Callable[..., Source] = Source
    replica: Callable[..., Replica] = Replica
    house: Callable[[Random], Any] = MemorySource
    hub: Callable[[], Any] = MemoryReplica


def varied(seed: int) -> tuple[Rules, int]:
    """Return rules and a number of steps for a long run: small and large worlds, short and long ones."""
    rng = Random(seed)
    rules = Rules(records=rng.choice((5, 14, 30)), batch=rng.choice((1, 2, 4, 20)))
    steps = rng.choice((100, 250, 250, 700))
    rules.weights = TOGETHER if rng.random() < 0.3 else {}
    return rules, steps

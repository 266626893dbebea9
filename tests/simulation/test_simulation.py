"""Half a million random steps of the real Source and Replica, and the worlds of the ablations, complete."""

from collections import Counter
from contextlib import suppress

import pytest

from tests.simulation.ablations import SCENARIOS
from tests.simulation.rules import TOGETHER, Rules, varied
from tests.simulation.world import World

SEEDS, SEEDS_AT_ONCE, STEPS = 2_000, 250, 250


def run(seed: int, rules: Rules | None = None, steps: int = STEPS) -> World:
    """Run a world; where a promise is broken, say which seed it was and what happened last."""
    world = World(seed, rules, trace=False)
    try:
        world.run(steps)
        world.settle()
    except AssertionError as violation:
        raise AssertionError(f"seed {seed}: {violation}\n{last_lines(seed, rules, steps)}") from violation
    return world


def last_lines(seed: int, rules: Rules | None, steps: int) -> str:
    """Run the world again with a trace and return the end of it."""
    world = World(seed, rules, trace=True)
    with suppress(AssertionError):
        world.run(steps)
        world.settle()
    return "\n".join((world.trace or [])[-40:])


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_AT_ONCE))
def test_nothing_is_lost_in_many_worlds(first: int) -> None:
    """In 2,000 worlds of 250 steps every promise holds at every step, and both sides agree in the end."""
    for seed in range(first, first + SEEDS_AT_ONCE):
        run(seed)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_complete_protocol_passes_where_ablations_fail(name: str) -> None:
    """The scenarios that catch a missing safeguard hold with all safeguards in place."""
    for seed in range(60):
        run(seed, SCENARIOS[name])


def test_worlds_of_all_sizes_hold() -> None:
    """Small and large worlds, with batches of one to twenty, hold as well."""
    for seed in range(60):
        rules, steps = varied(seed)
        run(seed, rules, steps)


def test_letters_that_share_a_transaction_lose_nothing() -> None:
    """Where several letters are taken at once, and often rolled back after the machines learnt, nothing is lost."""
    seen = Counter[str]()
    for seed in range(150):
        seen += run(seed, Rules(weights=TOGETHER)).faults
    assert seen["rollback"] > 1_000


def test_a_seed_replays() -> None:
    """The same seed makes the same world, so a failure can be looked at."""
    one, other = (World(4711, trace=True) for _ in range(2))
    for world in (one, other):
        world.run(STEPS)
        world.settle()
    assert one.trace == other.trace
    assert len(one.trace or ()) > STEPS


def test_the_worlds_are_rough() -> None:
    """A run meets every kind of fault: a simulation of fair weather would prove nothing."""
    seen = set()
    for seed in range(60):
        world = run(seed)
        seen |= set(world.faults) | set(world.network.faults)
    assert seen >= {
        "drop",
        "duplicate",
        "reorder",
        "delay",
        "cut",
        "crash",
        "power_loss",
        "restore_source",
        "restore_replica",
        "swap_clone",
        "slip",
        "damage",
        "forgery",
    }

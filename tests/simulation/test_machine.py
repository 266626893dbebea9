"""The same world, driven by Hypothesis: it looks for the shortest sequence of steps that breaks a promise."""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.simulation.rules import RARE, WEIGHTS, Rules
from tests.simulation.world import World

EXAMPLES = int(os.environ.get("STADTHERZ_EXAMPLES", "60"))  # the long form takes 1,000 and more
OFTEN = ("deliver_up", "deliver_down", "write", "tick")


class Machine(RuleBasedStateMachine):
    """Each rule is a step of the world; the end of each example is its quiet phase."""

    world: World | None = None

    @initialize(seed=st.integers(0, 2**16), batch=st.sampled_from((1, 2, 4, 20)), records=st.sampled_from((3, 8)))
    def begin(self, seed: int, batch: int, records: int) -> None:
        rules = Rules(records=records, batch=batch, network=(0.0, 0.05, 0.2, 0.2), swarm=False)
        self.world = World(seed, rules)

    @precondition(lambda self: self.world is not None)
    @rule(step=st.sampled_from(OFTEN), times=st.integers(1, 6))
    def work(self, step: str, times: int) -> None:
        self.take(step, times)

    @precondition(lambda self: self.world is not None)
    @rule(step=st.sampled_from(sorted({*WEIGHTS} - {*OFTEN})))
    def trouble(self, step: str) -> None:
        self.take(step, 1)

    @precondition(lambda self: self.world is not None)
    @rule(step=st.sampled_from(RARE))
    def rare_trouble(self, step: str) -> None:
        self.take(step, 1)

    def take(self, step: str, times: int) -> None:
        assert self.world is not None
        for _ in range(times):
            self.world.steps += 1
            self.world.now += 0.3
            getattr(self.world, step)()

    def teardown(self) -> None:
        if self.world is not None:
            self.world.settle()


def test_no_sequence_of_steps_breaks_a_promise() -> None:
    """Hypothesis finds no sequence of work and trouble after which the sides disagree."""
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

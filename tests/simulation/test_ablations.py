"""The simulation can fail: without any one safeguard, some seed notices."""

import pytest

from tests.simulation.ablations import ABLATIONS, first_catch

SEEDS_MAX = 3000  # the seeds are recorded; after a change of the simulator they may lie elsewhere


@pytest.mark.parametrize("name", ABLATIONS)
def test_a_missing_safeguard_is_caught(name: str) -> None:
    """A world without this safeguard breaks a promise within a bounded number of seeds."""
    caught = first_catch(ABLATIONS[name], SEEDS_MAX)
    assert caught is not None, f"without {name}, {SEEDS_MAX} worlds from {ABLATIONS[name].first} on notice nothing"
    print(f"without {name}: seed {caught[0]}, {caught[1]}")

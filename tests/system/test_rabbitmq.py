"""A cluster of three RabbitMQ nodes as the broker, killed one after the other while everything travels."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.busy import busy, linked
from tests.system.city import City, running_city, wait_until
from tests.system.rabbit import RabbitCluster

BACKLOG = 2_000

pytestmark = pytest.mark.service("rabbitmq")


@pytest.fixture
def cluster(tmp_path: Path) -> RabbitCluster:
    return RabbitCluster(tmp_path)


@pytest.fixture
def city(tmp_path: Path, cluster: RabbitCluster) -> Iterator[City]:
    """A hub with two houses, all of which know the three addresses."""
    with running_city(tmp_path, cluster) as running:
        yield running


def test_every_node_dies_once_and_nothing_is_lost(city: City, cluster: RabbitCluster) -> None:
    """A backlog, what the houses write and what the city says travel on while each node is killed and comes back."""
    assert cluster.running() == 3
    centres = [city.centre("alt-hamborn"), city.centre("marxloh")]
    for centre in centres:
        centre.add_spaces(BACKLOG)
    with linked(centres), busy(centres):
        for died in range(3):
            cluster.kill()
            before = [centre.hub_spaces() for centre in centres]
            goes_on = wait_until(
                lambda before=before: all(c.hub_spaces() > n for c, n in zip(centres, before, strict=True)), 60
            )
            city.announce(5)
            arrives = wait_until(lambda died=died: all(c.announcements() == 5 * (died + 1) for c in centres), 60)
            print(f"node {died + 1} of 3 killed: records after {goes_on:.1f} s, news after {arrives:.1f} s more")
            cluster.start()
    with linked(centres):
        wait_until(lambda: all(centre.arrived() for centre in centres), 60, "agreement")
    for centre in centres:
        centre.assert_same_records()
        assert centre.hub_spaces() > BACKLOG
    assert cluster.running() == 3

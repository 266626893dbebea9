"""Power cuts of everything, in the middle of the work: nothing is lost, nothing is there twice.

Somebody goes on writing at the centre while a process is killed, ten times in a row.
"""

import random
import time
from typing import Protocol

import pytest

from tests.system.busy import busy
from tests.system.city import Centre, City, wait_until

KILLS = 10
BACKLOG = 6_000
LIVES_S = (0.05, 0.6)  # how long a process works before it is killed


class Mortal(Protocol):
    def kill(self) -> None: ...
    def start(self) -> object: ...


def killed_repeatedly(centre: Centre, victim: Mortal) -> None:
    """Let a backlog and fresh changes travel while `victim` dies and comes back; then compare both sides."""
    chance = random.Random(7)
    centre.add_spaces(BACKLOG)
    centre.desk.start()
    with busy([centre], records=60, pause_s=0.05):
        for _ in range(KILLS):
            time.sleep(chance.uniform(*LIVES_S))
            victim.kill()
            victim.start()
    wait_until(centre.arrived, 120, "agreement after the kills")
    centre.assert_same_records()
    assert centre.hub_spaces() > BACKLOG


def test_a_centre_killed_in_the_catch_up_loses_nothing(city: City) -> None:
    """The node's process dies ten times; its database and the hub's agree in the end."""
    centre = city.centre("alt-hamborn")
    killed_repeatedly(centre, centre.desk)


def test_a_hub_killed_in_the_catch_up_loses_nothing(city: City) -> None:
    """The hub's process dies ten times, in the middle of transactions."""
    killed_repeatedly(city.centre("alt-hamborn"), city.hub)


def test_a_broker_killed_in_the_catch_up_loses_nothing(city: City) -> None:
    """The broker dies ten times and comes back empty each time: it is only a wire."""
    killed_repeatedly(city.centre("alt-hamborn"), city.broker)


@pytest.mark.parametrize("away", ["node", "hub"])
def test_changes_of_both_sides_meet_after_an_absence(city: City, away: str) -> None:
    """While one side's process is down the other goes on writing; both directions catch up."""
    centre = city.centre("alt-hamborn")
    centre.desk.start()
    wait_until(centre.arrived, 60)
    absent = centre.desk if away == "node" else city.hub
    absent.stop()
    centre.add_spaces(100)
    city.announce(20)
    absent.start()
    wait_until(lambda: centre.arrived() and centre.announcements() == 20, 60, "both directions")
    centre.assert_same_records()

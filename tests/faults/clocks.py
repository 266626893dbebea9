"""Wrong clocks: years off, and jumping by hours in the middle. Nothing is ordered by time."""

from datetime import timedelta

from tests.faults.fault import Fault
from tests.faults.scene import Scene
from tests.faults.wrong_clock import prelude, set_clock
from tests.system.city import Desk

YEARS = timedelta(days=6 * 365)


def _jumping(scene: Scene, house: bool) -> None:
    """Let the clock of the house or of the city jump while people write and announcements come."""
    centre = scene.centre()
    victim: Desk = centre.desk if house else scene.city.hub
    file = scene.city.folder / "clock"
    set_clock(file, -YEARS)  # a machine without a battery begins in the past
    victim.prelude = prelude(file)
    victim.stop()
    if not house:
        victim.start()
    scene.arrange(centre, 300, "Bestand")
    centre.desk.start()
    with scene.busy(centre, counts=not house):
        for number in range(scene.times):
            scene.live(0.3, 1.2)
            scene.rearrange(centre, 5, number + 1)
            scene.announce(1, f"Meldung {number}")
            offset = scene.chance.choice((YEARS, -YEARS, timedelta(hours=scene.chance.uniform(-30, 30)), timedelta(0)))
            set_clock(file, offset)
            scene.inject("jumps")
            if scene.chance.random() < 0.2:
                victim.kill()
                victim.start()


def of_the_house(scene: Scene) -> None:
    _jumping(scene, house=True)


def of_the_city(scene: Scene) -> None:
    _jumping(scene, house=False)


FAULTS = (
    Fault("clock of the house jumps by years", of_the_house, 12, 300),
    Fault("clock of the hub jumps by years", of_the_city, 12, 300),
)

"""Thirty days without the city, ten thousand changes, and then the line is back."""

from tests.faults.fault import Fault
from tests.faults.scene import Scene
from tests.system.city import wait_until

ADDED, CHANGED = 8_000, 2_000
GOAL_S = 10.0


def thirty_days(scene: Scene) -> None:
    """`scene.times` absences one after the other; after each both sides agree within ten seconds."""
    centre = scene.centre()
    scene.arrange(centre, 50, "Bestand")
    centre.desk.start()
    scene.settle()
    for number in range(scene.times):
        centre.switch(False)
        wait_until(lambda: "offline" in {link.state for link in scene.city.network()}, 60, "the hub sees the link cut")
        for part in range(8):
            scene.arrange(centre, ADDED // 8, f"Saal {number}-{part}")
        scene.rearrange(centre, CHANGED, number + 1)
        scene.announce(20, f"Meldung {number}")
        centre.switch(True)
        took = scene.settle()
        scene.inject("absences")
        scene.remarks.append(f"{ADDED + CHANGED:,} changes agreed {took:.1f} s after joining (goal {GOAL_S:.0f} s)")


FAULTS = (Fault("30 days offline, 10,000 changes", thirty_days, 1, 5),)

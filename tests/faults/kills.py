"""Power cuts: kill -9 of node, hub and broker, while people write and a backlog travels."""

from tests.faults.fault import Fault
from tests.faults.scene import Scene

LIVES_S = (0.05, 0.6)  # how long a process works before it is killed
BACKLOG = 3_000


def _killed(scene: Scene, victim_of: str) -> None:
    centre = scene.centre()
    scene.arrange(centre, BACKLOG, "Bestand")
    victim = {"node": centre.desk, "hub": scene.city.hub, "broker": scene.city.broker}[victim_of]
    centre.desk.start()
    with scene.busy(centre):
        for number in range(scene.times):
            if number % 5 == 0:
                scene.announce(2, f"Meldung {number}")
                scene.rearrange(centre, 20, number + 1)
            scene.live(*LIVES_S)
            victim.kill()
            scene.inject(f"kills of the {victim_of}")
            victim.start()


def node_killed(scene: Scene) -> None:
    _killed(scene, "node")


def hub_killed(scene: Scene) -> None:
    _killed(scene, "hub")


def broker_killed(scene: Scene) -> None:
    _killed(scene, "broker")


def all_killed(scene: Scene) -> None:
    """Whatever is at hand, also two at once."""
    centre = scene.centre()
    scene.arrange(centre, BACKLOG, "Bestand")
    centre.desk.start()
    victims = [centre.desk, scene.city.hub, scene.city.broker]
    with scene.busy(centre):
        while scene.injected < scene.times:
            chosen = scene.chance.sample(victims, scene.chance.choice((1, 2)))
            scene.live(*LIVES_S)
            for victim in chosen:
                victim.kill()
                scene.inject("kills of anything")
            scene.chance.shuffle(chosen)
            for victim in chosen:
                victim.start()


FAULTS = (
    Fault("kill -9 of the node", node_killed, 25, 500),
    Fault("kill -9 of the hub", hub_killed, 25, 500),
    Fault("kill -9 of the broker", broker_killed, 25, 500),
    Fault("kill -9 of any, also two at once", all_killed, 20, 200),
)

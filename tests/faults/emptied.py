"""The broker is replaced by an empty one, also by one of another make, while everything travels."""

from pathlib import Path

from shared.broker import EmbeddedBroker
from tests.faults.fault import Fault
from tests.faults.scene import Scene
from tests.services import find_mosquitto
from tests.system.brokers import Mosquitto, TestBroker


def replaced(scene: Scene) -> None:
    """Whoever comes next at the same address knows nobody, no subscription and no letter."""
    centre = scene.centre()
    scene.arrange(centre, 2_000, "Bestand")
    centre.desk.start()
    with scene.busy(centre):
        for number in range(scene.times):
            scene.live(0.2, 1.5)
            scene.announce(2, f"Meldung {number}")
            scene.city.broker.kill()
            scene.city.broker = _another(scene, number)
            scene.city.broker.start()
            scene.inject("empty brokers")
    scene.stack.callback(scene.city.broker.stop)


def _another(scene: Scene, number: int) -> TestBroker:
    port = scene.city.broker.port
    if number % 2 and find_mosquitto():
        folder: Path = scene.city.folder / f"broker-{number}"
        folder.mkdir()
        made = Mosquitto(folder)
        made.port = port
        return made
    return EmbeddedBroker(port)


FAULTS = (Fault("broker replaced by an empty one", replaced, 8, 200),)

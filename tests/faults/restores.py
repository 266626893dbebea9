"""Databases that come back from a copy, and machines that there are twice.

What was typed after the copy is gone from the house: it must be offered for recovery, and the summary
counts it as offered, not as lost. What the house still has must be at the hub, once.
"""

import shutil
from pathlib import Path

from node.core.db import LEDGER as NODE_LEDGER
from node.spaces.models import Space
from shared.broker import free_port
from shared.database import Database
from tests.faults.fault import Fault
from tests.faults.scene import Scene
from tests.system.city import Centre, Desk, copy_database, wait_until

AT_ONCE = 40


def node_restored(scene: Scene) -> None:
    """The house goes back to a copy, works on, and hears of what it lost."""
    centre = _arrived(scene)
    for number in range(scene.times):
        copy = copy_database(centre.database, scene.city.folder / "node-copy.sqlite")
        scene.arrange(centre, AT_ONCE, f"Verloren {number}")
        scene.settle()
        centre.desk.kill()
        centre.swap_database(copy)
        scene.arrange(centre, scene.chance.randrange(2 * AT_ONCE), f"Danach {number}")
        centre.desk.start()
        scene.settle()
        scene.inject("restores of the house")


def hub_restored(scene: Scene) -> None:
    """The city goes back to a copy while people write: it fetches the rest, nothing is lost."""
    centre = _arrived(scene)
    with scene.busy(centre):
        for number in range(scene.times):
            copy = copy_database(scene.city.hub_database, scene.city.folder / "hub-copy.sqlite")
            scene.arrange(centre, AT_ONCE, f"Inzwischen {number}")
            scene.live(0.3, 1.5)
            scene.city.hub.kill()
            scene.city.swap_hub_database(copy)
            scene.city.hub.start()
            scene.inject("restores of the hub")


def both_restored(scene: Scene) -> None:
    """Both go back, to copies of different moments; the hub may know more or less than the house."""
    centre = _arrived(scene)
    for number in range(scene.times):
        first, second = scene.chance.sample(("node", "hub"), 2)
        copies = {first: _copy(scene, centre, first)}
        scene.arrange(centre, AT_ONCE, f"Dazwischen {number}")
        scene.settle()
        copies[second] = _copy(scene, centre, second)
        scene.arrange(centre, AT_ONCE, f"Danach {number}")
        scene.live(0.0, 0.5)
        centre.desk.kill()
        scene.city.hub.kill()
        centre.swap_database(copies["node"])
        scene.city.swap_hub_database(copies["hub"])
        _never_at_both(scene, centre)
        scene.city.hub.start()
        centre.desk.start()
        scene.settle()
        scene.inject("restores of both")


def cloned(scene: Scene) -> None:
    """The memory card is copied into another machine: that one is fenced, what was typed there stays there."""
    centre = _arrived(scene)
    with scene.busy(centre):
        for number in range(scene.times):
            twin = _twin(scene, centre, number)
            database = Database(f"sqlite:///{twin.folder / 'node.sqlite'}")
            NODE_LEDGER.watch(database)
            with database.transaction() as session:
                session.add(Space(name=f"Zwilling {number}", kind="multi_purpose"))
            twin.start()
            wait_until(lambda there=database: _is_fenced(there, centre), 60, "the twin's fence")
            scene.live(1.0, 2.0)
            twin.kill()
            database.dispose()
            scene.inject("clones")
    scene.remarks.append("the twins were other hardware with the same files and keys")


FAULTS = (
    Fault("house restored from a copy", node_restored, 2, 2),
    Fault("hub restored from a copy", hub_restored, 6, 200),
    Fault("house and hub restored", both_restored, 2, 2),
    Fault("house cloned", cloned, 3, 100),
)


def _arrived(scene: Scene) -> Centre:
    centre = scene.centre()
    scene.arrange(centre, 200, "Bestand")
    centre.desk.start()
    scene.settle()
    return centre


def _is_fenced(database: Database, centre: Centre) -> bool:
    with database.reading() as session:
        found = NODE_LEDGER.feed_health(session, centre.feed)
        return found is not None and bool(found.fence)


def _copy(scene: Scene, centre: Centre, side: str) -> Path:
    database = centre.database if side == "node" else scene.city.hub_database
    return copy_database(database, scene.city.folder / f"{side}-copy.sqlite")


def _never_at_both(scene: Scene, centre: Centre) -> None:
    """Strike from the paper what neither copy has: both sides forgot it, as after a fire that took both."""
    names = scene.names_at_house(centre) | scene.names_at_hub(centre)
    gone = [name for name in scene.paper(centre).spaces if name not in names]
    scene.paper(centre).removed(gone)
    scene.remarks.append(f"{len(gone)} spaces stood in neither copy")


def _twin(scene: Scene, centre: Centre, number: int) -> Desk:
    """Copy the house's folder, keys and all, to another machine."""
    folder = scene.city.folder / f"twin-{number}"
    shutil.copytree(centre.config.data_folder, folder, ignore=shutil.ignore_patterns("*.sqlite*", "log"))
    copy_database(centre.database, folder / "node.sqlite")
    port = free_port()
    said = (folder / "settings.toml").read_text().replace(str(centre.config.data_folder), str(folder))
    said = said.replace(f"web_port = {centre.config.web_port}", f"web_port = {port}")
    (folder / "settings.toml").write_text(said)
    twin = Desk("node", folder / "settings.toml", port)
    twin.prelude = f"import shared.hardware; shared.hardware.hardware_hint = lambda: '{number + 1:012x}'"
    scene.stack.callback(twin.kill)
    return twin

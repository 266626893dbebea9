"""Disks that are full or read-only, in the house and in the city, while people go on writing.

What the house could not save it did not confirm, so a hand asks again until it could; what it has
confirmed must be there.
"""

import resource

from tests.faults.fault import Fault, NotPlayed
from tests.faults.scene import Scene
from tests.system.city import Centre
from tests.system.disks import Disk, limit_files, small_disk

DISK_MB = 32


def _house_on_disk(scene: Scene) -> tuple[Centre, Disk]:
    disk = scene.stack.enter_context(small_disk(scene.city.folder / "disk", DISK_MB))
    scene.remarks.append(f"disk: {disk.kind}")
    centre = scene.centre(data_folder=str(disk.folder))
    scene.arrange(centre, 300, "Bestand")
    centre.desk.start()
    return centre, disk


def full_at_the_house(scene: Scene) -> None:
    """The disk fills up and is cleared; now and then the power fails while it is full."""
    centre, disk = _house_on_disk(scene)
    with scene.busy(centre, counts=True):
        for number in range(scene.times):
            scene.live(0.3, 1.0)
            disk.fill(centre.desk)
            scene.announce(3, f"Meldung {number}")
            scene.live(1.0, 2.5)
            if scene.chance.random() < 0.3:
                centre.desk.kill()
                centre.desk.start()
            disk.free(centre.desk)
            scene.inject("full disks")


def full_at_the_hub(scene: Scene) -> None:
    """The hub's process may write no byte more for a while: every transaction fails half way."""
    centre = scene.centre()
    centre.desk.start()
    with scene.busy(centre):
        for number in range(scene.times):
            scene.live(0.3, 1.0)
            limit_files(scene.city.hub, 0)
            scene.live(1.0, 2.5)
            limit_files(scene.city.hub, resource.RLIM_INFINITY)
            scene.announce(2, f"Meldung {number}")
            scene.inject("hub disks that take nothing")


def read_only(scene: Scene) -> None:
    """The disk goes read-only, the house starts on it and shows its pages; then it is mended."""
    centre, disk = _house_on_disk(scene)
    if disk.kind != "tmpfs":
        raise NotPlayed("only root can make a disk read-only")
    with scene.busy(centre):
        for _number in range(scene.times):
            scene.live(0.5, 1.5)
            scene.chance.choice((centre.desk.kill, centre.desk.stop))()
            centre.database.dispose()
            disk.protect(True)
            centre.desk.start()
            scene.live(0.5, 2.0)
            centre.desk.kill()
            disk.protect(False)
            centre.desk.start()
            scene.inject("read-only disks")


FAULTS = (
    Fault("full disk at the house", full_at_the_house, 6, 200),
    Fault("full disk at the hub", full_at_the_hub, 6, 200),
    Fault("read-only disk at the house", read_only, 4, 50),
)

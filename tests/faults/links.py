"""Bad lines between the house and the broker: slow, lossy, cut, silent, through the tests' proxy.

The line stays as bad until both sides agree.
"""

from tests.faults.fault import Fault
from tests.faults.proxy import GOOD, Line, Proxy, quiet_for
from tests.faults.scene import Scene
from tests.system.city import Centre, wait_until

SLOW = Line(kbit_s=64, delay_s=0.3, jitter_s=0.1)  # 600 ms there and back
BACKLOG = 500


def _house_behind(scene: Scene, line: Line) -> tuple[Centre, Proxy]:
    """Add a running house with a backlog at the far end of `line`."""
    proxy = scene.stack.enter_context(Proxy(scene.city.broker.port, line, scene.chance.randrange(10**9)))
    centre = scene.centre(broker_port=proxy.port)
    scene.arrange(centre, BACKLOG, "Bestand")
    centre.desk.start()
    scene.announce(5, "Meldung")
    return centre, proxy


def _over(scene: Scene, line: Line) -> None:
    """Let people write for `scene.times` seconds."""
    centre, proxy = _house_behind(scene, line)
    with scene.busy(centre, 1):
        for _second in range(scene.times):
            scene.live(1, 1)
            scene.inject("seconds")
    took = scene.settle()
    scene.remarks.append(
        f"{proxy.connections} connections, {proxy.stalls} stalls, {proxy.cuts} cuts; agreed {took:.1f} s after"
    )


def slow(scene: Scene) -> None:
    """64 kbit/s with 600 ms there and back: ISDN in a cellar."""
    _over(scene, SLOW)


def lossy(scene: Scene) -> None:
    """2 to 10 % of all pieces are stalled, as TCP shows a loss; some break the connection."""
    share = scene.chance.uniform(0.02, 0.10)
    scene.remarks.append(f"{share:.0%} of the pieces stalled")
    _over(scene, Line(kbit_s=2_000, delay_s=0.03, jitter_s=0.05, stalls=share, stall_s=0.4, cuts=0.002))


def cut(scene: Scene) -> None:
    """The line breaks again and again; between two cuts there is hardly time for a batch."""
    centre, proxy = _house_behind(scene, Line(kbit_s=4_000))
    with scene.busy(centre, 1):
        while scene.injected < scene.times:
            wait_until(lambda: proxy.is_used, 60, "a connection")
            scene.live(0.05, 1.0)
            proxy.cut()
            scene.inject("cuts")


def half_open(scene: Scene) -> None:
    """Connections stand while nothing arrives any more: a router that forgot them."""
    centre, proxy = _house_behind(scene, GOOD)
    with scene.busy(centre, 1):
        for number in range(scene.times):
            scene.announce(1, f"Neue Meldung {number}")
            quiet_for(proxy, scene.chance.uniform(2, 8))
            scene.inject("silences")


FAULTS = (
    Fault("slow line, 64 kbit/s, 600 ms", slow, 20, 600),
    Fault("lossy line, 2-10 % stalls", lossy, 20, 600),
    Fault("line cut in the middle", cut, 25, 500),
    Fault("silent line, half open", half_open, 4, 100),
)

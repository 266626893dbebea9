"""The demo's processes: broker, hub and nodes, kept running until Ctrl-C.

Rule: a process that ends by itself (or by somebody's `kill -9`, which the demo invites) is
started again; each is ended by its own pid.
"""

import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo.state import State

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
LOOK_EVERY_S = 0.5
RESTART_AFTER_S = 2.0
NODE = ("-m", "node.cli")
HUB = ("-m", "hub.cli")
ROOT = Path(__file__).parents[2]


@dataclass
class Child:
    """One process of the city; what it prints goes to `log`."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which then ends its children in order
            )

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to end, and make it end after ten seconds."""
        if self.process is None or self.ended:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class City:
    """The running city."""

    def __init__(self, state: State) -> None:
        self._state = state
        logs = state.folder / "logs"
        logs.mkdir(exist_ok=True)
        port = str(state.broker_port)
        self._children = [
            Child("broker", ("-m", "shared.broker", "--port", port), logs / "broker.log"),
            Child("hub", (*HUB, "run", "--config", str(state.hub_config)), logs / "hub.log"),
            *(
                Child(
                    centre.id, (*NODE, "run", "--config", str(state.node_config(centre.id))), logs / f"{centre.id}.log"
                )
                for centre in state.centres
            ),
        ]
        self._ending = threading.Event()

    def run(self) -> int:
        """Start everything, say where it is, watch over it; return 1 if a site did not come up."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: self._ending.set())
        began = time.monotonic()
        try:
            for child in self._children:
                child.start()
            if not self._all_answer():
                return 0 if self._ending.is_set() else 1
            print(
                f"\nReady after {time.monotonic() - began:.0f} s. Ctrl-C ends it.\n\n{addresses(self._state)}",
                flush=True,
            )
            self._watch()
        finally:
            print("Ending the demo …", flush=True)
            for child in reversed(self._children):
                child.stop()
        return 0

    def _all_answer(self) -> bool:
        for site, name in ((self._state.hub, "hub"), *((centre, centre.id) for centre in self._state.centres)):
            deadline = time.monotonic() + READY_TIMEOUT_S
            while not _answers(site.url):
                child = next(child for child in self._children if child.name == name)
                if self._ending.is_set():
                    return False
                if child.ended or time.monotonic() > deadline:
                    print(f"{name} did not come up. What it said stands in {child.log}.", file=sys.stderr)
                    return False
                time.sleep(LOOK_EVERY_S / 5)
            print(f"  {name} is up", flush=True)
        return True

    def _watch(self) -> None:
        """Start again what has ended, until it is time to end."""
        while not self._ending.wait(LOOK_EVERY_S):
            for child in self._children:
                if child.ended:
                    print(f"{child.name} ended; starting it again in {RESTART_AFTER_S:.0f} s.", flush=True)
                    if self._ending.wait(RESTART_AFTER_S):
                        return
                    child.start()


def addresses(state: State) -> str:
    """Return who listens where, and how to sign in and to cut a link, as lines of text."""
    lines = [f"  {'The city':40} {state.hub.url}   {state.hub.user} / {state.hub.password}"]
    lines += [f"  {centre.name:40} {centre.url}   {centre.user} / {centre.password}" for centre in state.centres]
    cut = state.centres[-1].id
    lines += [
        "",
        f"  Cut a link:  .venv/bin/stadtherz-node link off --centre {cut}",
        f"  Join it:     .venv/bin/stadtherz-node link on --centre {cut}",
    ]
    return "\n".join(lines) + "\n"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

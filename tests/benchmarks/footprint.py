"""A node's memory, and its time from start to the first page (GOALS P15), on the demo's busiest house.

Five starts with some visits of the public, and one long use: as many pages as a full desk asks for
in an hour, by somebody who is signed in.
"""

import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.demo.hochfeld import HOCHFELD
from shared.broker import HOST, free_port

ROOT = Path(__file__).parents[2]
ROUNDS = 5
PAGES = ("/haus", "/haus/programm", "/anmelden", "/healthz")
VISITS_A_ROUND = 100
DESK = (
    "/heute",
    "/zaehler",
    "/buchungen",
    "/buchungen/neu",
    "/programm",
    "/verwaltung",
    "/stundenplan",
    "/anmeldungen",
)
HOUR_OF_USE = 3600  # a page a second
PASSWORD = "a-password-for-measuring"


def main() -> None:
    """Print the medians of five starts, beside the time that an empty Python takes."""
    with tempfile.TemporaryDirectory() as folder:
        config, port = _set_up(Path(folder))
        fresh, used = _use_for_an_hour(config, port)
        starts, memories = zip(*(_start_and_visit(config, port) for _round in range(ROUNDS)), strict=True)
    bare = statistics.median(_bare_python() for _round in range(ROUNDS))
    first = statistics.median(starts)
    print(f"start to first page: {first:.2f} s median of {ROUNDS} ({min(starts):.2f}–{max(starts):.2f})")
    print(f"  = {first / bare:.0f} × an empty Python's start; goal ≤ 2 s")
    print(f"memory after {VISITS_A_ROUND * len(PAGES)} pages: {statistics.median(memories):.0f} MB; goal ≤ 120 MB")
    print(
        f"  after {HOUR_OF_USE} pages of the desk: {used:.0f} MB = {used / fresh:.2f} × after the first; goal ≤ 150 MB"
    )


def _set_up(folder: Path) -> tuple[Path, int]:
    port, config = free_port(), folder / "node.toml"
    init = ("init", "--config", str(config), "--centre-id", HOCHFELD.id, "--city", "duisburg", "--web-host", HOST)
    environment = os.environ | {"STADTHERZ_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "node.cli", *init, "--web-port", str(port)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "deploy.demo.seed", str(config)], cwd=ROOT, check=True, capture_output=True)
    return config, port


@contextmanager
def _running(config: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A node that answers; ended by its own pid."""
    command = [sys.executable, "-m", "node.cli", "run", "--config", str(config)]
    node = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _opens(f"http://{HOST}:{port}/haus"):
            assert node.poll() is None, "the node did not start"
            time.sleep(0.01)
        yield node
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(20)


def _start_and_visit(config: Path, port: int) -> tuple[float, float]:
    """Return seconds to the first page and the resident memory in MB after some visits."""
    began = time.monotonic()
    with _running(config, port) as node:
        first = time.monotonic() - began
        for page in PAGES * VISITS_A_ROUND:
            assert _opens(f"http://{HOST}:{port}{page}")
        return first, _resident_mb(node.pid)


def _use_for_an_hour(config: Path, port: int) -> tuple[float, float]:
    """Return the memory in MB after the first page of the desk and after as many as an hour has seconds."""
    with _running(config, port) as node:
        desk = _signed_in(f"http://{HOST}:{port}")
        fresh = _resident_mb(node.pid)
        for number in range(HOUR_OF_USE):
            with desk.open(f"http://{HOST}:{port}{DESK[number % len(DESK)]}", timeout=20) as answer:
                assert "/anmelden" not in answer.url
                answer.read()
        return fresh, _resident_mb(node.pid)


def _signed_in(site: str) -> urllib.request.OpenerDirector:
    desk = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with desk.open(f"{site}/anmelden") as page:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token is not None
    sent = {"csrf_token": token[1], "name": "leitung", "password": PASSWORD}
    with desk.open(f"{site}/anmelden", urllib.parse.urlencode(sent).encode()) as answer:
        assert "/anmelden" not in answer.url, "the first account cannot sign in"
    return desk


def _opens(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return len(answer.read()) > 0
    except OSError:
        return False


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _bare_python() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return time.monotonic() - began


if __name__ == "__main__":
    main()

"""A node's memory, and its time from start to the first page (GOALS P15), on the demo's busiest house."""

import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from deploy.demo.hochfeld import HOCHFELD
from shared.broker import HOST, free_port

ROOT = Path(__file__).parents[2]
ROUNDS = 5
PAGES = ("/haus", "/haus/programm", "/anmelden", "/healthz")
VISITS_A_ROUND = 100


def main() -> None:
    """Print the medians of five starts, beside the time that an empty Python takes."""
    with tempfile.TemporaryDirectory() as folder:
        config, port = _set_up(Path(folder))
        starts, memories = zip(*(_start_and_visit(config, port) for _round in range(ROUNDS)), strict=True)
    bare = statistics.median(_bare_python() for _round in range(ROUNDS))
    first = statistics.median(starts)
    print(f"start to first page: {first:.2f} s median of {ROUNDS} ({min(starts):.2f}–{max(starts):.2f})")
    print(f"  = {first / bare:.0f} × an empty Python's start; goal ≤ 2 s")
    print(f"memory after {VISITS_A_ROUND * len(PAGES)} pages: {statistics.median(memories):.0f} MB; goal ≤ 120 MB")


def _set_up(folder: Path) -> tuple[Path, int]:
    port, config = free_port(), folder / "node.toml"
    init = ("init", "--config", str(config), "--centre-id", HOCHFELD.id, "--city", "duisburg", "--web-host", HOST)
    environment = os.environ | {"STADTHERZ_PASSWORD": "a-password-for-measuring"}
    command = [sys.executable, "-m", "node.cli", *init, "--web-port", str(port)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "deploy.demo.seed", str(config)], cwd=ROOT, check=True, capture_output=True)
    return config, port


def _start_and_visit(config: Path, port: int) -> tuple[float, float]:
    """Return seconds to the first page and the resident memory in MB after some visits."""
    began = time.monotonic()
    command = [sys.executable, "-m", "node.cli", "run", "--config", str(config)]
    node = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _opens(f"http://{HOST}:{port}/haus"):
            assert node.poll() is None, "the node did not start"
            time.sleep(0.01)
        first = time.monotonic() - began
        for page in PAGES * VISITS_A_ROUND:
            assert _opens(f"http://{HOST}:{port}{page}")
        return first, _resident_mb(node.pid)
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(20)


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

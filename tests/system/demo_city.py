"""The demo as a newcomer starts it: `python -m deploy.demo`, in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READY_TIMEOUT_S = 180


@dataclass(frozen=True)
class Demo:
    """A running demo; `said` is its addresses.json."""

    folder: Path
    said: dict[str, Any]

    def centre(self, centre_id: str) -> dict[str, str]:
        return next(centre for centre in self.said["centres"] if centre["id"] == centre_id)

    def node(self, *arguments: str) -> str:
        """Run `stadtherz-node` as somebody at a terminal of this demo; return what it prints."""
        command = [sys.executable, "-m", "node.cli", *arguments]
        environment = {**os.environ, "STADTHERZ_DEMO": str(self.folder)}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Start the demo in `folder` and yield it once it says that it is ready; end it with Ctrl-C."""
    with (folder / "demo.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "deploy.demo", "--folder", str(folder / "demo")],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, folder / "demo.log")
            addresses = (folder / "demo" / "addresses.json").read_text(encoding="utf-8")
            yield Demo(folder / "demo", json.loads(addresses))
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(60)
    assert code == 0, (folder / "demo.log").read_text()


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while "Ready after" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)

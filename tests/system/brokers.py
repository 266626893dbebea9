"""Brokers for tests: the embedded one, and Debian's mosquitto with a configuration of its own."""

import subprocess
from pathlib import Path
from typing import Protocol

from shared.broker import HOST, EmbeddedBroker, accepts, free_port
from tests.services import find_mosquitto

_MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_queued_messages 1000
"""  # the default of 1,000: credit has to keep us below it


class TestBroker(Protocol):
    """A broker that can be ended in every way and comes back on the same port, empty."""

    __test__ = False
    host: str
    port: int

    def start(self) -> object: ...
    def kill(self) -> None: ...
    def stop(self) -> None: ...


class Mosquitto:
    """Debian's mosquitto as a child process; nothing of it survives an end. `more` are further settings."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.host, self.port = HOST, free_port()
        self._folder, self._more = folder, more
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> "Mosquitto":
        program = find_mosquitto()
        assert program, "mosquitto is not installed"
        settings = self._folder / "mosquitto.conf"
        settings.write_text(_MOSQUITTO.format(port=self.port) + self._more)
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._child = subprocess.Popen([str(program), "-c", str(settings)], stdout=log, stderr=log)
        assert accepts(self.host, self.port, 10, self._child), "mosquitto does not listen"
        return self

    def kill(self) -> None:
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        self._end(subprocess.Popen.terminate)

    def _end(self, how: object) -> None:
        if self._child is not None:
            how(self._child)  # type: ignore[operator]
            self._child.wait(10)
            self._child = None


def make_broker(kind: str, folder: Path) -> TestBroker:
    """Return a broker of `kind`: embedded or mosquitto; not yet started."""
    return Mosquitto(folder) if kind == "mosquitto" else EmbeddedBroker()

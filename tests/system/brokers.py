"""Brokers for tests: the embedded one, Debian's mosquitto with a configuration of its own, a cluster of RabbitMQ."""

import getpass
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from hub.config import HubConfig
from hub.core.broker import rights_file
from hub.core.broker.preparing import Place, prepare
from shared.broker import HOST, EmbeddedBroker, accepts, free_port
from shared.time import now
from tests.services import find_mosquitto
from tests.system.rabbit import RabbitCluster

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
    mqtt: str  # the version that it speaks

    def start(self) -> object: ...
    def kill(self) -> None: ...
    def stop(self) -> None: ...


class Mosquitto:
    """Debian's mosquitto as a child process; nothing of it survives an end. `more` are further settings."""

    mqtt = "5"

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


class SecureMosquitto:
    """Debian's mosquitto as `stadtherz-hub broker prepare` sets it up: TLS, one credential each, managed rights.

    `config` are the settings of the hub that belongs to it. What it knows of rights survives an end, as on a real disk.
    """

    mqtt = "5"

    def __init__(self, folder: Path, config: HubConfig, members: Iterable[tuple[str, int]] = ()) -> None:
        self.host, self.port = HOST, free_port()
        self.folder = folder / "broker"
        plugin, user = find_dynamic_security(), getpass.getuser()
        assert plugin, "mosquitto's dynamic security is not installed"
        self.place = Place(
            settings=self.folder,
            state=self.folder,
            pid_file=self.folder / "pid",
            plugin=str(plugin),
            user=user,
            address=HOST,
            port=self.port,
        )
        self.config = prepare(config, self.folder, ["localhost", HOST], members, now=now(), place=self.place)
        self.log = self.folder / "mosquitto.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def authority(self) -> Path:
        return self.folder / "broker-authority.pem"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> "SecureMosquitto":
        """Start it as systemd would: the check of its rights first."""
        check = ["/bin/sh", str(self.folder / "check-rights.sh"), str(self.place.rights)]
        subprocess.run(check, check=True, stderr=subprocess.DEVNULL)
        program = find_mosquitto()
        assert program, "mosquitto is not installed"
        with self.log.open("ab") as log:
            command = [str(program), "-c", str(self.folder / "mosquitto.conf")]
            self._child = subprocess.Popen(command, stdout=log, stderr=log)
        assert accepts(self.host, self.port, 10, self._child), f"mosquitto does not listen: {self.log.read_text()}"
        return self

    def empty(self) -> None:
        """Replace it by a new one that knows nobody but its administrator, as after a lost disk; start it yourself."""
        admin, password = self.config.broker_admin_user, self.config.broker_admin_password
        self.place.rights.write_text(rights_file.content(admin, password, []), encoding="utf-8")

    def kill(self) -> None:
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        self._end(subprocess.Popen.terminate)

    def _end(self, how: object) -> None:
        if self._child is not None:
            how(self._child)  # type: ignore[operator]
            self._child.wait(10)
            self._child = None


def find_dynamic_security() -> Path | None:
    """Return mosquitto's plugin, wherever this machine's Debian keeps it."""
    return next(iter(sorted(Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"))), None)


def make_broker(kind: str, folder: Path) -> TestBroker:
    """Return a broker of `kind`: embedded, mosquitto or rabbitmq; not yet started. STADTHERZ_BROKER decides first."""
    match os.environ.get("STADTHERZ_BROKER", kind):
        case "mosquitto":
            return Mosquitto(folder)
        case "rabbitmq":
            return RabbitCluster(folder)
    return EmbeddedBroker()

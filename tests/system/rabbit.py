"""A cluster of three RabbitMQ nodes on the loopback, with their MQTT plugin; each can be killed and comes back.

Debian's programs run as whoever runs the tests, in folders, with ports and an epmd of their own.
Nothing here touches a RabbitMQ that is already running. The nodes speak MQTT 3.1.1.
"""

import itertools
import os
import secrets
import subprocess
from pathlib import Path

from shared.broker import HOST, accepts, free_port
from tests.services import find_rabbitmq

START_TIMEOUT_S = 90.0
_SETTINGS = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
mqtt.listeners.tcp.1 = 127.0.0.1:{mqtt}
mqtt.allow_anonymous = true
mqtt.subscription_ttl = 604800000
mqtt.durable_queue_type = quorum
disk_free_limit.absolute = 50MB
log.file.level = warning
cluster_formation.peer_discovery_backend = classic_config
cluster_formation.discovery_retry_limit = {patience}
cluster_formation.discovery_retry_interval = 500
{peers}
"""
POLICY = '{"expires": 120000, "message-ttl": 120000}'  # what a dead connection leaves behind goes, as do letters in it
_ERLANG = (
    "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} "
    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"  # threads that wait must not eat the tests' processors
)


class RabbitNode:
    """One machine of the cluster."""

    def __init__(self, folder: Path, name: str, epmd_port: int) -> None:
        self.folder, self.name = folder / name, f"{name}@localhost"
        self.mqtt, self._amqp, self._distribution = free_port(), free_port(), free_port()
        self._home, self._epmd_port = folder, epmd_port
        self._child: subprocess.Popen[bytes] | None = None
        self.folder.mkdir()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def begin(self, peers: list[str], patience: int) -> None:
        """Start it; `patience` is how often it asks its peers before it begins a cluster by itself."""
        listed = "\n".join(f"cluster_formation.classic_config.nodes.{n} = {peer}" for n, peer in enumerate(peers, 1))
        settings = _SETTINGS.format(amqp=self._amqp, mqtt=self.mqtt, patience=patience, peers=listed)
        (self.folder / "rabbitmq.conf").write_text(settings)
        (self.folder / "plugins").write_text("[rabbitmq_mqtt].\n")
        with (self.folder / "out").open("ab") as out:
            program = str(find_rabbitmq())
            self._child = subprocess.Popen([program], env=self.environment(), stdout=out, stderr=out, cwd=self.folder)

    def wait(self) -> None:
        """Wait until it takes connections."""
        said = (self.folder / "out").read_text()[-1500:]
        assert accepts(HOST, self.mqtt, START_TIMEOUT_S, self._child), f"{self.name} does not listen: {said}"

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait(20)
            self._child = None

    def environment(self) -> dict[str, str]:
        """Return what Debian's scripts need to leave the machine's own RabbitMQ alone."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, so its process id is ours to end
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        }


class RabbitCluster:
    """Three nodes as one broker. `kill` ends one node after the other, `start` brings back what is down."""

    mqtt = "3.1.1"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "rabbit"
        self._folder.mkdir()
        self._epmd_port = free_port()
        self.nodes = [RabbitNode(self._folder, name, self._epmd_port) for name in ("r1", "r2", "r3")]
        self.host = ", ".join(f"{HOST}:{node.mqtt}" for node in self.nodes)
        self.port = self.nodes[0].mqtt
        self._epmd: subprocess.Popen[bytes] | None = None
        self._turn = itertools.cycle(self.nodes)

    def start(self) -> "RabbitCluster":
        if self._epmd is None:
            self._begin_epmd()
            self._form()
        for node in self.nodes:
            if node.pid is None:
                node.begin(self._names, patience=60)
                node.wait()
        return self

    def kill(self) -> None:
        """Kill the next node in turn; the others go on."""
        next(self._turn).kill()

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait(10)
            self._epmd = None

    def running(self) -> int:
        """Return how many nodes the first one that lives sees in the cluster."""
        return int(self.control("eval", "length(rabbit_mnesia:cluster_nodes(running))."))

    def control(self, *command: str) -> str:
        """Let the first node that lives do `command`; return what it says."""
        node = next(node for node in self.nodes if node.pid is not None)
        ask = [str(find_rabbitmq().parent / "rabbitmqctl"), "-q", "-n", node.name, *command]
        said = subprocess.run(ask, check=False, env=node.environment(), capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stderr + said.stdout
        return said.stdout.strip()

    @property
    def _names(self) -> list[str]:
        return [node.name for node in self.nodes]

    def _begin_epmd(self) -> None:
        cookie = self._folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
        with (self._folder / "epmd").open("ab") as out:
            self._epmd = subprocess.Popen(
                ["epmd", "-address", HOST, "-port", str(self._epmd_port)], stdout=out, stderr=out
            )
        assert accepts(HOST, self._epmd_port, 10, self._epmd), "epmd does not listen"

    def _form(self) -> None:
        """Let the first node begin the cluster, the others join it."""
        first, *others = self.nodes
        first.begin(self._names, patience=1)
        first.wait()
        for node in others:
            node.begin(self._names, patience=60)
        for node in others:
            node.wait()
        self.control("set_policy", "--apply-to", "queues", "wire", "^mqtt-subscription-(?!.*-sensors-)", POLICY)

"""mosquitto's own command line clients, as somebody who tries things would use them.

Their passwords stand in files of options (`$XDG_CONFIG_HOME/mosquitto_pub`), so no list of processes shows them.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.system.brokers import SecureMosquitto

GRANTED = frozenset({0, 1, 2})
TIMEOUT_S = 60
_SUBSCRIBED = re.compile(r"Subscribed \(mid: \d+\): ([\d, ]+)")


@dataclass(frozen=True)
class Tried:
    """How a client ended: its exit code and everything that it said."""

    code: int
    said: str

    @property
    def refused_at_the_door(self) -> bool:
        """Whether it did not even get a connection."""
        return self.code != 0 and "received PUBACK" not in self.said and "Subscribed" not in self.said


@dataclass
class Person:
    """Somebody with a user and a password, at one broker. `mqtt` is "5" or "311" (mosquitto's words)."""

    broker: SecureMosquitto
    user: str = ""
    password: str = ""
    mqtt: str = "5"
    more: Mapping[str, str] = field(default_factory=dict)  # further options, or others than the usual ones

    def publishes(self, topic: str, *options: str, body: str = "forged") -> bool:
        """Try to publish, QoS 1; tell whether the broker took it (MQTT 3.1.1 cannot say so: then always true)."""
        tried = self.run("mosquitto_pub", "-q", "1", "-t", topic, "-m", body, *options)
        return "received PUBACK" in tried.said and "Not authorized" not in tried.said

    def subscriptions(self, filters: Iterable[str]) -> dict[str, bool]:
        """Try to subscribe to each filter; tell which were granted."""
        wanted = list(filters)
        tried = self.run("mosquitto_sub", "-q", "1", "-E", *(part for one in wanted for part in ("-t", one)))
        found = _SUBSCRIBED.search(tried.said)
        assert found, tried.said
        codes = [int(code) for code in found[1].split(",")]
        assert len(codes) == len(wanted)
        return {one: code in GRANTED for one, code in zip(wanted, codes, strict=True)}

    def run(self, program: str, *options: str) -> Tried:
        """Run a client to its end."""
        command = [program, "-d", *options]
        done = subprocess.run(
            command, check=False, env=self.env(program), capture_output=True, text=True, timeout=TIMEOUT_S
        )
        return Tried(done.returncode, done.stdout + done.stderr)

    def start(self, program: str, *options: str) -> "subprocess.Popen[bytes]":
        """Start a client that stays."""
        env = self.env(program)
        return subprocess.Popen([program, *options], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def env(self, program: str) -> dict[str, str]:
        folder = self.broker.folder / "clients" / f"{self.user or 'nobody'}-{abs(hash(self.password))}-{self.mqtt}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} {value}" for name, value in self._options().items() if value]
        file = folder / program
        file.write_text("\n".join([*lines, ""]))
        file.chmod(0o600)
        return {**os.environ, "XDG_CONFIG_HOME": str(folder)}

    def _options(self) -> dict[str, str]:
        usual = {
            "-h": "localhost",
            "-p": str(self.broker.port),
            "--cafile": str(self.broker.authority),
            "-u": self.user,
            "-P": self.password,
            "-V": self.mqtt,
        }
        return {**usual, **self.more}


def refuses_tls(broker: SecureMosquitto, version: str) -> bool:
    """Tell whether the broker refuses a TLS version; OpenSSL's own client may speak what is long out of use."""
    address = f"localhost:{broker.port}"
    command = ["openssl", "s_client", "-connect", address, f"-{version}", "-cipher", "ALL:@SECLEVEL=0", "-brief"]
    done = subprocess.run(command, check=False, input="", capture_output=True, text=True, timeout=TIMEOUT_S)
    return "Protocol version" not in done.stdout + done.stderr

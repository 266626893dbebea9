"""What the machine and the broker say of themselves: processor, memory, messages, drops."""

import os
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_EVERY_S = 0.25


class Usage(NamedTuple):
    """What the process `pid` has used of the processor since its start, and of memory now."""

    pid: int
    at: float
    cpu_s: float
    memory_mb: float


def usage(pid: int) -> Usage:
    """Ask the kernel about a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return Usage(pid, time.monotonic(), (int(fields[11]) + int(fields[12])) / TICKS, resident / 1024)


class Watch(Thread):
    """Looks at processes a few times a second, for the greatest memory between two moments."""

    def __init__(self, pids: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.pids, self._ended = pids, Event()
        self.peak_mb: dict[str, float] = {}

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_EVERY_S):
            for name, used in self.now().items():
                self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), used.memory_mb)

    def now(self) -> dict[str, Usage]:
        """Return the usage of each process that lives."""
        return {name: usage(pid) for name, pid in self.pids.items() if Path(f"/proc/{pid}").exists()}

    def stop(self) -> None:
        self._ended.set()
        self.join()


class BrokerCounts:
    """mosquitto's own figures ($SYS): clients, letters in and out, letters dropped. Nothing from other brokers."""

    NAMES = ("publish/messages/dropped", "publish/messages/received", "publish/messages/sent", "clients/connected")

    def __init__(self, host: str, port: int) -> None:
        self._said: dict[str, int] = {}
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe([(self._topic(n), 0) for n in self.NAMES])
        self._client.on_message = self._hear
        self._host, self._port = host, port

    def __enter__(self) -> Self:
        self._client.connect(self._host, self._port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()  # its thread ends by itself; joined, it may wait for a broker that is gone

    def get(self, name: str) -> int | None:
        """Return the figure behind `$SYS/broker/`, None if the broker tells none."""
        return self._said.get(name)

    @staticmethod
    def _topic(name: str) -> str:
        return f"$SYS/broker/{name}"

    def _hear(self, client: Any, userdata: Any, message: Any) -> None:
        self._said[message.topic.removeprefix("$SYS/broker/")] = int(message.payload)

"""A broker in a child process, for the demo and the tests: rumqttd, as the wheel `iotcore` carries it.

    python -m shared.broker --port 1883

Rule: loopback only. It knows no rights, so it never serves more than one machine; a city
runs mosquitto. It listens for one version of MQTT: where an MQTT 5 client's message with
properties reaches a 3.1.1 client, rumqttd panics.
"""

import argparse
import contextlib
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

try:
    import iotcore
except ImportError:  # only the extra `demo` brings it; a node or hub in service has no use for it
    iotcore = None  # type: ignore[assignment]

HOST = "127.0.0.1"
START_TIMEOUT_S = 15.0
_LISTENERS = {"5": "v5", "3.1.1": "v4"}  # rumqttd's names
_SETTINGS = """\
id = 0

[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 8388608
max_segment_count = 8

[{listener}.1]
name = "{listener}-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[{listener}.1.connections]
connection_timeout_ms = 60000
max_payload_size = 16777216
max_inflight_count = 100
dynamic_filters = true
"""  # with rumqttd's own segment sizes it grew to 957 MB


class EmbeddedBroker:
    """The child process. `with EmbeddedBroker() as broker:` listens on `broker.port` inside the block."""

    def __init__(self, port: int = 0, mqtt: str = "5") -> None:
        """Port 0 means a free one; `mqtt` is "5" or "3.1.1"."""
        self.host = HOST
        self.port = port or free_port()
        self.mqtt = mqtt
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> "EmbeddedBroker":
        """Start the child and wait until it accepts connections; RuntimeError if it does not."""
        command = [
            sys.executable,
            "-m",
            "shared.broker",
            "--with-parent",
            "--port",
            str(self.port),
            "--mqtt",
            self.mqtt,
        ]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(__file__).parent.parent)  # noqa: S603 (ours)
        if not accepts(self.host, self.port, START_TIMEOUT_S, self._child):
            self.stop()
            raise RuntimeError(f"the broker does not listen on port {self.port}; is it taken, or is iotcore missing?")
        return self

    def kill(self) -> None:
        """End it as a power cut would; everything it held is gone."""
        if self._child is not None:
            self._child.kill()
            self._gone()

    def stop(self) -> None:
        if self._child is not None:
            self._child.terminate()
            self._gone()

    def _gone(self) -> None:
        assert self._child is not None
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait(5)
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child = None

    def __enter__(self) -> "EmbeddedBroker":
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()


def free_port() -> int:
    """Return a port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(host: str, port: int, timeout_s: float, child: "subprocess.Popen[bytes] | None" = None) -> bool:
    """Wait until `port` accepts connections; False after `timeout_s` or once `child` has ended."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and (child is None or child.poll() is None):
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.5):
            return True
        time.sleep(0.03)
    return False


def main() -> None:
    """Serve until ended; with `--with-parent` also until the parent's end of stdin closes."""
    parser = argparse.ArgumentParser(prog="python -m shared.broker", description=__doc__)
    parser.add_argument("--port", type=int, default=1883, help="default: 1883")
    parser.add_argument("--mqtt", choices=sorted(_LISTENERS), default="5", help="the version it speaks (default: 5)")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")
    asked = parser.parse_args()
    if iotcore is None:
        parser.error("iotcore is not installed: pip install 'stadtherz[demo]', or use mosquitto")
    if asked.with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it reports every packet as an error
    with tempfile.TemporaryDirectory(prefix="stadtherz-broker-") as folder:
        settings = Path(folder) / "broker.toml"
        settings.write_text(_SETTINGS.format(port=asked.port, listener=_LISTENERS[asked.mqtt]), encoding="utf-8")
        broker = iotcore.IotCoreBroker(config_path=str(settings))  # it has read them when it stands
    with contextlib.suppress(KeyboardInterrupt):
        broker.run_forever()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()

"""A broker in a child process, for the demo and the tests: rumqttd, as the wheel `iotcore` carries it.

    python -m shared.broker --port 1883

Rule: loopback only. It knows no rights, so it never serves more than one machine; a city
runs mosquitto. It listens for MQTT 5 on `port` and, if asked, for MQTT 3.1.1 on another.
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
_SETTINGS = """\
id = 0

[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 8388608
max_segment_count = 8

[{version}.1]
name = "{version}-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[{version}.1.connections]
connection_timeout_ms = 60000
max_payload_size = 16777216
max_inflight_count = 100
dynamic_filters = true
"""  # with rumqttd's own segment sizes it grew to 957 MB


class EmbeddedBroker:
    """The child process. `with EmbeddedBroker() as broker:` listens on `broker.port` inside the block."""

    def __init__(self, port: int = 0, port_3: int | None = None) -> None:
        """Choose the ports: 0 means a free one; `port_3` is for MQTT 3.1.1, None for not at all."""
        self.host = HOST
        self.port = port or free_port()
        self.port_3 = free_port() if port_3 == 0 else port_3
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> "EmbeddedBroker":
        """Start the child and wait until it accepts connections; RuntimeError if it does not."""
        command = [sys.executable, "-m", "shared.broker", "--with-parent", "--port", str(self.port)]
        if self.port_3:
            command += ["--port-3", str(self.port_3)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(__file__).parent.parent)  # noqa: S603 (ours)
        for port in filter(None, (self.port, self.port_3)):
            if not accepts(self.host, port, START_TIMEOUT_S, self._child):
                self.stop()
                raise RuntimeError(f"the broker does not listen on port {port}; is it taken, or is iotcore missing?")
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
    parser.add_argument("--port", type=int, default=1883, help="MQTT 5 (default 1883)")
    parser.add_argument("--port-3", type=int, default=None, help="MQTT 3.1.1 (default: not at all)")
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
        settings.write_text(_settings(asked.port, asked.port_3), encoding="utf-8")
        with contextlib.suppress(KeyboardInterrupt):
            iotcore.IotCoreBroker(config_path=str(settings)).run_forever()


def _settings(port: int, port_3: int | None) -> str:
    text = _SETTINGS.format(version="v5", port=port)
    if port_3:
        text += "\n[v4.1]" + _SETTINGS.format(version="v4", port=port_3).split("[v4.1]", 1)[1]
    return text


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()

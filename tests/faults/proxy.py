"""A line that is as bad as we like: a TCP proxy in a thread, for tests.

`Line` says how bad; it may change while bytes are under way. Every connection has a thread for each
direction, so a stall of one direction holds up that direction alone, as a real line does.
"""

import contextlib
import queue
import random
import socket
import threading
import time
from dataclasses import dataclass
from typing import NamedTuple

HOST = "127.0.0.1"
PIECE = 1024  # bytes that are delayed, stalled or lost together: about one packet
UNDER_WAY_MAX = 256  # pieces: what the routers between here and there keep
_LOOK_S = 0.05


@dataclass(frozen=True)
class Line:
    """How a line is. `kbit_s` 0 means as fast as it goes; `stalls` and `cuts` are chances for each piece.

    `one_way` lets connections stand while nothing arrives any more: what a router does that forgot them.
    """

    kbit_s: int = 0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    stalls: float = 0.0
    stall_s: float = 1.0
    cuts: float = 0.0
    one_way: bool = False


GOOD = Line()


class _Piece(NamedTuple):
    due: float
    content: bytes


class Proxy:
    """Listens on `port` and passes on to `target`; `with Proxy(port) as proxy:`."""

    def __init__(self, target: int, line: Line = GOOD, seed: int = 0) -> None:
        self.line, self._target = line, target
        self._chance = random.Random(seed)
        self._listener = socket.create_server((HOST, 0))
        self.host, self.port = HOST, int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.connections = self.cuts = self.stalls = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> "Proxy":
        self._threads[0].start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    @property
    def is_used(self) -> bool:
        """Whether a connection stands at this moment."""
        return bool(self._open)

    def cut(self) -> None:
        """Break every connection, now; new ones are taken."""
        with self._lock:
            broken, self._open = self._open, set()
        self.cuts += bool(broken)
        for end in broken:
            _close(end)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection((HOST, self._target), timeout=5)
            except OSError:
                _close(near)
                continue
            self.connections += 1
            for end in (near, far):
                end.settimeout(_LOOK_S)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                self._threads.append(threading.Thread(target=self._carry, args=(source, sink), daemon=True))
                self._threads[-1].start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        """Take pieces as fast as the line is, and let another thread deliver each when it is due."""
        under_way: queue.Queue[_Piece | None] = queue.Queue(UNDER_WAY_MAX)
        delivering = threading.Thread(target=self._deliver, args=(under_way, sink), daemon=True)
        delivering.start()
        due = 0.0
        try:
            while not self._ended.is_set():
                try:
                    content = source.recv(PIECE)
                except TimeoutError:
                    continue
                if not content:
                    break
                if self.line.one_way:
                    continue
                self._ended.wait(self._transmission_s(len(content)))
                due = max(due, time.monotonic() + self.line.delay_s + self._chance.uniform(0, self.line.jitter_s))
                under_way.put(_Piece(due, content))
        except OSError:
            pass  # one of the ends is gone: below the other goes too
        finally:
            under_way.put(None)
            delivering.join(self.line.delay_s + self.line.jitter_s + 5)
            with self._lock:
                self._open -= {source, sink}
            _close(source)
            _close(sink)

    def _deliver(self, under_way: "queue.Queue[_Piece | None]", sink: socket.socket) -> None:
        broken = False
        while (piece := under_way.get()) is not None:
            self._ended.wait(max(0.0, piece.due - time.monotonic()))
            rest = memoryview(piece.content)
            while rest and not broken and not self._ended.is_set():
                try:
                    rest = rest[sink.send(rest) :]
                except TimeoutError:
                    continue
                except OSError:
                    broken = True  # go on taking what is under way, so that the reader does not wait for us

    def _transmission_s(self, length: int) -> float:
        """Return how long these bytes take from one end to the other; raise OSError where the line is cut."""
        line = self.line
        if self._chance.random() < line.cuts:
            self.cuts += 1
            raise ConnectionAbortedError("the line was cut")
        seconds = length * 8 / (line.kbit_s * 1000) if line.kbit_s else 0.0
        if self._chance.random() < line.stalls:
            self.stalls += 1
            seconds += line.stall_s
        return seconds


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def quiet_for(proxy: Proxy, seconds: float) -> None:
    """Let connections stand while nothing arrives, then make the line good again."""
    before, proxy.line = proxy.line, Line(one_way=True)
    time.sleep(seconds)
    proxy.line = before

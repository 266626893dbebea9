"""As much of an MQTT 5 client as a simulated centre needs: a thousand of them share one thread.

Clean start, a will, QoS 1 both ways, keepalive. `shared.mqtt` gives each connection a thread of its
own, which is right for a house and too heavy for a city in one process.

Rule: never more under way than the broker allows; what waits is lost with the connection, like all
mail of this network.
"""

import asyncio
import struct
from collections import deque
from collections.abc import Callable
from enum import IntEnum

KEEPALIVE_S = 60
LETTER_EXPIRY_S, PRESENCE_EXPIRY_S = 120, 24 * 3600  # as `shared.mqtt` says it
_EXPIRY, _SESSION_EXPIRY, _RECEIVE_MAX = 0x02, 0x11, 0x21
_PROPERTY_LENGTHS = {0x11: 4, 0x13: 2, 0x21: 2, 0x22: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1}
_CLEAN, _WILL = 0x02, 0x04 | 0x08 | 0x20  # the will goes by QoS 1 and is retained


class Kind(IntEnum):
    """Kinds of packets: the upper half of the first byte."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBSCRIBE = 8
    SUBACK = 9
    PING = 12
    DISCONNECT = 14


class Line(asyncio.Protocol):
    """One connection. `granted`: the broker took the subscriptions; `letter`: a message; `lost`: it is over."""

    def __init__(
        self,
        client_id: str,
        subscriptions: tuple[str, ...],
        will: tuple[str, bytes],
        *,
        granted: Callable[[], None],
        letter: Callable[[str, bytes], None],
        lost: Callable[[], None],
        user: str = "",
        password: str = "",
    ) -> None:
        self._client_id, self._subscriptions, self._will = client_id, subscriptions, will
        self._granted, self._letter, self._lost = granted, letter, lost
        self._user, self._password = user, password
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._under_way: set[int] = set()
        self._under_way_max, self._last_number = 65_535, 0
        self._ping: asyncio.TimerHandle | None = None
        self.sent = self.heard = 0  # letters

    def publish(self, topic: str, body: bytes, *, presence: bool = False) -> None:
        """Send one letter by QoS 1, now or as soon as the broker takes one more."""
        number = self._next_number()
        expiry = PRESENCE_EXPIRY_S if presence else LETTER_EXPIRY_S
        head = _text(topic) + struct.pack("!HBBI", number, 5, _EXPIRY, expiry)
        self._waiting.append((number, _packet(Kind.PUBLISH << 4 | 0x02 | presence, head + body)))
        self._flush()

    def say_goodbye(self) -> None:
        """Disconnect so that the broker publishes no will."""
        if self._transport is not None:
            self._transport.write(_packet(Kind.DISCONNECT << 4, b""))
            self._transport.close()

    def cut(self) -> None:
        """Vanish."""
        if self._transport is not None:
            self._transport.abort()

    # --- what asyncio calls ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._greeting())
        self._ping = asyncio.get_running_loop().call_later(KEEPALIVE_S / 2, self._say_alive)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (packet := _taken(self._received)) is not None:
            self._read(*packet)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._ping is not None:
            self._ping.cancel()
        self._lost()

    # --- packets -----------------------------------------------------------------------------

    def _read(self, first: int, body: bytes) -> None:
        match first >> 4:
            case Kind.CONNACK:
                assert body[1] == 0, f"the broker refuses {self._client_id}: {body[1]:#x}"
                self._under_way_max = min(self._under_way_max, _receive_max(body[2:]))
                listed = b"".join(_text(topic) + b"\x01" for topic in self._subscriptions)
                self._write(_packet(Kind.SUBSCRIBE << 4 | 0x02, struct.pack("!HB", self._next_number(), 0) + listed))
            case Kind.SUBACK:
                self._granted()
            case Kind.PUBACK:
                self._under_way.discard(int.from_bytes(body[:2]))
                self._flush()
            case Kind.PUBLISH:
                self._take(first, body)
            case Kind.DISCONNECT:
                self.cut()

    def _take(self, first: int, body: bytes) -> None:
        length = int.from_bytes(body[:2])
        topic, at = body[2 : 2 + length].decode(), 2 + length
        if first & 0x06:
            self._write(_packet(Kind.PUBACK << 4, body[at : at + 2]))
            at += 2
        properties, at = _number(body, at)
        self.heard += 1
        self._letter(topic, body[at + properties :])

    def _greeting(self) -> bytes:
        flags = _CLEAN | _WILL | (0xC0 if self._user else 0)
        head = _text("MQTT") + struct.pack("!BBHBBI", 5, flags, KEEPALIVE_S, 5, _SESSION_EXPIRY, 0)
        topic, will = self._will
        last = struct.pack("!BBI", 5, _EXPIRY, PRESENCE_EXPIRY_S) + _text(topic) + struct.pack("!H", len(will)) + will
        known = _text(self._user) + _text(self._password) if self._user else b""
        return _packet(Kind.CONNECT << 4, head + _text(self._client_id) + last + known)

    def _flush(self) -> None:
        while self._waiting and len(self._under_way) < self._under_way_max:
            number, packet = self._waiting.popleft()
            self._under_way.add(number)
            self._write(packet)
            self.sent += 1

    def _write(self, packet: bytes) -> None:
        if self._transport is not None:
            self._transport.write(packet)

    def _say_alive(self) -> None:
        self._write(_packet(Kind.PING << 4, b""))
        self._ping = asyncio.get_running_loop().call_later(KEEPALIVE_S / 2, self._say_alive)

    def _next_number(self) -> int:
        self._last_number = self._last_number % 65_535 + 1
        return self._last_number


def _packet(first: int, body: bytes) -> bytes:
    length, size = b"", len(body)
    while True:
        size, digit = size >> 7, size & 0x7F
        length += bytes((digit | (0x80 if size else 0),))
        if not size:
            return bytes((first,)) + length + body


def _taken(received: bytearray) -> tuple[int, bytes] | None:
    """Take the first packet off `received`; None while it is not whole."""
    try:
        length, at = _number(received, 1)
    except IndexError:
        return None
    if len(received) < at + length:
        return None
    packet = received[0], bytes(received[at : at + length])
    del received[: at + length]
    return packet


def _number(received: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return the number of variable length at `at`, and where it ends."""
    number = shift = 0
    while True:
        digit = received[at]
        number |= (digit & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not digit & 0x80:
            return number, at


def _receive_max(properties: bytes) -> int:
    """Return how many letters the broker takes without having acknowledged them."""
    length, at = _number(properties, 0)
    end = at + length
    while at < end:
        kind = properties[at]
        if kind == _RECEIVE_MAX:
            return int.from_bytes(properties[at + 1 : at + 3])
        texts = kind not in _PROPERTY_LENGTHS
        at += 1 + (2 + int.from_bytes(properties[at + 1 : at + 3]) if texts else _PROPERTY_LENGTHS[kind])
    return 65_535


def _text(words: str) -> bytes:
    encoded = words.encode()
    return struct.pack("!H", len(encoded)) + encoded

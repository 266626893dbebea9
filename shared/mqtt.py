"""The post: paho's callbacks become letters in the reader's inbox. Nothing else imports paho.

Rules: nothing is published while the broker is away (paho would queue it without limit and
send it later; our queue is the ledger). Every connection gets a client of its own, so that
nothing of the last one is sent again. A callback never raises and never blocks; the thread
that paho ends for any reason is replaced, with back-off and jitter.
"""

import contextlib
import logging
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from shared.errors import ConfigError

KEEPALIVE_S = 60
CONNECT_TIMEOUT_S = 5.0
LETTER_EXPIRY_S = 120  # an older hello, batch or cursor has been said again long since
PRESENCE_EXPIRY_S = 24 * 3600
RECONNECT_MIN_S, RECONNECT_MAX_S = 0.5, 8.0  # a house that comes back is seen within ten seconds
ANSWER_TIMEOUT_S = 15.0  # from the open socket to the granted subscriptions
INFLIGHT_MAX = 100  # what the embedded broker takes without an acknowledgement
OUTBOX_MAX = 2_000  # unacknowledged letters; credit keeps us far below
PACKET_BYTES_MAX = 1024 * 1024  # a broker that knows MQTT 5 does not even deliver larger ones
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how to speak to it. `mqtt` is "5" or "3.1.1"."""

    host: str
    port: int
    mqtt: str = "5"
    tls: bool = False
    ca_file: str | None = None  # None: the system's authorities
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"Broker({self.host}:{self.port}, MQTT {self.mqtt}{', TLS' if self.tls else ''})"


class BrokerSettings(Protocol):
    """The settings of a node and of the hub that say where the broker is; '' means not given."""

    @property
    def broker_host(self) -> str: ...
    @property
    def broker_port(self) -> int: ...
    @property
    def broker_mqtt(self) -> str: ...
    @property
    def broker_tls(self) -> bool: ...
    @property
    def broker_ca_file(self) -> str: ...
    @property
    def broker_user(self) -> str: ...
    @property
    def broker_password(self) -> str: ...


def broker_of(settings: BrokerSettings) -> Broker:
    """Return the broker that `settings` name."""
    return Broker(
        settings.broker_host,
        settings.broker_port,
        settings.broker_mqtt,
        settings.broker_tls,
        settings.broker_ca_file or None,
        settings.broker_user or None,
        settings.broker_password or None,
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that came by `topic`; `retained` if it had been lying at the broker."""

    topic: str
    body: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker answers and has granted every subscription (`refused` names those it did not)."""

    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker is away; `reason` in its words, or those of the socket."""

    reason: str


Arrival = Letter | Connected | Disconnected


class Post:
    """One connection to the broker, kept up until `stop`.

    `deliver` gets every arrival, in paho's thread: it must neither block nor raise. `will` is
    asked for (topic, body) at each connect; the broker publishes it, retained, when we vanish.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        subscriptions: tuple[str, ...],
        deliver: Callable[[Arrival], None],
        will: Callable[[], tuple[str, bytes]] | None = None,
    ) -> None:
        if broker.mqtt not in ("5", "3.1.1"):
            raise ConfigError(f"MQTT {broker.mqtt!r} is not possible: use 5 or 3.1.1.")
        self._broker, self._client_id, self._subscriptions = broker, client_id, subscriptions
        self._deliver, self._will = deliver, will
        self._stopping = threading.Event()
        self._answered = False  # whether the last connection got as far as its subscriptions
        self._client: _Client | None = None  # only a client whose subscriptions are granted
        self._thread = threading.Thread(target=self._stay_connected, name=f"post-{client_id}", daemon=True)

    @property
    def connected(self) -> bool:
        return self._client is not None

    def start(self) -> None:
        self._thread.start()

    def stop(self, farewell: tuple[str, bytes] | None = None) -> None:
        """Say `farewell` (a retained topic and body, as a clean disconnect sends no will), then disconnect."""
        client = self._client
        if client is not None and farewell is not None:
            expiry = self._expiry(PRESENCE_EXPIRY_S)
            info = client.publish(farewell[0], farewell[1], qos=1, retain=True, properties=expiry)
            with contextlib.suppress(ValueError, RuntimeError):
                info.wait_for_publish(timeout=1.0)
        self._stopping.set()
        if client is not None:
            client.disconnect()
        if self._thread.is_alive():
            self._thread.join(CONNECT_TIMEOUT_S + 2)

    def publish(self, topic: str, body: bytes, *, presence: bool = False) -> bool:
        """Hand one letter to the broker, QoS 1; return False (and forget it) while the broker is away.

        Replication letters expire after two minutes; presence is retained for a day.
        """
        client = self._client
        if client is None:
            return False
        expiry = self._expiry(PRESENCE_EXPIRY_S if presence else LETTER_EXPIRY_S)
        info = client.publish(topic, body, qos=1, retain=presence, properties=expiry)
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    # --- the thread that keeps the connection up -----------------------------------------

    def _stay_connected(self) -> None:
        pause_s = RECONNECT_MIN_S
        while not self._stopping.is_set():
            self._answered = False
            try:
                reason = self._live_once()
            except (OSError, ValueError) as error:  # refused, unreachable, unknown host, TLS
                reason = str(error) or type(error).__name__
            except Exception as error:  # noqa: BLE001 (logged; the post must outlive paho's faults)
                _log.exception("the post broke down and starts again")
                reason = type(error).__name__
            self._client = None
            self._deliver(Disconnected(reason))
            pause_s = RECONNECT_MIN_S if self._answered else min(pause_s * 2, RECONNECT_MAX_S)
            self._stopping.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 (spreads reconnects, hides nothing)

    def _live_once(self) -> str:
        """Connect, live until the connection ends, return why it did."""
        client = _Client(self._client_id, paho.MQTTv5 if self._is_5 else paho.MQTTv311, self._is_5)
        client.greeting, client.granted, client.letter = self._greet, self._granted, self._letter
        self._dress(client)
        client.connect(self._broker.host, self._broker.port, KEEPALIVE_S, **self._session())
        client.loop_start()
        try:
            opened = time.monotonic()
            while not client.ended.wait(1.0):
                silent = not self._answered and time.monotonic() - opened > ANSWER_TIMEOUT_S
                if self._stopping.is_set() or silent:
                    client.why = "no answer" if silent else "stopped"
                    client.disconnect()
        finally:
            self._client = None
            client.loop_stop()
        return client.why

    @property
    def _is_5(self) -> bool:
        return self._broker.mqtt == "5"

    def _dress(self, client: "_Client") -> None:
        if self._broker.user is not None:
            client.username_pw_set(self._broker.user, self._broker.password)
        if self._broker.tls:
            client.tls_set(ca_certs=self._broker.ca_file)
        if self._will is not None:
            topic, body = self._will()
            expiry = None
            if self._is_5:
                expiry = _properties(PacketTypes.WILLMESSAGE)
                expiry.MessageExpiryInterval = PRESENCE_EXPIRY_S
            client.will_set(topic, body, qos=1, retain=True, properties=expiry)

    def _session(self) -> dict[str, Any]:
        if not self._is_5:
            return {}
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 0
        properties.MaximumPacketSize = PACKET_BYTES_MAX
        return {"clean_start": True, "properties": properties}

    def _expiry(self, expiry_s: int) -> Any:
        if not self._is_5:
            return None
        properties = _properties(PacketTypes.PUBLISH)
        properties.MessageExpiryInterval = expiry_s
        return properties

    # --- called in paho's thread -----------------------------------------------------------

    def _greet(self, client: "_Client") -> None:
        if self._is_5:
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._subscriptions])
        else:
            client.subscribe([(topic, 1) for topic in self._subscriptions])

    def _granted(self, client: "_Client", failed: list[bool]) -> None:
        refused = tuple(topic for topic, no in zip(self._subscriptions, failed, strict=False) if no)
        if refused:
            _log.warning("the broker refuses to deliver %s", ", ".join(refused))
        self._client, self._answered = client, True
        self._deliver(Connected(refused))

    def _letter(self, message: paho.MQTTMessage) -> None:
        self._deliver(Letter(message.topic, bytes(message.payload), message.retain))


class _Client(paho.Client):
    """A paho client for one connection: it says when its thread ends, and its callbacks never raise."""

    greeting: Callable[["_Client"], None]
    granted: Callable[["_Client", list[bool]], None]
    letter: Callable[[paho.MQTTMessage], None]

    def __init__(self, client_id: str, protocol: Any, is_5: bool) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if is_5 else True,
            protocol=protocol,
            reconnect_on_failure=False,
        )
        self.ended = threading.Event()
        self.why = "connection lost"
        self.connect_timeout = CONNECT_TIMEOUT_S
        self.max_inflight_messages_set(INFLIGHT_MAX)
        self.max_queued_messages_set(OUTBOX_MAX)
        self.on_socket_open = _without_delay
        self.on_connect = self._on_connack
        self.on_subscribe = self._on_suback
        self.on_message = self._on_letter
        self.on_disconnect = self._on_end

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:
        """Run paho's loop; whatever ends it, `ended` is set (is_connected() would stay true)."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 (logged; else the thread dies silently)
            _log.exception("the connection's thread ended")
            self.why = type(error).__name__
            return MQTTErrorCode.MQTT_ERR_UNKNOWN
        finally:
            self.ended.set()

    def _on_connack(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.why = str(reason)
            return
        self._quietly(lambda: self.greeting(self))

    def _on_suback(self, client: Any, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        self._quietly(lambda: self.granted(self, [reason.is_failure for reason in reasons]))

    def _on_letter(self, client: Any, userdata: Any, message: paho.MQTTMessage) -> None:
        self._quietly(lambda: self.letter(message))

    def _on_end(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.why = str(reason)

    def _quietly(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001 (logged; an exception here would end paho's thread)
            _log.exception("a letter was lost in a callback")


def _properties(packet_type: int) -> Any:  # a property is an attribute that paho makes up at run time
    return Properties(packet_type)  # type: ignore[no-untyped-call]


def _without_delay(client: Any, userdata: Any, opened: Any) -> None:
    """Without this a request and its answer take 44 ms instead of 0.4 (Nagle's algorithm)."""
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

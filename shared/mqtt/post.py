"""One connection to the broker, kept up by a thread of its own."""

import contextlib
import itertools
import logging
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from shared.errors import ConfigError
from shared.mqtt.client import CONNECT_TIMEOUT_S, Client
from shared.mqtt.dress import dress, own_id, why
from shared.mqtt.subscriptions import Subscriptions
from shared.mqtt.words import Arrival, Broker, Connected, Disconnected, Granted, Letter, are_addresses

KEEPALIVE_S = 60
LETTER_EXPIRY_S = 120  # an older hello, batch or cursor has been said again long since
PRESENCE_EXPIRY_S = 24 * 3600
RECONNECT_MIN_S, RECONNECT_MAX_S = 0.5, 8.0  # a house that comes back is seen within ten seconds
ANSWER_TIMEOUT_S = 15.0  # without an answer, from the open socket to the last granted subscription
PACKET_BYTES_MAX = 1024 * 1024  # a broker that knows MQTT 5 does not even deliver larger ones
_log = logging.getLogger(__name__)


class Post:
    """One connection to the broker, kept up until `stop`.

    `deliver` gets every arrival, in paho's thread: it must neither block nor raise. `will` is
    asked for (topic, body) at each connect; the broker publishes it, retained, when we vanish.
    Of several addresses of the broker the next is tried whenever one fails.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        subscriptions: Iterable[str],
        deliver: Callable[[Arrival], None],
        will: Callable[[], tuple[str, bytes]] | None = None,
        *,
        keep_session_s: int = 0,
    ) -> None:
        if broker.mqtt not in ("5", "3.1.1"):
            raise ConfigError(f"MQTT {broker.mqtt!r} is not possible: use 5 or 3.1.1.")
        if not are_addresses(broker.host):
            raise ConfigError(f"broker_host: {broker.host!r} is no address. Write host or host:port, commas between.")
        self._broker, self._client_id, self._wanted = broker, client_id, tuple(subscriptions)
        self._deliver, self._will = deliver, will
        self._keep_session_s = keep_session_s
        self._stopping = threading.Event()
        self._answered = False  # whether the last connection got as far as its subscriptions
        self._heard_at = 0.0  # when it last answered before it got there
        self._client: Client | None = None  # only a client whose subscriptions are granted
        self._lock = threading.RLock()  # around what is wanted and what was asked for
        self._subscriptions: Subscriptions | None = None
        self._thread = threading.Thread(target=self._stay_connected, name=f"post-{client_id}", daemon=True)

    @property
    def connected(self) -> bool:
        return self._client is not None

    def start(self) -> None:
        self._thread.start()

    def listen_to(self, topics: Iterable[str]) -> None:
        """Have exactly `topics` delivered from now on. A `Granted` follows once the broker has taken new ones."""
        wanted = tuple(topics)
        with self._lock:
            if wanted == self._wanted:
                return
            self._wanted = wanted
            if self._subscriptions is not None:
                self._subscriptions.become(self._wanted)

    def hears(self, topic: str) -> bool:
        """Tell whether the broker has answered for `topic`: who speaks now gets the answers."""
        with self._lock:
            return self._subscriptions is not None and self._subscriptions.covers(topic)

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
        failures, addresses = 0, itertools.cycle(self._broker.addresses)
        while not self._stopping.is_set():
            self._answered = False
            try:
                reason = self._live_once(*next(addresses))
            except (OSError, ValueError) as error:  # refused, unreachable, unknown host, TLS
                reason = why(error)
            except Exception as error:  # noqa: BLE001 (logged; the post must outlive paho's faults)
                _log.exception("the post broke down and starts again")
                reason = type(error).__name__
            self._forget_connection()
            self._bring(Disconnected(reason))
            failures = 0 if self._answered else failures + 1
            rounds = failures // len(self._broker.addresses)
            pause_s = min(RECONNECT_MIN_S * 2**rounds, RECONNECT_MAX_S)
            self._stopping.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 (spreads reconnects, hides nothing)

    def _bring(self, arrival: Arrival) -> None:
        """Deliver it, unless nobody listens any more: whoever stopped this post may have another one by now."""
        if not self._stopping.is_set():
            self._deliver(arrival)

    def _forget_connection(self) -> None:
        with self._lock:
            self._client = self._subscriptions = None

    def _live_once(self, host: str, port: int) -> str:
        """Connect, live until the connection ends, return why it did."""
        client = Client(self._name(), self._is_5, self._keep_session_s > 0)
        client.greeting, client.granted, client.letter = self._greet, self._granted, partial(self._letter, client)
        self._dress(client)
        client.connect(host, port, KEEPALIVE_S, **self._session())
        client.loop_start()
        try:
            self._heard_at = time.monotonic()
            while not client.ended.wait(1.0):
                silent = not self._answered and time.monotonic() - self._heard_at > ANSWER_TIMEOUT_S
                if self._stopping.is_set() or silent:
                    client.why = "no answer" if silent else "stopped"
                    client.disconnect()
        finally:
            self._forget_connection()
            client.loop_stop()
        return client.why

    def _name(self) -> str:
        """Return the client's id: another one for each MQTT 3.1.1 connection that leaves nothing behind.

        RabbitMQ keeps what a client subscribed to on one machine of a cluster, under its id; while that machine is
        down nobody of the same id is let in by the others.
        """
        mine = own_id(self._client_id, self._broker)
        return mine if self._is_5 or self._keep_session_s else f"{mine}-{secrets.token_hex(4)}"

    @property
    def _is_5(self) -> bool:
        return self._broker.mqtt == "5"

    def _dress(self, client: "Client") -> None:
        dress(client, self._broker)
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
        properties.SessionExpiryInterval = self._keep_session_s
        properties.MaximumPacketSize = PACKET_BYTES_MAX
        return {"clean_start": not self._keep_session_s, "properties": properties}

    def _expiry(self, expiry_s: int) -> Any:
        if not self._is_5:
            return None
        properties = _properties(PacketTypes.PUBLISH)
        properties.MessageExpiryInterval = expiry_s
        return properties

    # --- called in paho's thread -----------------------------------------------------------

    def _greet(self, client: "Client") -> None:
        with self._lock:
            self._subscriptions = Subscriptions(client, self._is_5)
            self._subscriptions.become(self._wanted)
            self._settle(client)

    def _granted(self, client: "Client", number: int, failed: list[bool]) -> None:
        self._heard_at = time.monotonic()
        with self._lock:
            if self._subscriptions is None:
                return
            granted, refused = self._subscriptions.answered(number, failed)
            if refused:
                _log.warning("the broker refuses to deliver %s", ", ".join(refused))
            if self._client is None:
                self._settle(client)
            else:
                self._bring(Granted(tuple(granted), tuple(refused)))

    def _settle(self, client: "Client") -> None:
        """Open for letters once every subscription is answered."""
        if self._subscriptions is not None and self._subscriptions.complete:
            self._client, self._answered = client, True
            self._bring(Connected(tuple(sorted(self._subscriptions.refused))))

    def _letter(self, client: "Client", message: MQTTMessage) -> None:
        letter = Letter(message.topic, bytes(message.payload), message.retain)
        if self._keep_session_s:
            letter = replace(letter, confirm=partial(client.ack, message.mid, message.qos))
        self._bring(letter)


def _properties(packet_type: int) -> Any:  # a property is an attribute that paho makes up at run time
    return Properties(packet_type)  # type: ignore[no-untyped-call]

"""paho's client, for one connection: it says when its thread ends, and its callbacks never raise."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

CONNECT_TIMEOUT_S = 5.0
INFLIGHT_MAX = 100  # what the embedded broker takes without an acknowledgement
OUTBOX_MAX = 2_000  # unacknowledged letters; credit keeps us far below
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux knows it
_log = logging.getLogger(__name__)


class Client(paho.Client):
    """`greeting` is called when the broker took us in, `granted` when it answers a subscription."""

    greeting: Callable[["Client"], None]
    granted: Callable[["Client", int, list[bool]], None]
    letter: Callable[[paho.MQTTMessage], None]

    def __init__(self, client_id: str, is_5: bool, keeps_session: bool = False) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if is_5 else not keeps_session,
            protocol=paho.MQTTv5 if is_5 else paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=keeps_session,
        )
        self.ended = threading.Event()
        self.why = "connection lost"
        self._refusal = ""
        self.connect_timeout = CONNECT_TIMEOUT_S
        self.max_inflight_messages_set(INFLIGHT_MAX)
        self.max_queued_messages_set(OUTBOX_MAX)
        self.on_socket_open = _without_delay
        self.on_connect = self._on_connack
        self.on_subscribe = self._on_suback
        self.on_publish = self._on_puback
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
            self._refusal = str(reason)
            return
        self._quietly(lambda: self.greeting(self))

    def _on_suback(self, client: Any, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        self._quietly(lambda: self.granted(self, mid, [reason.is_failure for reason in reasons]))

    def _on_puback(self, client: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        _acknowledge(self.socket())

    def _on_letter(self, client: Any, userdata: Any, message: paho.MQTTMessage) -> None:
        _acknowledge(self.socket())
        self._quietly(lambda: self.letter(message))

    def _on_end(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.why = self._refusal or str(reason)  # what follows a refusal is called "Protocol error"

    def _quietly(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001 (logged; an exception here would end paho's thread)
            _log.exception("a letter was lost in a callback")


def _without_delay(client: Any, userdata: Any, opened: Any) -> None:
    """Without this a request and its answer take 44 ms instead of 0.4 (Nagle's algorithm)."""
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _acknowledge(opened: Any) -> None:
    """Let the kernel acknowledge at once: a broker that leaves Nagle on holds the next letter back until then."""
    if _QUICKACK is not None and opened is not None:
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

"""The client of mosquitto's dynamic security: commands over `$CONTROL`, each with its own answer.

    with Control(broker) as control:
        control.ask([{"command": "listClients"}])

A message carries many commands; the answers are told apart by what we wrote on each (`correlationData`).
Rule: passwords go into the message and nowhere else; no error here says what was sent.
"""

import json
import secrets
import ssl
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

from shared.mqtt.client import Client
from shared.mqtt.dress import dress, why
from shared.mqtt.words import Broker

REQUESTS = "$CONTROL/dynamic-security/v1"
RESPONSES = f"{REQUESTS}/response"
ANSWER_TIMEOUT_S = 10.0
AT_ONCE = 100  # commands in one message: some 100 kB, a tenth of what the broker takes
KEEPALIVE_S = 30

Command = dict[str, Any]
Answer = dict[str, Any]


class ControlUnreachable(Exception):
    """The broker is away, does not let us in, or does not answer in time; the text says which."""


class CommandRefused(Exception):
    """The broker understood and refused: `command`, and `error` in its words."""

    def __init__(self, command: str, error: str) -> None:
        super().__init__(f"{command}: {error}")
        self.command, self.error = command, error


class Control:
    """A connection of the broker's administrator, open inside the `with` block; for one thread."""

    def __init__(self, broker: Broker, *, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._broker, self._timeout_s = broker, timeout_s
        self._client = Client(f"stadtherz-control-{secrets.token_hex(8)}", broker.mqtt == "5")
        self._client.greeting, self._client.granted, self._client.letter = self._greet, self._granted, self._letter
        self._changed = threading.Condition()
        self._ready: bool | None = None  # None: no answer yet; False: we may not listen
        self._answers: dict[str, Answer] = {}

    def __enter__(self) -> "Control":
        """Connect and listen for answers. Raises ControlUnreachable."""
        dress(self._client, self._broker)
        try:
            self._client.connect(*self._broker.addresses[0], KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise ControlUnreachable(why(error)) from error
        self._client.loop_start()
        try:
            self._wait(lambda: self._ready is not None)
            if not self._ready:
                raise ControlUnreachable("the user of broker_admin_user may not manage rights")
        except ControlUnreachable:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    @property
    def certificate_ends_at(self) -> datetime | None:
        """Until when the broker's certificate is valid; None without TLS."""
        socket: Any = self._client.socket()
        shown = socket.getpeercert() if isinstance(socket, ssl.SSLSocket) else None
        if not shown:
            return None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)

    def ask(self, commands: Sequence[Command]) -> list[Answer]:
        """Return the answer to each command, in order; `error` in one says that it was refused.

        Raises ControlUnreachable; then some of the commands may have been carried out.
        """
        found: list[Answer] = []
        for start in range(0, len(commands), AT_ONCE):
            found += self._ask_at_once(commands[start : start + AT_ONCE])
        return found

    def do(self, commands: Sequence[Command], *, fine: frozenset[str] = frozenset()) -> list[Answer]:
        """Like `ask`, but raises CommandRefused for the first error that is not `fine`."""
        answers = self.ask(commands)
        for answer in answers:
            error = answer.get("error")
            if error is not None and error not in fine:
                raise CommandRefused(str(answer.get("command")), str(error))
        return answers

    def _ask_at_once(self, commands: Sequence[Command]) -> list[Answer]:
        marks = [secrets.token_hex(8) for _ in commands]
        marked = [{**command, "correlationData": mark} for command, mark in zip(commands, marks, strict=True)]
        info = self._client.publish(REQUESTS, json.dumps({"commands": marked}).encode(), qos=1)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise ControlUnreachable("connection lost")
        self._wait(lambda: all(mark in self._answers for mark in marks))
        return [self._answers.pop(mark) for mark in marks]

    def _wait(self, holds: Any) -> None:
        deadline = time.monotonic() + self._timeout_s
        with self._changed:
            while not holds():
                if self._client.ended.is_set():
                    raise ControlUnreachable(self._client.why)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ControlUnreachable("no answer")
                self._changed.wait(min(left, 0.1))

    def _leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    # --- called in paho's thread -----------------------------------------------------------

    def _greet(self, client: Client) -> None:
        client.subscribe(RESPONSES, 1)

    def _granted(self, client: Client, number: int, failed: list[bool]) -> None:
        with self._changed:
            self._ready = not any(failed)
            self._changed.notify_all()

    def _letter(self, message: MQTTMessage) -> None:
        answers = json.loads(message.payload).get("responses", [])
        with self._changed:
            self._answers.update(
                {answer["correlationData"]: answer for answer in answers if "correlationData" in answer}
            )
            self._changed.notify_all()

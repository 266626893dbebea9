"""Where the broker is, and what arrives from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


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
    """A message that came by `topic`; `retained` if it had been lying at the broker.

    A post that keeps its session waits with its confirmation until `confirm` is called: what was
    not confirmed comes again. Every other post has confirmed already.
    """

    topic: str
    body: bytes
    retained: bool = False
    confirm: Callable[[], object] = field(default=lambda: None, compare=False)


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker answers and has granted every subscription (`refused` names those it did not)."""

    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker is away; `reason` in its words, or those of the socket."""

    reason: str


Arrival = Letter | Connected | Disconnected

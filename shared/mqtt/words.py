"""Where the broker is, and what arrives from it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how to speak to it. `mqtt` is "5" or "3.1.1".

    `host` may name several machines of one cluster, `host[:port], host[:port]`: whoever speaks by
    one of them is heard by all. `port` is that of those that name none.
    """

    host: str
    port: int
    mqtt: str = "5"
    tls: bool = False
    ca_file: str | None = None  # None: the system's authorities
    user: str | None = None
    password: str | None = None

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Return host and port of each machine, in the order in which they are tried; ValueError if one is none."""
        return tuple(_address(text.strip(), self.port) for text in self.host.split(","))

    def __repr__(self) -> str:
        return f"Broker({self.host}:{self.port}, MQTT {self.mqtt}{', TLS' if self.tls else ''})"


def _address(text: str, port: int) -> tuple[str, int]:
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no address")
    number = int(found["port"] or port)
    if not 0 < number < 65536:
        raise ValueError(f"{text!r} has no possible port")
    return found["host"].strip("[]"), number


def are_addresses(text: str) -> bool:
    """Tell whether `text` is what `broker_host` may be: one address or several, with commas between them."""
    try:
        return bool(Broker(text, 1).addresses)
    except ValueError:
        return False


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
class Granted:
    """The broker delivers `topics` too, which were asked for while connected (`refused`: those it does not)."""

    topics: tuple[str, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker is away; `reason` in its words, or those of the socket."""

    reason: str


Arrival = Letter | Connected | Granted | Disconnected

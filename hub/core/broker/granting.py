"""Giving a centre its access at the broker, and taking it away: effective at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hub.config import HubConfig
from hub.core.broker import rights
from hub.core.broker.access import is_managed
from hub.core.broker.rights import Issuer
from shared import broker_users
from shared.errors import Refusal
from shared.mqtt import broker_of
from shared.mqtt.control import Command, CommandRefused, Control, ControlUnreachable

GONE = frozenset({"Client not found", "Role not found"})


class BrokerUnreachable(Refusal):
    """The broker's rights cannot be changed now; `reason` is for those who look after it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the broker cannot be reached to change its rights: {reason}")
        self.reason = reason


def grant(config: HubConfig, centre_id: str, number: int) -> None:
    """Let a centre in at the broker with the password of its access number; a client with another one is cut off.

    Talks to the broker (up to some seconds): call it outside a transaction. Raises BrokerUnreachable.
    """
    if is_managed(config):
        added = [command for user in Issuer(config).of_centre(centre_id, number) for command in rights.addition(user)]
        with control_of(config) as control:
            control.do([*_removal(centre_id), *added], fine=GONE)


def withdraw(config: HubConfig, centre_id: str) -> None:
    """Let a centre in no more and cut it off; nothing happens if it was never let in.

    Talks to the broker (up to some seconds): call it outside a transaction. Raises BrokerUnreachable.
    """
    if is_managed(config):
        with control_of(config) as control:
            control.do(_removal(centre_id), fine=GONE)


@contextmanager
def control_of(config: HubConfig) -> Iterator[Control]:
    """Yield a connection of the broker's administrator. Raises BrokerUnreachable, also for what happens inside."""
    broker = replace(broker_of(config), user=config.broker_admin_user, password=config.broker_admin_password)
    try:
        with Control(broker) as control:
            yield control
    except (ControlUnreachable, CommandRefused) as error:
        raise BrokerUnreachable(str(error)) from error


def _removal(centre_id: str) -> list[Command]:
    users = broker_users.node_user(centre_id), broker_users.sensor_user(centre_id)
    return [command for user in users for command in rights.removal(user)]

"""Who may do what at the broker: users and roles of mosquitto's dynamic security, built from `shared.topics`.

Rule: what is not said here is refused. Nobody reads more than what its side listens to, or publishes
where another one speaks. Each user has a role of its own name.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from hub.config import HubConfig
from hub.core.broker.access import open_secret, password_of
from shared import broker_users, topics
from shared.mqtt.control import REQUESTS, Command

Acl = dict[str, Any]
CONTROL = f"{REQUESTS.rpartition('/')[0]}/#"
DEFAULTS = {  # giving up a subscription harms nobody
    "publishClientSend": False,
    "publishClientReceive": False,
    "subscribe": False,
    "unsubscribe": True,
}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody at the broker. `mark` stands beside the name there and tells whether password and rights are these."""

    name: str
    password: str = field(repr=False)
    acls: tuple[Acl, ...]
    mark: str


def of_centre(config: HubConfig, centre_id: str, number: int) -> list[User]:
    """Return a centre's users under its access number: its node, and the sensors at its doors."""
    password = password_of(config, centre_id, number)
    found = [_user(config, broker_users.node_user(centre_id), password, of_node(config.city, centre_id))]
    if config.broker_sensors:
        name, secret = broker_users.sensor_user(centre_id), broker_users.sensor_password(password)
        found.append(_user(config, name, secret, of_sensors(config.city, centre_id)))
    return found


def of_ingest(config: HubConfig) -> list[User]:
    """Return the user of the hub's ingest; none if it signs in without a password."""
    if not (config.broker_user and config.broker_password):
        return []
    return [_user(config, config.broker_user, config.broker_password, of_hub(config.city))]


def of_node(city: str, centre: str) -> list[Acl]:
    """What a centre's node needs: its feed, cursors, presence, and its own sensors."""
    return [
        *_speaks(*topics.node_publications(city, centre)),
        *_hears(*topics.node_subscriptions(city, centre), *topics.sensor_subscriptions(city, centre)),
    ]


def of_sensors(city: str, centre: str) -> list[Acl]:
    """What the sensors of a house need: to say what they counted."""
    return _speaks(*topics.sensor_subscriptions(city, centre))


def of_hub(city: str) -> list[Acl]:
    """What the hub's ingest needs: all that centres say, and to answer."""
    return [*_speaks(*topics.hub_publications(city)), *_hears(*topics.hub_subscriptions(city))]


def of_admin() -> list[Acl]:
    """What the administrator of the rights needs: to manage them, and nothing that travels."""
    return [_allow(kind, CONTROL) for kind in ("publishClientSend", "publishClientReceive", "subscribePattern")]


def addition(user: User) -> list[Command]:
    """Return the commands that let a user in whom the broker does not know."""
    role = {"command": "createRole", "rolename": user.name, "acls": list(user.acls)}
    return [
        role,
        {
            "command": "createClient",
            "username": user.name,
            "password": user.password,
            "textname": user.mark,
            "roles": [{"rolename": user.name}],
        },
    ]


def removal(name: str) -> list[Command]:
    """Return the commands that let a user in no more; whoever is connected by that name is cut off."""
    return [{"command": "deleteClient", "username": name}, {"command": "deleteRole", "rolename": name}]


def _user(config: HubConfig, name: str, password: str, acls: list[Acl]) -> User:
    secret = open_secret(config.broker_secret_file)
    mark = broker_users.derived(secret, "mark", name, password, json.dumps(acls))
    return User(name, password, tuple(acls), mark[:16])


def _speaks(*where: str) -> list[Acl]:
    """Let a role publish to these topics; wills are published too."""
    return [_allow("publishClientSend", topic) for topic in where]


def _hears(*where: str) -> list[Acl]:
    """Let a role subscribe to just these filters, and get what comes by them."""
    return [_allow(kind, topic) for topic in where for kind in ("subscribeLiteral", "publishClientReceive")]


def _allow(kind: str, topic: str) -> Acl:
    return {"acltype": kind, "topic": topic, "priority": 0, "allow": True}

"""Who may do what at the broker, as commands of mosquitto's dynamic security; built from `shared.topics`.

Rule: what is not said here is refused. Nobody may read more than what its side listens to, or publish
where another one speaks.
"""

from collections.abc import Iterable
from typing import Any

from hub.config import HubConfig
from shared import broker_users, topics
from shared.mqtt.control import Command

Acl = dict[str, Any]


def speaks(*where: str) -> list[Acl]:
    """Let a role publish to these topics; wills are published too."""
    return [_allow("publishClientSend", topic) for topic in where]


def hears(*where: str) -> list[Acl]:
    """Let a role subscribe to just these filters, and get what comes by them."""
    return [
        _allow(kind, topic)
        for topic in where
        for kind in ("subscribeLiteral", "unsubscribeLiteral", "publishClientReceive")
    ]


def of_node(city: str, centre: str) -> list[Acl]:
    """What a centre's node needs: its feed, cursors, presence, and its own sensors."""
    return [
        *speaks(*topics.node_publications(city, centre)),
        *hears(*topics.node_subscriptions(city, centre), *topics.sensor_subscriptions(city, centre)),
    ]


def of_sensors(city: str, centre: str) -> list[Acl]:
    """What the sensors of a house need: to say what they counted."""
    return speaks(topics.sensor(city, centre, "+"))


def of_hub(city: str) -> list[Acl]:
    """What the hub's ingest needs: all that centres say, and to answer."""
    return [*speaks(*topics.hub_publications(city)), *hears(*topics.hub_subscriptions(city))]


def addition(config: HubConfig, centre_id: str, password: str) -> list[Command]:
    """Return the commands that let a centre and its sensors in."""
    node, sensors = broker_users.node_user(centre_id), broker_users.sensor_user(centre_id)
    return [
        _role(node, of_node(config.city, centre_id)),
        _role(sensors, of_sensors(config.city, centre_id)),
        _client(node, password),
        _client(sensors, broker_users.sensor_password(password)),
    ]


def removal(centre_id: str) -> list[Command]:
    """Return the commands that let a centre and its sensors in no more; who is connected is cut off."""
    users = broker_users.node_user(centre_id), broker_users.sensor_user(centre_id)
    return [
        *({"command": "deleteClient", "username": user} for user in users),
        *({"command": "deleteRole", "rolename": user} for user in users),
    ]


def _role(name: str, acls: Iterable[Acl]) -> Command:
    return {"command": "createRole", "rolename": name, "acls": list(acls)}


def _client(user: str, password: str) -> Command:
    return {"command": "createClient", "username": user, "password": password, "roles": [{"rolename": user}]}


def _allow(kind: str, topic: str) -> Acl:
    return {"acltype": kind, "topic": topic, "priority": 0, "allow": True}

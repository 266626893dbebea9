"""Who may do what at the broker: users and roles of mosquitto's dynamic security, built from `shared.topics`.

Rule: what is not said here is refused. Nobody reads more than what its side listens to, or publishes
where another one speaks. Each user has a role of its own name.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hub.config import HubConfig
from hub.core.broker.access import derive_password, open_secret
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
    mark: str
    acls: tuple[Acl, ...] = field(repr=False)


class Issuer:
    """Makes users, marks and passwords; reads the broker secret once. Raises ConfigError."""

    def __init__(self, config: HubConfig) -> None:
        self._config, self._secret = config, open_secret(config.broker_secret_file)

    def marks(self, centre_id: str, number: int) -> dict[str, str]:
        """Return the mark of each of a centre's users, by name: a thousand centres take some milliseconds."""
        return {name: self._mark(name, password) for name, password in self._of_centre(centre_id, number)}

    def of_centre(self, centre_id: str, number: int) -> list[User]:
        """Return a centre's users under its access number: its node, and the sensors at its doors."""
        return [self._user(name, password, centre_id) for name, password in self._of_centre(centre_id, number)]

    def of_ingest(self) -> list[User]:
        """Return the user of the hub's ingest; none if it signs in without a password."""
        name, password = self._config.broker_user, self._config.broker_password
        return [self._user(name, password, None)] if name and password else []

    def _of_centre(self, centre_id: str, number: int) -> list[tuple[str, str]]:
        password = derive_password(self._secret, self._config.city, centre_id, number)
        found = [(broker_users.node_user(centre_id), password)]
        if self._config.broker_sensors:
            found.append((broker_users.sensor_user(centre_id), broker_users.sensor_password(password)))
        return found

    def _user(self, name: str, password: str, centre_id: str | None) -> User:
        city = self._config.city
        if centre_id is None:
            acls = of_hub(city)
        else:
            is_node = name == broker_users.node_user(centre_id)
            acls = of_node(city, centre_id) if is_node else of_sensors(city, centre_id)
        return User(name, password, self._mark(name, password), tuple(acls))

    def _mark(self, name: str, password: str) -> str:
        return broker_users.derived(self._secret, "mark", self._config.city, name, password, _edition())[:16]


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
    """What the hub's ingest needs: all that centres say, or, of several, what some of them say; and to answer."""
    some = (_allow("subscribePattern", topic) for topic in topics.hub_subscriptions(city))
    return [*_speaks(*topics.hub_publications(city)), *_hears(*topics.hub_subscriptions(city)), *some]


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


@cache
def _edition() -> str:
    """Return what changes when this program gives other rights than the one before it: all users are set anew then."""
    rights = of_node("city", "centre"), of_sensors("city", "centre"), of_hub("city")
    return hashlib.sha256(json.dumps(rights).encode()).hexdigest()


def _speaks(*where: str) -> list[Acl]:
    """Let a role publish to these topics; wills are published too."""
    return [_allow("publishClientSend", topic) for topic in where]


def _hears(*where: str) -> list[Acl]:
    """Let a role subscribe to just these filters, and get what comes by them."""
    return [_allow(kind, topic) for topic in where for kind in ("subscribeLiteral", "publishClientReceive")]


def _allow(kind: str, topic: str) -> Acl:
    return {"acltype": kind, "topic": topic, "priority": 0, "allow": True}

"""The round that holds the broker against the members, on a real mosquitto."""

import queue
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.config import HubConfig
from hub.core.broker import Membership, Standing, access_for, grant, reconcile, withdraw
from hub.core.broker import reconciling as module
from hub.core.broker.granting import control_of
from hub.core.broker.rights import Issuer
from shared.mqtt import Arrival, Connected, Disconnected, Post, broker_of
from shared.time import now
from tests.system.brokers import SecureMosquitto

pytestmark = pytest.mark.service("mosquitto")

ADMIN_AND_HUB = {"stadtherz-admin", "hub"}


class Network:
    """Who belongs to it, and the rounds that follow one another."""

    def __init__(self, config: HubConfig, **members: int) -> None:
        self.config, self.members, self.revoked = config, dict(members), set[str]()
        self.at, self.standing = now(), None

    def round(self) -> Standing:
        """One round, a minute after the last."""
        self.at += timedelta(minutes=1)
        self.standing = reconcile(self.config, self.membership, self.standing, self.at)
        return self.standing

    def membership(self) -> Membership:
        return Membership(self.members, frozenset(self.revoked))


def clients(config: HubConfig) -> Mapping[str, Mapping[str, Any]]:
    with control_of(config) as control:
        answer = control.do([{"command": "listClients", "verbose": True}])[0]
    return {client["username"]: client for client in answer["data"]["clients"]}


def of(*centres: str) -> set[str]:
    return {user for centre in centres for user in (f"node-{centre}", f"sensor-{centre}")}


def does(config: HubConfig, *commands: Mapping[str, Any]) -> None:
    """Change something at the broker behind the hub's back."""
    with control_of(config) as control:
        control.do([dict(command) for command in commands])


def can_sign_in(config: HubConfig, centre_id: str, number: int) -> bool:
    access = access_for(config, centre_id, number)
    arrivals: queue.Queue[Arrival] = queue.Queue()
    place = replace(broker_of(config), user=access.user, password=access.password)
    post = Post(place, "try", (f"stadtherz/1/duisburg/hub/{centre_id}/out",), arrivals.put)
    post.start()
    try:
        return arrivals.get(timeout=30) == Connected()
    finally:
        post.stop()


def test_a_broker_that_was_emptied_is_filled_again(broker: SecureMosquitto) -> None:
    """With the same passwords: no centre has to join anew, the hub's ingest gets in too."""
    network = Network(broker.config, marxloh=1, hochfeld=3)
    network.round()
    assert can_sign_in(broker.config, "hochfeld", 3)
    broker.kill()
    broker.empty()
    broker.start()
    assert not can_sign_in(broker.config, "hochfeld", 3)
    standing = network.round()
    assert standing.is_right
    assert set(clients(broker.config)) == ADMIN_AND_HUB | of("marxloh", "hochfeld")
    assert can_sign_in(broker.config, "hochfeld", 3)
    assert not can_sign_in(broker.config, "hochfeld", 2)


def test_a_round_with_nothing_to_do_changes_nothing(broker: SecureMosquitto) -> None:
    """Nobody is cut off, the broker writes nothing."""
    network = Network(broker.config, marxloh=1)
    network.round()
    before = broker.place.rights.stat().st_mtime_ns
    assert network.round().is_right
    assert broker.place.rights.stat().st_mtime_ns == before


def test_who_was_revoked_while_the_broker_was_away_is_cut_off_later(broker: SecureMosquitto) -> None:
    """Until then it is said what waits and why; the first round that gets through does it."""
    network = Network(broker.config, marxloh=1, hochfeld=1)
    assert network.round().is_right
    broker.stop()
    network.revoked.add("hochfeld")
    del network.members["hochfeld"]
    away = network.round()
    assert (away.is_right, away.compared_at is not None) == (False, True)
    assert "nobody listens" in away.reason
    broker.start()
    assert can_sign_in(broker.config, "hochfeld", 1)
    assert network.round().is_right
    assert set(clients(broker.config)) == ADMIN_AND_HUB | of("marxloh")


def test_a_user_that_no_centre_has_is_removed_by_the_second_round(broker: SecureMosquitto) -> None:
    """The first may have seen one that joins at this moment; others than ours are named and left alone."""
    network = Network(broker.config)
    grant(broker.config, "walsum", 1)
    does(broker.config, {"command": "createClient", "username": "grafana", "password": "x"})
    first = network.round()
    assert (set(first.surplus), first.others) == (of("walsum"), ("grafana",))
    assert network.round().surplus == ()
    assert set(clients(broker.config)) == ADMIN_AND_HUB | {"grafana"}


@pytest.mark.parametrize(
    "change",
    [
        {"command": "setClientPassword", "username": "node-marxloh", "password": "theirs"},
        {"command": "disableClient", "username": "node-marxloh"},
        {"command": "removeClientRole", "username": "node-marxloh", "rolename": "node-marxloh"},
        {"command": "deleteClient", "username": "node-marxloh"},
        {
            "command": "addRoleACL",
            "rolename": "node-marxloh",
            "acltype": "subscribePattern",
            "topic": "#",
            "allow": True,
            "priority": 0,
        },
        {"command": "setDefaultACLAccess", "acls": [{"acltype": "subscribe", "allow": True}]},
    ],
    ids=lambda change: change["command"],
)
def test_what_somebody_changed_at_the_broker_is_put_right(broker: SecureMosquitto, change: dict[str, Any]) -> None:
    """Only a password set behind its back cannot be seen: it is right again when the centre's access is renewed."""
    network = Network(broker.config, marxloh=1)
    network.round()
    does(broker.config, change)
    network.at += module.ROLES_EVERY
    if change["command"] == "setClientPassword":
        network.members["marxloh"] = 2
    network.round()
    with control_of(broker.config) as control:
        role, default = control.do(
            [{"command": "getRole", "rolename": "node-marxloh"}, {"command": "getDefaultACLAccess"}]
        )
    assert {"acltype": "subscribePattern", "topic": "#", "priority": 0, "allow": True} not in role["data"]["role"][
        "acls"
    ]
    assert {"acltype": "subscribe", "allow": False} in default["data"]["acls"]
    assert can_sign_in(broker.config, "marxloh", network.members["marxloh"])


def test_rights_that_this_program_gives_otherwise_are_set_anew(broker: SecureMosquitto) -> None:
    """Here: a city that takes the sensors away from its broker."""
    network = Network(broker.config, marxloh=1)
    network.round()
    network.config = replace(broker.config, broker_sensors=False)
    network.round()
    assert set(clients(broker.config)) == ADMIN_AND_HUB | {"node-marxloh"}


def test_a_connected_centre_is_left_connected_by_a_round(broker: SecureMosquitto) -> None:
    """And is cut off by a withdrawal within a moment."""
    network = Network(broker.config, marxloh=1)
    network.round()
    access = access_for(broker.config, "marxloh", 1)
    arrivals: queue.Queue[Arrival] = queue.Queue()
    place = replace(broker_of(broker.config), user=access.user, password=access.password)
    post = Post(place, "node", ("stadtherz/1/duisburg/hub/state",), arrivals.put)
    post.start()
    try:
        assert arrivals.get(timeout=30) == Connected()
        network.round()
        assert post.connected
        assert arrivals.empty()
        withdraw(broker.config, "marxloh")
        assert isinstance(arrivals.get(timeout=30), Disconnected)
    finally:
        post.stop()


def test_a_torn_file_of_rights_is_replaced_at_the_start(broker: SecureMosquitto) -> None:
    """mosquitto writes it in place; a power cut in the middle leaves half of it, with which nobody gets in."""
    network = Network(broker.config, marxloh=1)
    network.round()
    broker.stop()
    broker.start()  # from now on there is a spare copy that knows the centre
    network.members["hochfeld"] = 1
    network.round()
    broker.kill()
    whole = broker.place.rights.read_text()
    broker.place.rights.write_text(whole[: len(whole) // 2])
    broker.start()
    assert can_sign_in(broker.config, "marxloh", 1)
    assert network.round().is_right
    assert set(clients(broker.config)) == ADMIN_AND_HUB | of("marxloh", "hochfeld")


def test_two_hundred_centres_are_compared_in_a_moment(broker: SecureMosquitto) -> None:
    """A list and no call for each; what is missing comes in bounded messages."""
    members = {f"centre-{number:03d}": 1 for number in range(200)}
    network = Network(broker.config, **members)
    assert network.round().is_right
    assert len(clients(broker.config)) == 402
    issuer = Issuer(broker.config)
    listed = {name: client["textname"] for name, client in clients(broker.config).items()}
    difference = module.compare(broker.config, issuer, network.membership(), listed)
    assert (difference.missing, difference.surplus, difference.strange, difference.others) == ((), (), (), ())

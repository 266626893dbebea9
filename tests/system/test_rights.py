"""Who may do what at the broker: mosquitto's own clients try everything, and all but their own is refused.

The grid is built from `shared.topics`: a function that names a new topic is tried by itself, and fails here
until somebody says who may use it.
"""

import inspect
import json
import queue
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest

from hub.config import HubConfig
from hub.core.broker import BrokerUnreachable, access_for, grant, withdraw
from shared import broker_users, topics
from shared.mqtt import PACKET_BYTES_MAX, Arrival, Connected, Disconnected, Letter, Post, broker_of
from shared.mqtt.control import Control
from shared.replication.envelope import WIRE_BYTES_MAX
from tests.system.broker_clients import Person, refuses_tls
from tests.system.brokers import SecureMosquitto
from tests.system.city import CITY, City, wait_until

pytestmark = [pytest.mark.service("mosquitto"), pytest.mark.service("mosquitto-clients")]

MINE, OTHER = "marxloh", "hochfeld"
ANOTHER_CITY = "essen"
TIMEOUT_S = 30
_numbers = count(1)
WITNESS = "witness"  # hears everything; only this test makes such a user


def every_topic() -> list[str]:
    """Return every topic that `shared.topics` can name, of two centres and two cities."""
    choices = {
        "city": [CITY, ANOTHER_CITY],
        "centre": [MINE, OTHER],
        "feed": [side(centre) for side in (topics.node_feed, topics.hub_feed) for centre in (MINE, OTHER)],
        "key": ["eingang"],
    }
    found = set()
    for _name, function in inspect.getmembers(topics, inspect.isfunction):
        wanted = list(inspect.signature(function).parameters)
        if function.__module__ == topics.__name__ and wanted[:1] == ["city"]:
            for chosen in product(*(choices[name] for name in wanted)):
                made = function(*chosen)
                found |= {made} if isinstance(made, str) else set(made)
    return sorted(found)


def own_topics(city: str, centre: str) -> dict[str, set[str]]:
    """Return what each user may publish and read, told in the test's own words."""
    root = f"stadtherz/1/{city}"
    everything = (f"{root}/node/+/out", f"{root}/hub/+/ack", f"{root}/node/+/state", f"{root}/hub/state")
    return {
        f"node-{centre} says": {f"{root}/node/{centre}/out", f"{root}/hub/{centre}/ack", f"{root}/node/{centre}/state"},
        f"node-{centre} hears": {
            f"{root}/hub/{centre}/out",
            f"{root}/node/{centre}/ack",
            f"{root}/node/{centre}/state",
            f"{root}/hub/state",
            f"{root}/sensor/{centre}/+",
        },
        f"sensor-{centre} says": {f"{root}/sensor/{centre}/eingang"},
        f"sensor-{centre} hears": set(),
        "hub says": {
            *(f"{root}/hub/{one}/out" for one in (MINE, OTHER)),
            *(f"{root}/node/{one}/ack" for one in (MINE, OTHER)),
            f"{root}/hub/state",
        },
        "hub hears": {  # several ingests divide the centres, and each names its own
            *everything,
            *(f"{root}/node/{one}/out" for one in (MINE, OTHER, "")),  # no name is one too; nobody speaks there
            *(f"{root}/node/{one}/state" for one in (MINE, OTHER)),
            *(f"{root}/hub/{one}/ack" for one in (MINE, OTHER)),
        },
        f"{broker_users.ADMIN} says": set(),
        f"{broker_users.ADMIN} hears": set(),
    }


MAY = own_topics(CITY, MINE)
USERS = (f"node-{MINE}", f"sensor-{MINE}", "hub", broker_users.ADMIN)
ROOT = f"stadtherz/1/{CITY}"
ODD_TOPICS = (
    "stadtherz",
    ROOT,
    f"{ROOT}/node/{MINE}",
    f"{ROOT}/node/{MINE}/out/deeper",
    f"{ROOT}/node/{MINE}/OUT",
    f"{ROOT}/node//out",
    f"{ROOT}/hub/{MINE}/state",
    f"stadtherz/2/{CITY}/node/{MINE}/out",
    f"{ROOT}/sensor/{OTHER}/eingang",
    "$SYS/broker/version",
    "else",
)
WILDCARDS = (
    "#",
    "+",
    "+/#",
    "stadtherz/#",
    f"{ROOT}/#",
    f"{ROOT}/+/+/+",
    f"{ROOT}/node/+/+",
    f"{ROOT}/node/{MINE}/#",
    f"{ROOT}/node/{OTHER}/#",
    f"{ROOT}/hub/#",
    f"{ROOT}/hub/+",
    f"{ROOT}/sensor/#",
    f"{ROOT}/sensor/+/+",
    f"{ROOT}/sensor/{OTHER}/+",
    f"{ROOT}/+/{MINE}/out",
    "$SYS/#",
    "$SYS/broker/clients/connected",
    "$CONTROL/#",
    "$CONTROL/dynamic-security/v1/response",
    "$share/all/#",
    f"$share/all/{ROOT}/#",
    f"$share/all/{ROOT}/hub/{OTHER}/out",
    f"$share/all/{ROOT}/node/+/out",
)
CONTROL_OF_ADMIN = {"$CONTROL/dynamic-security/v1/response"}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureMosquitto]:
    """A city's broker as `stadtherz-hub broker prepare` makes it, and two centres that were let in."""
    folder = tmp_path_factory.mktemp("rights")
    made = SecureMosquitto(folder, HubConfig(city=CITY, data_folder=folder / "hub"))
    made.start()
    for centre in (MINE, OTHER):
        grant(made.config, centre, 1)
    with Control(replace(broker_of(made.config), user=broker_users.ADMIN, password=admin_password(made))) as control:
        every = ("publishClientReceive", "subscribePattern")
        acls = [{"acltype": kind, "topic": "#", "priority": 0, "allow": True} for kind in every]
        acls += [{"acltype": kind, "topic": "$SYS/#", "priority": 0, "allow": True} for kind in every]
        control.do([{"command": "createRole", "rolename": WITNESS, "acls": acls}])
        role = [{"rolename": WITNESS}]
        control.do([{"command": "createClient", "username": WITNESS, "password": WITNESS, "roles": role}])
    yield made
    made.stop()


@pytest.fixture
def heard(broker: SecureMosquitto) -> Iterator["Hearer"]:
    """Everything that anybody gets through."""
    hearer = Hearer(broker, WITNESS, WITNESS, "#", "$SYS/#")
    yield hearer
    hearer.post.stop()


class Hearer:
    """A post that signs in as somebody and collects what arrives."""

    def __init__(self, broker: SecureMosquitto, user: str, password: str, *wanted: str, name: str = "") -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        place = replace(broker_of(broker.config), user=user, password=password)
        self.post = Post(place, name or f"hearer-{user}", wanted, self.arrivals.put)
        self.post.start()
        assert isinstance(self.next(), Connected)

    def next(self) -> Arrival:
        return self.arrivals.get(timeout=TIMEOUT_S)

    def topics_until(self, last: str) -> set[str]:
        """Return the topics of all fresh letters up to the one on `last`."""
        found: set[str] = set()
        while last not in found:
            arrival = self.next()
            if isinstance(arrival, Letter) and not arrival.retained:
                found.add(arrival.topic)
        return found


def admin_password(broker: SecureMosquitto) -> str:
    return broker.config.broker_admin_password


def person(broker: SecureMosquitto, user: str, mqtt: str = "5") -> Person:
    """Return somebody with the real password of `user`."""
    of_node = access_for(broker.config, MINE, 1).password
    passwords = {
        f"node-{MINE}": of_node,
        f"sensor-{MINE}": broker_users.sensor_password(of_node),
        f"node-{OTHER}": access_for(broker.config, OTHER, 1).password,
        "hub": broker.config.broker_password,
        broker_users.ADMIN: admin_password(broker),
    }
    return Person(broker, user, passwords[user], mqtt)


def publishable(topic: str) -> bool:
    return "+" not in topic and "#" not in topic


def test_the_grid_knows_every_topic() -> None:
    """Else what follows would try nothing: the four feeds' topics, presence and sensors are in it."""
    grid = every_topic()
    assert {f"{ROOT}/node/{OTHER}/out", f"{ROOT}/hub/{MINE}/ack", f"{ROOT}/hub/state"} < set(grid)
    assert f"stadtherz/1/{ANOTHER_CITY}/sensor/{MINE}/eingang" in grid
    assert len(grid) > 25


@pytest.mark.parametrize("mqtt", ["5", "311"])
@pytest.mark.parametrize("user", USERS)
def test_everybody_publishes_own_topics_and_no_other(
    broker: SecureMosquitto, heard: Hearer, user: str, mqtt: str
) -> None:
    """Retained and not; what the broker says and what a witness of everything hears are the same."""
    tried = [topic for topic in (*every_topic(), *ODD_TOPICS) if publishable(topic)]
    somebody, may = person(broker, user, mqtt), MAY[f"{user} says"]
    taken = {topic for topic in tried if somebody.publishes(topic)}
    taken |= {topic for topic in tried if topic.endswith("state") and somebody.publishes(topic, "-r")}
    if mqtt == "5":  # 3.1.1 has no word for a refusal: the letter is confirmed and thrown away
        assert taken == may
    end = f"{ROOT}/sensor/{OTHER}/ende"
    other = Person(broker, f"sensor-{OTHER}", broker_users.sensor_password(person(broker, f"node-{OTHER}").password))
    assert other.publishes(end)
    assert heard.topics_until(end) == may | {end}


@pytest.mark.parametrize("user", USERS)
def test_everybody_reads_own_topics_and_no_other(broker: SecureMosquitto, user: str) -> None:
    """Every topic of the grid, wildcards, shared subscriptions, the broker's own topics."""
    tried = person(broker, user).subscriptions(sorted({*every_topic(), *ODD_TOPICS, *WILDCARDS}))
    granted = {one for one, was_granted in tried.items() if was_granted}
    assert granted == MAY[f"{user} hears"] | (CONTROL_OF_ADMIN if user == broker_users.ADMIN else set())


def test_only_the_administrator_changes_rights(broker: SecureMosquitto) -> None:
    """A centre that asks for rights of others gets none, neither does the hub."""
    wish = json.dumps({"commands": [{"command": "addClientRole", "username": f"node-{MINE}", "rolename": WITNESS}]})
    for user in (f"node-{MINE}", f"sensor-{MINE}", "hub"):
        assert not person(broker, user).publishes("$CONTROL/dynamic-security/v1", body=wish)
    assert not person(broker, f"node-{MINE}").subscriptions(["#"])["#"]


@pytest.mark.parametrize("topic", [f"{ROOT}/node/{OTHER}/state", f"{ROOT}/hub/state", f"{ROOT}/hub/{MINE}/out"])
def test_nobody_leaves_a_will_on_another_s_topic(broker: SecureMosquitto, heard: Hearer, topic: str) -> None:
    """The broker would publish it in the name of whoever vanished."""
    somebody = person(broker, f"node-{MINE}")
    die_with_a_will(somebody, topic)
    assert somebody.publishes(f"{ROOT}/node/{MINE}/out")
    assert heard.topics_until(f"{ROOT}/node/{MINE}/out") == {f"{ROOT}/node/{MINE}/out"}


def test_an_own_will_is_published(broker: SecureMosquitto, heard: Hearer) -> None:
    """So the test above can fail: a will on the own topic is heard when its author dies."""
    topic = f"{ROOT}/node/{MINE}/state"
    die_with_a_will(person(broker, f"node-{MINE}"), topic)
    assert heard.topics_until(topic) == {topic}


def die_with_a_will(somebody: Person, topic: str) -> None:
    """Connect with a will on `topic`, and vanish as soon as the broker has let us in, or not."""
    name = f"dying-{next(_numbers)}"
    wishes = ("--will-topic", topic, "--will-payload", "gone", "--will-qos", "1", "--will-retain", "-i", name)
    dying = somebody.start("mosquitto_sub", "-t", f"{ROOT}/hub/state", *wishes)
    wait_until(lambda: dying.poll() is not None or f" as {name} " in somebody.broker.log.read_text(), TIMEOUT_S)
    dying.kill()
    dying.wait(TIMEOUT_S)


STRANGERS: dict[str, Callable[[Person], Person]] = {
    "nobody": lambda one: replace(one, user="", password=""),
    "a wrong password": lambda one: replace(one, password="wrong"),
    "no password": lambda one: replace(one, password=""),
    "somebody else's password": lambda one: replace(one, user=f"node-{OTHER}"),
    "an unknown user": lambda one: replace(one, user="node-walsum"),
    "no TLS": lambda one: replace(one, more={"--cafile": ""}),
    "another authority": lambda one: replace(one, more={"--cafile": "", "--capath": "/etc/ssl/certs"}),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_is_refused_at_the_door(broker: SecureMosquitto, stranger: str) -> None:
    """Nobody, a guess, no encryption: no connection comes about; the same with all of it right does."""
    somebody = person(broker, f"node-{MINE}")
    tried = STRANGERS[stranger](somebody).run("mosquitto_pub", "-q", "1", "-t", f"{ROOT}/node/{MINE}/out", "-m", "x")
    assert tried.refused_at_the_door, tried.said
    assert somebody.publishes(f"{ROOT}/node/{MINE}/out")


def test_the_broker_speaks_no_old_tls(broker: SecureMosquitto) -> None:
    """Not even with a client that would: 1.0 and 1.1 are refused, 1.2 and 1.3 are not."""
    refused = {version: refuses_tls(broker, version) for version in ("tls1", "tls1_1", "tls1_2", "tls1_3")}
    assert refused == {"tls1": True, "tls1_1": True, "tls1_2": False, "tls1_3": False}


def test_a_neighbour_cannot_cut_a_centre_off_by_its_client_id(broker: SecureMosquitto) -> None:
    """Whoever signs in with an id that is in use ends the other's connection; so ids cannot be guessed."""
    mine = person(broker, f"node-{MINE}")
    victim = Hearer(broker, mine.user, mine.password, f"{ROOT}/hub/state", name=f"stadtherz-{CITY}-node-{MINE}")
    try:
        thief = person(broker, f"node-{OTHER}")
        thief.run("mosquitto_sub", "-t", f"{ROOT}/hub/state", "-E", "-i", f"stadtherz-{CITY}-node-{MINE}")
        assert victim.post.connected
        assert not any(isinstance(arrival, Disconnected) for arrival in list(victim.arrivals.queue))
        known = next(
            line for line in broker.log.read_text().splitlines() if f" as stadtherz-{CITY}-node-{MINE}-" in line
        )
        thief.run("mosquitto_sub", "-t", f"{ROOT}/hub/state", "-E", "-i", known.split(" as ")[1].split(" ")[0])
        while not isinstance(victim.next(), Disconnected):
            pass  # so the test can fail: with the id itself it works
    finally:
        victim.post.stop()


def test_no_password_is_in_the_log_of_the_broker(broker: SecureMosquitto) -> None:
    """Nor in what the hub says of its settings."""
    said = broker.log.read_text() + repr(broker.config) + repr(access_for(broker.config, MINE, 1))
    for user in (*USERS, f"node-{OTHER}"):
        assert person(broker, user).password not in said


def test_a_centre_that_is_withdrawn_is_cut_off_at_once(tmp_path: Path) -> None:
    """Its connection ends, it does not come back; with a new number it does, with the old password it does not."""
    broker = SecureMosquitto(tmp_path, HubConfig(city=CITY, data_folder=tmp_path / "hub")).start()
    try:
        grant(broker.config, MINE, 1)
        first = access_for(broker.config, MINE, 1)
        here = Hearer(broker, first.user, first.password, f"{ROOT}/hub/state")
        withdraw(broker.config, MINE)
        gone = here.next()
        assert isinstance(gone, Disconnected)
        again = here.next()
        assert isinstance(again, Disconnected)
        assert "ot authori" in again.reason or "password" in again.reason, again
        here.post.stop()
        grant(broker.config, MINE, 2)
        second = access_for(broker.config, MINE, 2)
        assert Person(broker, second.user, second.password).publishes(f"{ROOT}/node/{MINE}/out")
        assert not Person(broker, first.user, first.password).publishes(f"{ROOT}/node/{MINE}/out")
        withdraw(broker.config, MINE)
        withdraw(broker.config, MINE)  # nothing is left to take away, which is fine
    finally:
        broker.stop()
    with pytest.raises(BrokerUnreachable, match="nobody listens"):
        withdraw(broker.config, MINE)


def test_a_house_hears_its_own_sensors(broker: SecureMosquitto) -> None:
    """With the password that the node shows for them; the neighbour's sensors are not heard."""
    mine = person(broker, f"node-{MINE}")
    here = Hearer(broker, mine.user, mine.password, *topics.sensor_subscriptions(CITY, MINE))
    try:
        assert person(broker, f"sensor-{MINE}").publishes(topics.sensor(CITY, MINE, "tor"), body="{}")
        assert here.next() == Letter(topics.sensor(CITY, MINE, "tor"), b"{}")
    finally:
        here.post.stop()


def test_the_largest_message_gets_through(broker: SecureMosquitto) -> None:
    """The broker's limit is above what we ever send; one that is too large ends the connection and no more."""
    hub, mine = person(broker, "hub"), person(broker, f"node-{MINE}")
    at_the_hub = Hearer(broker, hub.user, hub.password, f"{ROOT}/node/+/out")
    at_the_node = Hearer(broker, mine.user, mine.password, f"{ROOT}/hub/{MINE}/out")
    try:
        assert at_the_node.post.publish(f"{ROOT}/node/{MINE}/out", b"x" * WIRE_BYTES_MAX)
        letter = at_the_hub.next()
        assert isinstance(letter, Letter)
        assert len(letter.body) == WIRE_BYTES_MAX
        at_the_node.post.publish(f"{ROOT}/node/{MINE}/out", b"x" * (PACKET_BYTES_MAX + 1))
        assert isinstance(at_the_node.next(), Disconnected)
        assert isinstance(at_the_node.next(), Connected)
        assert at_the_hub.arrivals.empty()
    finally:
        at_the_hub.post.stop()
        at_the_node.post.stop()


class SecureCity(City):
    """The small city of real processes, over a broker with rights."""

    broker: SecureMosquitto

    def settings(self, name: str, broker_port: int = 0, **said: str) -> Path:
        config = self.broker.config
        said |= {"broker_tls": "true", "broker_ca_file": str(self.broker.authority)}
        if name == "hub":
            said |= {"broker_user": config.broker_user, "broker_password": config.broker_password}
        else:
            grant(config, name, 1)
            access = access_for(config, name, 1)
            said |= {"broker_user": access.user, "broker_password": access.password}
        return super().settings(name, broker_port, **said)


def test_a_real_centre_and_hub_replicate_with_just_these_rights(tmp_path: Path) -> None:
    """Records go up, announcements come down, nobody is refused a subscription."""
    broker = SecureMosquitto(tmp_path, HubConfig(city=CITY, data_folder=tmp_path / "keys")).start()
    try:
        city: Any = SecureCity(tmp_path, broker)
        try:
            centre = city.centre(MINE)
            city.hub.start()
            centre.desk.start()
            centre.add_spaces(30)
            city.announce(3)
            wait_until(lambda: centre.arrived() and centre.announcements() == 3, 60, "the records of both sides")
            assert centre.hub_spaces() == 30
            assert "refuses" not in centre.desk.log() + city.hub.log()
            wait_until(lambda: [link.state for link in city.network()] == ["agreed"], 60, "agreement")
        finally:
            city.end()
    finally:
        broker.stop()

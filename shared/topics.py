"""Every topic of the network, built and parsed here and nowhere else.

A city's topics begin with `stadtherz/1/{city}`. A feed is `node/{centre}` (the centre's
records on their way up) or `hub/{centre}` (the city's records for that centre on their
way down). Each feed has one topic for what its source says (`out`) and one for its
receiver's cursors (`ack`).

Beside the replication stands `sensor/{centre}/{sensor}`: what a door sensor tells its own centre.
It is read by that centre's node alone and is no part of any feed.
"""

from dataclasses import dataclass

from shared.errors import WireError
from shared.ids import is_slug

ROOT = "stadtherz/1"
SIDES = ("node", "hub")
CHANNELS = ("out", "ack", "state")


@dataclass(frozen=True, slots=True)
class Topic:
    """A parsed topic: `side` is who owns the feed; `centre` is None only for the hub's presence."""

    city: str
    side: str
    centre: str | None
    channel: str

    @property
    def feed(self) -> str:
        return f"{self.side}/{self.centre}"


def node_feed(centre: str) -> str:
    return f"node/{centre}"


def hub_feed(centre: str) -> str:
    return f"hub/{centre}"


def centre_of(feed: str) -> str:
    """Return the centre that a feed belongs to."""
    return feed.split("/", 1)[1]


def out(city: str, feed: str) -> str:
    """Where the source of `feed` publishes hello, batch and check."""
    return f"{ROOT}/{city}/{feed}/out"


def ack(city: str, feed: str) -> str:
    """Where the receiver of `feed` publishes its cursors."""
    return f"{ROOT}/{city}/{feed}/ack"


def node_state(city: str, centre: str) -> str:
    """Presence of a node: retained, and its will on the same topic."""
    return f"{ROOT}/{city}/node/{centre}/state"


def hub_state(city: str) -> str:
    """Presence of the hub: retained, and its will on the same topic."""
    return f"{ROOT}/{city}/hub/state"


def sensor(city: str, centre: str, key: str) -> str:
    """Where the sensor `key` of a centre publishes what it counted; not retained."""
    return f"{ROOT}/{city}/sensor/{centre}/{key}"


def sensor_subscriptions(city: str, centre: str) -> tuple[str, ...]:
    """What a node listens to beside the replication: the sensors of its own house."""
    return (sensor(city, centre, "+"),)


def sensor_of(topic: str, city: str, centre: str) -> str:
    """Return the key of the sensor that a topic of this centre belongs to; raise WireError for any other topic."""
    key = topic.removeprefix(sensor(city, centre, ""))
    if topic != sensor(city, centre, key) or not is_slug(key):
        raise WireError("unknown topic", topic[:120])
    return key


def node_subscriptions(city: str, centre: str) -> tuple[str, ...]:
    """What a node listens to: the city's feed for it, cursors for its own feed, presence."""
    return (
        out(city, hub_feed(centre)),
        ack(city, node_feed(centre)),
        hub_state(city),
        node_state(city, centre),
    )


def node_publications(city: str, centre: str) -> tuple[str, ...]:
    """Where a node speaks: its own feed, cursors for the city's, its presence."""
    return (
        out(city, node_feed(centre)),
        ack(city, hub_feed(centre)),
        node_state(city, centre),
    )


def hub_publications(city: str) -> tuple[str, ...]:
    """Where the hub speaks, as filters: the city's feed for each centre, cursors for theirs, its presence."""
    return (
        f"{ROOT}/{city}/hub/+/out",
        f"{ROOT}/{city}/node/+/ack",
        hub_state(city),
    )


def hub_subscriptions(city: str) -> tuple[str, ...]:
    """What the hub listens to: every centre's feed, their cursors, all presence."""
    return (
        f"{ROOT}/{city}/node/+/out",
        f"{ROOT}/{city}/hub/+/ack",
        f"{ROOT}/{city}/node/+/state",
        hub_state(city),
    )


def hub_subscriptions_for(city: str, centre: str) -> tuple[str, ...]:
    """What the hub listens to for one centre, where several processes divide the centres."""
    return out(city, node_feed(centre)), ack(city, hub_feed(centre)), node_state(city, centre)


def parse(topic: str) -> Topic:
    """Return the parts of a topic; raise WireError for one that this network does not have."""
    parts = topic.split("/")
    if parts[:2] == ROOT.split("/") and len(parts) in (5, 6) and is_slug(parts[2]):
        city, side, centre, channel = parts[2], parts[3], parts[4:-1], parts[-1]
        named = len(centre) == 1 and is_slug(centre[0])
        presence_of_hub = side == "hub" and channel == "state" and not centre
        of_centre = side in SIDES and named and channel in CHANNELS
        if presence_of_hub or (of_centre and not (side == "hub" and channel == "state")):
            return Topic(city, side, centre[0] if centre else None, channel)
    raise WireError("unknown topic", topic[:120])

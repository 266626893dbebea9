"""Presence: "I am here", retained at the broker, and its will "I am gone". For the eye only.

Nothing that must be right depends on it: a broker may lose it, keep it too long, or say it late.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from shared.errors import WireError
from shared.ids import new_id
from shared.keys import INSTANCE_LENGTH, Install, PublicKey
from shared.replication.envelope import Rejection, seal, unseal
from shared.time import from_wire, to_wire
from shared.topics import parse

_TYPE = "de.stadtherz.presence.v1"


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether `instance` is at its desk, and since when."""

    online: bool
    instance: str
    at: datetime


def write_presence(presence: Presence, topic: str, author: Install) -> bytes:
    """Return the bytes to retain under `topic`."""
    event = {
        "specversion": "1.0",
        "id": new_id(),
        "source": topic,
        "type": _TYPE,
        "data": {"online": presence.online, "instance": presence.instance, "at": to_wire(presence.at)},
    }
    return seal(orjson.dumps(event), topic, author)


def read_presence(sealed: bytes, topic: str, author: PublicKey) -> Presence:
    """Return what `write_presence` wrote; raise WireError for anything else."""
    parse(topic)
    text = unseal(sealed, topic, author)
    try:
        event = orjson.loads(text)
        content = event["data"]
        online, instance, at = content["online"], content["instance"], from_wire(content["at"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise WireError(Rejection.MALFORMED, type(error).__name__) from error
    if event.get("type") != _TYPE:
        raise WireError(Rejection.UNKNOWN_TYPE)
    if type(online) is not bool or type(instance) is not str or len(instance) > INSTANCE_LENGTH:
        raise WireError(Rejection.MALFORMED)
    return Presence(online, instance, at)

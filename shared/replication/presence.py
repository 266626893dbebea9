"""Presence: "I am here", retained at the broker, and its will "I am gone". For the eye only.

Nothing that must be right depends on it: a broker may lose it, keep it too long, or say it late.
What it carries besides (keys, terms) only ever leads forward, so an old one does no harm.

It is signed with the newest key and carries the lineage: who comes back finds the way here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import orjson

from shared.errors import WireError
from shared.ids import new_id
from shared.keys import Believed, Install, PublicKey
from shared.replication.envelope import Rejection, seal, unseal_by_heir
from shared.replication.program import Program, read_program, write_program
from shared.replication.remarks import NONE, Remarks, is_instance, read_remarks, write_remarks
from shared.time import from_wire, to_wire
from shared.topics import parse

SAY_EVERY_S = 3600.0  # what is retained expires after a day
SAY_KEY_EVERY_S = 60.0  # while a next key waits for those who do not know it: the first word may have got lost
_TYPE = "de.stadtherz.presence.v1"


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether `instance` is at its desk, and since when; an older program does not say which one it is."""

    online: bool
    instance: str
    at: datetime
    program: Program | None = None
    remarks: Remarks = NONE


def write_presence(presence: Presence, topic: str, author: Install) -> bytes:
    """Return the bytes to retain under `topic`."""
    content = {"online": presence.online, "instance": presence.instance, "at": to_wire(presence.at)}
    if presence.program is not None:
        content["program"] = write_program(presence.program)
    if presence.remarks != NONE:
        content["remarks"] = write_remarks(presence.remarks)
    event = {"specversion": "1.0", "id": new_id(), "source": topic, "type": _TYPE, "data": content}
    return seal(orjson.dumps(event, default=tuple), topic, author.newest, author.lineage)


def read_presence(sealed: bytes, topic: str, author: PublicKey | Believed) -> Presence:
    """Return what `write_presence` wrote; raise WireError for anything else."""
    parse(topic)
    text = unseal_by_heir(sealed, topic, author if isinstance(author, Believed) else Believed(author))
    try:
        event = orjson.loads(text)
        content = event["data"]
        online, instance, at = content["online"], content["instance"], from_wire(content["at"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise WireError(Rejection.MALFORMED, type(error).__name__) from error
    if event.get("type") != _TYPE:
        raise WireError(Rejection.UNKNOWN_TYPE)
    if type(online) is not bool or not is_instance(instance):
        raise WireError(Rejection.MALFORMED)
    program, remarks = read_program(content.get("program")), read_remarks(content.get("remarks"))
    return Presence(online, instance, at, program, remarks)


class Herald:
    """Says on one topic that this installation is here, and notices if somebody says otherwise."""

    def __init__(
        self, topic: str, install: Install, clock: Callable[[], datetime], program: Program | None = None
    ) -> None:
        self._topic, self._install, self._clock, self._program = topic, install, clock, program
        self._said_at = 0.0
        self._remarks = NONE

    def has_news(self, remarks: Remarks) -> bool:
        """Take what is to be said from now on; tell whether it differs from before."""
        before, self._remarks = self._remarks, remarks
        return before != remarks

    def letter(self, online: bool) -> tuple[str, bytes]:
        """Return topic and body of a birth or a farewell."""
        self._said_at = time.monotonic()
        said = Presence(online, self._install.instance, self._clock(), self._program, self._remarks)
        return self._topic, write_presence(said, self._topic, self._install)

    def is_overdue(self) -> bool:
        """Tell whether it is time to say it again."""
        every_s = SAY_EVERY_S if self._install.next_key is None else SAY_KEY_EVERY_S
        return time.monotonic() - self._said_at >= every_s

    def heard(self, sealed: bytes) -> Presence:
        """Return what somebody with our key said on our topic. Raises WireError."""
        return read_presence(sealed, self._topic, Believed(self._install.public_key, self._install.next_key))

    def is_contradicted_by(self, presence: Presence) -> bool:
        """Tell whether this is my own farewell, late: the will of an earlier connection."""
        return not presence.online and presence.instance == self._install.instance

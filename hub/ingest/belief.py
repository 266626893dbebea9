"""Whom the hub believes, and which machine of a centre it hears: its own part of the office.

Held in memory between two looks into the database; what changes is written in the transaction of the letter.
"""

from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.network.models import Member
from shared.errors import WireError
from shared.keys import Believed, PublicKey
from shared.replication.envelope import Rejection
from shared.replication.messages import Cursor, Message
from shared.replication.presence import Presence

RUNS_KEPT = 4  # processes of one centre that are told apart


class Known(NamedTuple):
    """What is known of a centre: its key, the next one, and which of the hub's keys it believes."""

    key: PublicKey
    next: PublicKey | None
    believes: str

    @classmethod
    def of(cls, member: Member) -> "Known":
        following = PublicKey(member.next_key) if member.next_key else None
        return cls(PublicKey(member.public_key), following, member.hub_key or "")

    @property
    def newest(self) -> str:
        return (self.next or self.key).text

    def author(self) -> Believed:
        """Return whom a letter of the centre may be by."""
        return Believed(self.key, self.next)


class Rival(NamedTuple):
    """Another installation that has a centre's key."""

    instance: str
    at: datetime
    machine: str = ""


class Machines:
    """Which machines spoke as which centre."""

    def __init__(self) -> None:
        self._rivals: dict[str, Rival] = {}
        self._runs: dict[str, OrderedDict[str, int]] = {}

    def welcome(self, member: Member, message: Message, now: datetime) -> None:
        """Bind the first installation; note another one as the rival and raise WireError."""
        if member.instance is None:
            member.instance, member.bound_at = message.instance, now
        elif member.instance != message.instance:
            self._note(member.centre_id, Rival(message.instance, now))
            raise WireError(Rejection.ANOTHER_INSTANCE)

    def saw(self, member: Member, presence: Presence, now: datetime) -> bool:
        """Tell whether the presence is of the bound installation; note one that is not."""
        if member.instance is None or presence.instance == member.instance:
            return True
        if presence.online:
            self._note(member.centre_id, Rival(presence.instance, now, presence.remarks.machine))
        return False

    def follow(self, member: Member, cursor: Cursor, now: datetime) -> None:
        """Notice a process that goes on after another one of the same installation has spoken.

        A process that was started anew never speaks again as the one before; a machine that was
        copied as a whole is two that take turns.
        """
        runs = self._runs.setdefault(member.centre_id, OrderedDict())
        if cursor.sequence <= runs.get(cursor.run, 0):
            return  # an old letter that was shown again
        is_last = not runs or next(reversed(runs)) == cursor.run
        if cursor.run in runs and not is_last:
            member.twin_at = now
        runs[cursor.run] = cursor.sequence
        runs.move_to_end(cursor.run)
        while len(runs) > RUNS_KEPT:
            runs.popitem(last=False)

    def write(self, session: Session) -> None:
        """Put the rivals into the database; they came in transactions that were rolled back."""
        for centre, rival in self._rivals.items():
            member = session.get(Member, centre)
            if member is not None and rival.instance != member.instance:
                _write_rival(member, rival)
        self._rivals.clear()

    def _note(self, centre: str, rival: Rival) -> None:
        before = self._rivals.get(centre)
        if before is not None and before.instance == rival.instance and not rival.machine:
            rival = rival._replace(machine=before.machine)
        self._rivals[centre] = rival


def _write_rival(member: Member, rival: Rival) -> None:
    if member.rival_instance != rival.instance:
        member.rival_instance, member.rival_first_at, member.rival_machine = rival.instance, rival.at, None
    member.rival_at = rival.at
    if rival.machine:
        member.rival_machine = rival.machine

"""Whom the hub believes, and which machine of a centre it hears: its own part of the office.

Held in memory between two looks into the database; what changes is written in the transaction of the letter.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.network.members import Entry
from hub.network.models import Member
from shared.errors import WireError
from shared.keys import Believed, PublicKey
from shared.replication.envelope import Rejection
from shared.replication.messages import NO_TERM, Cursor, Message, Term
from shared.replication.presence import Presence

RUNS_KEPT = 4  # processes of one centre that are told apart
DOUBT_PAUSE = timedelta(minutes=1)  # an enemy at the broker can raise a doubt, but not often


@lru_cache(maxsize=20_000)
def _read_key(text: str) -> PublicKey:
    """Return the key of a text that is read every second, for every centre."""
    return PublicKey(text)


class Known(NamedTuple):
    """What is known of a centre: its key, the next one, and which of the hub's keys it believes."""

    key: PublicKey
    next: PublicKey | None
    believes: str

    @classmethod
    def of(cls, member: Entry) -> "Known":
        following = _read_key(member.next_key) if member.next_key else None
        return cls(_read_key(member.public_key), following, member.hub_key or "")

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


class Hearsay:
    """What the centres say of the hub's terms. One alone convinces nobody: its key may be in wrong hands."""

    def __init__(self) -> None:
        self._said: dict[str, Term] = {}

    def note(self, centre: str, said: Term) -> None:
        self._said[centre] = said

    def believed(self, centres: Iterable[str], members: int) -> Term:
        """Return the highest term that more than half of all `members` have heard of; I hear `centres` of them."""
        heard = sorted((self._said.get(centre, NO_TERM) for centre in centres), reverse=True)
        return heard[members // 2] if members // 2 < len(heard) else NO_TERM


@dataclass(slots=True)
class _Runs:
    """The processes of one installation: each cursor names its run, a random text of the process.

    When one speaks after another one of them has, both are asked: by a hello with a nonce that neither can
    have heard before. Two of the `known` that have `answered` it are alive at once. Letters that were
    kept back, or are played again, cannot answer it.
    """

    sequences: OrderedDict[str, int] = field(default_factory=OrderedDict)
    nonce: str = ""
    known: frozenset[str] = frozenset()
    answered: set[str] = field(default_factory=set)
    doubts: int = 0
    doubted_at: datetime | None = None

    def asked(self, nonce: str) -> None:
        if nonce != self.nonce:
            self.nonce, self.known, self.answered = nonce, frozenset(self.sequences), set()

    def hear(self, cursor: Cursor, now: datetime) -> bool:
        """Take note of who speaks; tell whether two are alive."""
        if cursor.sequence <= self.sequences.get(cursor.run, 0):
            return False  # an old letter that was shown again
        comes_back = cursor.run in self.sequences and next(reversed(self.sequences)) != cursor.run
        if comes_back and (self.doubted_at is None or now - self.doubted_at >= DOUBT_PAUSE):
            self.doubts, self.doubted_at = self.doubts + 1, now
        self.sequences[cursor.run] = cursor.sequence
        self.sequences.move_to_end(cursor.run)
        while len(self.sequences) > RUNS_KEPT:
            self.sequences.popitem(last=False)
        if cursor.nonce == self.nonce and cursor.run in self.known:
            self.answered.add(cursor.run)
        return len(self.answered) > 1


class Machines:
    """Which machines spoke as which centre."""

    def __init__(self) -> None:
        self._rivals: dict[str, Rival] = {}
        self._runs: dict[str, _Runs] = {}

    def welcome(self, member: Member, message: Message, now: datetime) -> None:
        """Bind the first installation that answers us; note another one as the rival and raise WireError.

        Before, each is heard: what it says is signed. But an old letter of a machine that is gone binds nothing.
        """
        if member.instance is None:
            if self._answers(member.centre_id, message):
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
        """Notice two processes of the same installation: a machine that was copied as a whole, running twice."""
        if self._runs.setdefault(member.centre_id, _Runs()).hear(cursor, now):
            member.twin_at = now

    def asked(self, centre: str, nonce: str) -> None:
        """Take note that a hello with this nonce goes to a centre."""
        self._runs.setdefault(centre, _Runs()).asked(nonce)

    @property
    def doubted(self) -> int:
        """How often any centre was in doubt."""
        return sum(runs.doubts for runs in self._runs.values())

    def doubts(self, centre: str) -> int:
        """Return how often it was in doubt whether a centre is one process: each time it is to be asked anew."""
        found = self._runs.get(centre)
        return found.doubts if found else 0

    def write(self, session: Session) -> None:
        """Put the rivals into the database; they came in transactions that were rolled back."""
        for centre, rival in self._rivals.items():
            member = session.get(Member, centre)
            if member is not None and rival.instance != member.instance:
                _write_rival(member, rival)
        self._rivals.clear()

    def _answers(self, centre: str, message: Message) -> bool:
        """Tell whether somebody alive wrote this: it echoes the nonce of our last hello."""
        runs = self._runs.get(centre)
        return isinstance(message, Cursor) and runs is not None and message.nonce == runs.nonce != ""

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

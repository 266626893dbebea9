"""What differs between a centre and the hub, as the courier sees it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from shared import topics
from shared.keys import Believed, PublicKey
from shared.replication.ends import Seat
from shared.replication.messages import Cursor, Hello, Message
from shared.replication.presence import Presence
from shared.replication.remarks import Remarks


class LetGo(Exception):
    """Another process of this side serves the feed now: nothing of what is under way may be written."""


class Office(Protocol):
    """Whom a side serves, whom it believes, what it notes. Sessions are of the courier's transactions."""

    client_id: str
    presence_topic: str

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """What to listen to now, as the last `roster` had it; it may change while connected."""
        ...

    @property
    def speaks_last(self) -> bool:
        """Whether nobody is left to speak for this side when the courier ends."""
        ...

    def wanted(self, session: Session) -> bool:
        """Tell whether the link is switched on."""
        ...

    def roster(self, session: Session) -> Iterable[Seat]:
        """Return every end to be served now."""
        ...

    def author(self, topic: topics.Topic) -> Believed:
        """Return whose signature `topic` needs; raise WireError for nobody's. A fresh one for each letter."""
        ...

    def succeeded(self, session: Session, topic: topics.Topic, heir: PublicKey, now: datetime) -> None:
        """Believe the heir alone from now on: it has spoken in the feed itself."""
        ...

    def annotated(self, message: Cursor | Hello) -> Cursor | Hello:
        """Return what is about to be sent; a cursor with what this side knows of the reader's keys and of terms."""
        ...

    def reader_believes(self, feed: str) -> str:
        """Return which of our keys the other side of `feed` is known to believe, '' if nobody knows."""
        ...

    def remarks(self, session: Session) -> Remarks:
        """Return what is to be said with the presence; another one is said at once."""
        ...

    def guard(self, session: Session, feeds: Collection[str]) -> None:
        """Raise LetGo unless this process alone serves all of `feeds` until the transaction ends."""
        ...

    def welcome(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Raise WireError if this message's instance may not speak here."""
        ...

    def heard(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Note what the pages show, after the machine has done its part."""
        ...

    def saw(
        self, session: Session, topic: topics.Topic, presence: Presence, heir: PublicKey | None, now: datetime
    ) -> None:
        """Note who came or went; `heir` signed it, and the lineage of a key that is believed leads to it.

        On our own topic it is another installation that has our key.
        """
        ...

    def beat(self, session: Session, connected: bool, now: datetime) -> None:
        """Note that the courier is alive and whether it has a connection; called about every second."""
        ...

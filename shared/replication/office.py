"""What differs between a centre and the hub, as the courier sees it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from shared import topics
from shared.keys import PublicKey
from shared.replication.ends import Seat
from shared.replication.messages import Message
from shared.replication.presence import Presence


class Office(Protocol):
    """Whom a side serves, whom it believes, what it notes. Sessions are of the courier's transactions."""

    client_id: str
    subscriptions: tuple[str, ...]
    presence_topic: str

    def wanted(self, session: Session) -> bool:
        """Tell whether the link is switched on."""
        ...

    def roster(self, session: Session) -> Iterable[Seat]:
        """Return every end to be served now."""
        ...

    def author(self, topic: topics.Topic) -> PublicKey:
        """Return whose signature `topic` needs; raise WireError for nobody's."""
        ...

    def welcome(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Raise WireError if this message's instance may not speak here."""
        ...

    def heard(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Note what the pages show, after the machine has done its part."""
        ...

    def saw(self, session: Session, topic: topics.Topic, presence: Presence, now: datetime) -> None:
        """Note who came or went."""
        ...

    def beat(self, session: Session, connected: bool, now: datetime) -> None:
        """Note that the courier is alive and whether it has a connection; called about every second."""
        ...

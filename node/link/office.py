"""The centre's side of the courier: it serves two ends, believes the hub alone, and notes facts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from node.link.models import LinkFacts, LinkSettings
from node.link.status import BEAT_EVERY
from shared import topics
from shared.errors import WireError
from shared.keys import PublicKey
from shared.replication.ends import Seat
from shared.replication.envelope import Rejection
from shared.replication.ledger import Ledger
from shared.replication.messages import Cursor, Message
from shared.replication.presence import Presence

HEARD_EVERY = timedelta(seconds=10)  # fine enough for a page, and not a commit more for each letter


class NodeOffice:
    """See `shared.replication.office.Office`."""

    def __init__(self, city: str, centre: str, hub_key: PublicKey, ledger: Ledger) -> None:
        self._city, self._centre, self._hub_key, self._ledger = city, centre, hub_key, ledger
        self._feed = topics.node_feed(centre)
        self.client_id = f"stadtherz-{city}-node-{centre}"
        self.subscriptions = topics.node_subscriptions(city, centre)
        self.presence_topic = topics.node_state(city, centre)

    def wanted(self, session: Session) -> bool:
        switch = session.get(LinkSettings, 1)
        return switch is None or switch.on

    def roster(self, session: Session) -> Iterable[Seat]:
        return (Seat(self._feed, is_source=True), Seat(topics.hub_feed(self._centre), is_source=False))

    def author(self, topic: topics.Topic) -> PublicKey:
        if topic.centre not in (None, self._centre):
            raise WireError(Rejection.NOT_SERVED)
        return self._hub_key

    def welcome(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Whoever holds the hub's key is the hub; its own generation tells an older one (S4)."""

    def heard(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        facts = self._facts(session, now)
        if facts.heard_at is None or now - facts.heard_at >= HEARD_EVERY:
            facts.heard_at = now
        if isinstance(message, Cursor):
            head = self._ledger.source(session, self._feed).state().head
            if message.position == head:
                facts.behind_since = None
                if message.agreed == head:
                    facts.agreed_at = now

    def saw(self, session: Session, topic: topics.Topic, presence: Presence, now: datetime) -> None:
        facts = self._facts(session, now)
        if topic.centre is None and facts.hub_online != presence.online:
            facts.hub_online, facts.hub_changed_at = presence.online, now

    def beat(self, session: Session, connected: bool, now: datetime) -> None:
        facts = self._facts(session, now)
        if facts.connected != connected:
            facts.connected, facts.connected_changed_at, facts.beat_at = connected, now, now
        if now - facts.beat_at >= BEAT_EVERY:
            facts.beat_at = now
        state = self._ledger.source(session, self._feed).state()
        behind = state.acknowledged.revision != state.head.revision
        if behind != (facts.behind_since is not None):
            facts.behind_since = now if behind else None

    def _facts(self, session: Session, now: datetime) -> LinkFacts:
        facts = session.get(LinkFacts, 1)
        if facts is None:
            facts = LinkFacts(id=1, beat_at=now, connected=False, connected_changed_at=now)
            session.add(facts)
        return facts

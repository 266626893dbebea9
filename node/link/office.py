"""The centre's side of the courier: it serves two ends, believes the hub alone, and notes facts."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from node.link.models import LinkFacts, LinkSettings
from node.link.remarks import OwnRemarks
from node.link.status import BEAT_EVERY
from node.link.trust import Trust
from shared import topics
from shared.errors import WireError
from shared.keys import Believed, Install, PublicKey
from shared.replication.ends import Seat
from shared.replication.envelope import Rejection
from shared.replication.ledger import Ledger
from shared.replication.messages import NO_TERM, Cursor, Hello, Message
from shared.replication.presence import Presence
from shared.replication.remarks import Remarks

_LOG = logging.getLogger(__name__)
HEARD_EVERY = timedelta(seconds=10)  # fine enough for a page, and not a commit more for each letter


class NodeOffice:
    """See `shared.replication.office.Office`."""

    def __init__(
        self,
        city: str,
        centre: str,
        hub_key: PublicKey,
        ledger: Ledger,
        *,
        install: Install,
        remarks: OwnRemarks,
        keep_key: Callable[[PublicKey, PublicKey], None],
    ) -> None:
        """`keep_key` is called with the hub's key of before and its heir once the heir alone is believed."""
        self._city, self._centre, self._ledger = city, centre, ledger
        self._install, self._remarks, self._keep_key = install, remarks, keep_key
        self._trust = Trust(hub_key)
        self._rivals: dict[str, datetime] = {}
        self._feed = topics.node_feed(centre)
        self.client_id = f"stadtherz-{city}-node-{centre}"
        self.subscriptions = topics.node_subscriptions(city, centre)
        self.presence_topic = topics.node_state(city, centre)
        self.speaks_last = True

    def wanted(self, session: Session) -> bool:
        switch = session.get(LinkSettings, 1)
        return switch is None or switch.on

    def roster(self, session: Session) -> Iterable[Seat]:
        self._trust.look(session)
        news = self._trust.newest + str(self._install.next_key)  # said at once with a cursor, when it changes
        return (Seat(self._feed, True, news), Seat(topics.hub_feed(self._centre), False, news))

    def author(self, topic: topics.Topic) -> Believed:
        if topic.centre not in (None, self._centre):
            raise WireError(Rejection.NOT_SERVED)
        return self._trust.author()

    def succeeded(self, session: Session, topic: topics.Topic, heir: PublicKey, now: datetime) -> None:
        before = self._trust.key
        if self._trust.succeed(session, heir, now):
            _LOG.warning("the city's hub has a new key: %s", heir.text)
            self._keep_key(before, heir)

    def annotated(self, message: Cursor | Hello) -> Cursor | Hello:
        if isinstance(message, Hello):
            return message
        return replace(message, believes=self._trust.newest, term=self._trust.term)

    def reader_believes(self, feed: str) -> str:
        return ""  # what the hub has confirmed is the present key: see `heard`

    def remarks(self, session: Session) -> Remarks:
        return self._remarks.about(self._ledger.source(session, self._feed).state().fence)

    def guard(self, session: Session, feeds: Iterable[str]) -> None:
        """A house has one process."""

    def welcome(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Hear the installation that is the city's hub, and no other one that has its key."""
        said = message.term if isinstance(message, Cursor) else NO_TERM
        try:
            self._trust.welcome(session, message.instance, said, now)
        except WireError:
            self._rivals[message.instance] = now
            raise

    def heard(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        facts = self._facts(session, now)
        if facts.heard_at is None or now - facts.heard_at >= HEARD_EVERY:
            facts.heard_at = now
        if isinstance(message, Cursor):
            following = self._install.next_key
            if following is not None and message.believes == following.text:
                self._install.end_rotation()  # the hub believes it: the old one is of no use any more
            head = self._ledger.source(session, self._feed).state().head
            if message.position == head:
                facts.behind_since = None
                if message.agreed == head:
                    facts.agreed_at = now

    def saw(
        self, session: Session, topic: topics.Topic, presence: Presence, heir: PublicKey | None, now: datetime
    ) -> None:
        if topic.centre is not None:
            return  # another machine that has this centre's key: the hub hears one of them, and says which
        if heir is not None:
            self._trust.learn(session, heir, now)
        if presence.remarks.term.instance == presence.instance:
            self._trust.bind(session, presence.remarks.term, now)
        if self._trust.term != NO_TERM and presence.instance != self._trust.term.instance:
            self._rivals[presence.instance] = now
            return
        facts = self._facts(session, now)
        if facts.hub_online != presence.online:
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
        for instance, at in self._rivals.items():
            self._trust.note_rival(session, instance, at)
        self._rivals.clear()

    def _facts(self, session: Session, now: datetime) -> LinkFacts:
        facts = session.get(LinkFacts, 1)
        if facts is None:
            facts = LinkFacts(id=1, beat_at=now, connected=False, connected_changed_at=now)
            session.add(facts)
        return facts

"""What the hub tells its courier: whom it serves, whom it believes, what it notes of each link."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.ingest.belief import Hearsay, Known, Machines
from hub.ingest.dividing import Division
from hub.network import members, queries, rotation, terms, versions
from hub.network.members import Entry
from hub.network.models import IngestFacts, Member
from shared import topics
from shared.errors import WireError
from shared.keys import Believed, Install, PublicKey
from shared.replication.ends import Seat
from shared.replication.envelope import Rejection
from shared.replication.judging import judge_again
from shared.replication.ledger import Ledger
from shared.replication.messages import NO_TERM, Batch, Check, Cursor, Hello, Message, Position
from shared.replication.office import LetGo
from shared.replication.presence import Presence
from shared.replication.rejections import Rejections
from shared.replication.remarks import Remarks

BATCHES_MAX = 720  # under way in all: mosquitto drops what a slow reader has not fetched beyond 1,000
CREDIT_MAX = 8
BEAT_EVERY = timedelta(seconds=20)
READ_AHEAD = "stadtherz.read_ahead"
HEARD_EVERY = timedelta(seconds=5)  # fine enough for a page, and not an update more for each letter


class HubOffice:
    """See `shared.replication.office.Office`."""

    def __init__(self, city: str, ledger: Ledger, rejections: Rejections, install: Install, division: Division) -> None:
        self._city, self._ledger, self._rejections = city, ledger, rejections
        self._install, self._division = install, division
        self._batches = self._records = self._rejected = 0  # since the last beat that was noted
        self._known: dict[str, Known] = {}
        self._seen: object = None
        self._seats: tuple[Seat, ...] = ()
        self._members = 0  # also of those whom other processes serve
        self._machines, self._hearsay = Machines(), Hearsay()
        self._term = NO_TERM
        self._instances: dict[str, str | None] = {}
        self._unbound: Counter[str] = Counter()  # how often each centre was let go on with another machine
        self._connected = False
        self._is_living = True  # as I last looked
        self._added_at = datetime.min.replace(tzinfo=UTC)
        self._heard_of: set[str] = set()
        self._untried: set[str] = set()  # centres whose records that were set aside are to be judged again
        self.client_id = f"stadtherz-{city}-hub{division.mark}"
        self.subscriptions = topics.hub_subscriptions(city) if division.is_whole else (topics.hub_state(city),)
        self.presence_topic = topics.hub_state(city)

    def wanted(self, session: Session) -> bool:
        """Tell whether this is the city's living hub: a copy, or one that was taken over from, stays silent."""
        self._is_living = terms.may_serve(session, self._install.instance)
        return self._is_living

    def roster(self, session: Session) -> Sequence[Seat]:
        """Return the seats of those who are served; the very same as before while nothing changed."""
        everybody = members.entries(session)
        self._members = len(everybody)
        present = [entry for entry in everybody if self._division.serves(entry.centre_id)]
        self._term = terms.current(session)
        seen = (present, self._term, self._install.next_key, self._division.term, self._machines.doubted)
        if seen != self._seen:
            self._known = {entry.centre_id: Known.of(entry) for entry in present}
            self._listen_to(present)
            self._seats = tuple(self._seats_of(present))
            self._seen = seen
        return self._seats

    def _seats_of(self, present: Sequence[Entry]) -> Iterator[Seat]:
        credit = credit_of_each(len(present))
        for member in present:
            if self._instances.get(member.centre_id) not in (None, member.instance):
                self._unbound[member.centre_id] += 1
            self._instances[member.centre_id] = member.instance
            admission = f"{member.admitted} {self._unbound[member.centre_id]} {self._news(member)}"
            admission += f" {self._division.term}"
            yield Seat(topics.node_feed(member.centre_id), is_source=False, admission=admission, credit=credit)
            yield Seat(topics.hub_feed(member.centre_id), is_source=True, admission=admission)

    def _news(self, member: Entry) -> str:
        """Return what a centre is to hear at once: which of its keys we know, which of ours it knows, our term."""
        believes = member.hub_key if self._install.next_key else ""
        return f"{member.next_key} {believes} {self._term} {self._machines.doubts(member.centre_id)}"

    @property
    def speaks_last(self) -> bool:
        return self._is_living and not self._division.others()

    def guard(self, session: Session, feeds: Iterable[str]) -> None:
        """See `Office`. Whoever was taken over from takes nothing more: not even until the next look at the switch."""
        centres = {topics.centre_of(feed) for feed in feeds}
        if centres and not self.wanted(session):
            raise LetGo
        self._division.guard(session, centres)
        if len(centres) > 1:  # held by the session: who is read at once need not be read for each letter
            several = select(Member).where(Member.centre_id.in_(centres))
            session.info[READ_AHEAD] = [*session.scalars(several), session.get(terms.HubTerm, 1)]

    def author(self, topic: topics.Topic) -> Believed:
        known = self._known.get(topic.centre or "")
        if known is None:
            raise WireError(Rejection.NOT_A_MEMBER)
        return known.author()

    def succeeded(self, session: Session, topic: topics.Topic, heir: PublicKey, now: datetime) -> None:
        member = self._member(session, topic)
        if member.next_key == heir.text:
            member.public_key, member.next_key = heir.text, None

    def annotated(self, message: Cursor | Hello) -> Cursor | Hello:
        if isinstance(message, Hello):
            self._machines.asked(topics.centre_of(message.feed), message.nonce)
            return message
        known = self._known.get(topics.centre_of(message.feed))
        return replace(message, believes=known.newest if known else "", term=self._term)

    def reader_believes(self, feed: str) -> str:
        known = self._known.get(topics.centre_of(feed))
        return known.believes if known else ""

    def remarks(self, session: Session) -> Remarks:
        return Remarks(term=terms.current(session))

    def welcome(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        """Bind the first installation; note another one as the rival and do not serve it."""
        self._machines.welcome(self._member(session, topic), message, now)

    def heard(self, session: Session, topic: topics.Topic, message: Message, now: datetime) -> None:
        member = self._member(session, topic)
        if member.heard_at is None or now - member.heard_at >= HEARD_EVERY:
            member.heard_at = now
        if not member.online:  # its birth came before it was admitted, or the broker lost it
            member.online, member.online_changed_at = True, now
        match message:
            case Hello():
                member.reported_head = message.head.revision
            case Batch():
                member.reported_head = message.head.revision
                self._batches += 1
                self._records += len(message.changes)
            case Check():
                if self._ledger.replica(session, message.feed).state().agreed == message.at:
                    member.agreed_up_at = now
            case Cursor():
                rotation.note_belief(member, message, self._install)
                self._machines.follow(member, message, now)
                self._hearsay.note(member.centre_id, message.term)
                if message.term > self._term:  # of a term a hub's own presence convinces, and centres if many say so
                    terms.hear(session, self._hearsay.believed(self._known, self._members), now)
                if message.position == message.agreed == self._head_of(session, message.feed):
                    member.agreed_down_at = now

    def saw(
        self, session: Session, topic: topics.Topic, presence: Presence, heir: PublicKey | None, now: datetime
    ) -> None:
        if topic.centre is None:
            return terms.hear(session, presence.remarks.term, now)
        member = self._member(session, topic)
        if heir is not None:
            member.next_key = heir.text
        if not self._machines.saw(member, presence, now):
            return None
        if member.online != presence.online:
            member.online, member.online_changed_at = presence.online, now
        if presence.online:
            versions.note(session, member.centre_id, presence.program, now)
            _note_remarks(member, presence.remarks)
        return None

    def beat(self, session: Session, connected: bool, now: datetime) -> None:
        anyone = self._division_beats(session, connected, now)
        facts = session.get(IngestFacts, 1)
        if facts is None:
            facts = IngestFacts(id=1, beat_at=now, connected=False, connected_changed_at=now)
            facts.batches = facts.records = facts.rejected = 0
            session.add(facts)
            session.flush()
        if facts.connected != anyone:
            facts.connected, facts.connected_changed_at, facts.beat_at = anyone, now, now
        if self._connected and not connected:
            self._see_nobody(session, now)
        self._connected = connected
        if now - facts.beat_at >= BEAT_EVERY or now - self._added_at >= BEAT_EVERY:
            facts.beat_at = self._added_at = now
            self._add_up(facts)
        self._machines.write(session)
        if self._install.next_key is not None:
            rotation.end_if_all_follow(session, self._install)
        self._try_again(session)

    def _division_beats(self, session: Session, connected: bool, now: datetime) -> bool:
        if self._is_living:
            return self._division.beat(session, connected, len(self._known), now)
        return self._division.stand_aside(session, now)

    def _add_up(self, facts: IngestFacts) -> None:
        """Add what came in since the last time; a commit that fails loses a few of a count that nobody lives by."""
        facts.batches = IngestFacts.batches + self._batches  # in the database: others add to them too
        facts.records = IngestFacts.records + self._records
        facts.rejected = IngestFacts.rejected + self._rejections.total - self._rejected
        self._batches = self._records = 0
        self._rejected = self._rejections.total

    def _see_nobody(self, session: Session, now: datetime) -> None:
        """Forget who is online: whoever still is says so when the connection is back."""
        for member in members.members(session):
            if member.online and member.centre_id in self._known:
                member.online, member.online_changed_at = False, now

    def _try_again(self, session: Session) -> None:
        """Judge what the centres that are new to me have set aside: I may be a newer program, which understands it."""
        waiting = queries.feeds_with_set_aside(session) if self._untried else set()
        while self._untried:
            centre = self._untried.pop()
            if topics.node_feed(centre) in waiting and self._division.serves(centre):  # it has just looked again
                self._division.guard(session, {centre})
                judge_again(session, self._ledger, topics.node_feed(centre))

    def _listen_to(self, present: Iterable[Entry]) -> None:
        """Hear the centres that I serve and no others; who serves all need not name them."""
        centres = {member.centre_id for member in present}
        if self._division.is_whole or centres == self._heard_of:
            return
        self._untried = self._untried & centres | centres - self._heard_of
        self._heard_of = centres
        each = (topics.hub_subscriptions_for(self._city, centre) for centre in sorted(centres))
        self.subscriptions = (topics.hub_state(self._city), *chain.from_iterable(each))

    def _head_of(self, session: Session, feed: str) -> Position:
        return self._ledger.source(session, feed).state().head

    def _member(self, session: Session, topic: topics.Topic) -> Member:
        member = session.get(Member, topic.centre)
        if member is None or member.revoked_at is not None:
            raise WireError(Rejection.NOT_A_MEMBER)
        return member


def _note_remarks(member: Member, said: Remarks) -> None:
    """Keep what a centre says of itself; of its sealing keys only a newer one than before."""
    if said.sealing_key and (said.sealing_number > member.sealing_number or member.sealing_key is None):
        member.sealing_key, member.sealing_number = said.sealing_key, said.sealing_number
    member.machine, member.trouble = said.machine or None, said.trouble or None


def credit_of_each(centres: int) -> int:
    """Return how many batches one of `centres` may have under way: steps of powers of two, at least 1.

    Beyond 720 centres on one connection the broker must not bound its queues (deploy says so).
    """
    credit = CREDIT_MAX
    while credit > 1 and credit * centres > BATCHES_MAX:
        credit //= 2
    return credit

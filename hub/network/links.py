"""How the link of each centre stands: presence, backlogs, agreement, what is in the way.

Rule: all links together take a fixed number of queries, however many centres there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.network import versions
from hub.network.models import IngestFacts, Member
from shared import topics
from shared.replication.ledger import FeedHealth, Ledger, ReplicaHealth
from shared.replication.ledger.health import unheard
from shared.replication.program import Program

STALE_AFTER = timedelta(seconds=60)  # ingest notes every 20 s that it is alive


@dataclass(frozen=True, slots=True)
class CentreLink:
    """One centre's link.

    `state`: revoked, fenced, stalled, offline, waiting (never heard of), delayed or agreed; `since`
    when presence changed. `backlog_up` is how many revisions of the centre are not here yet,
    `backlog_down` how many records of the city it has not confirmed. `reason` says why it is
    fenced or stalled. Agreement is the last time that digests were compared and equal.
    """

    centre_id: str
    name: str
    state: str
    since: datetime | None
    online: bool
    heard_at: datetime | None
    admitted_at: datetime
    revoked_at: datetime | None
    instance: str | None
    rival_instance: str | None
    backlog_up: int
    backlog_down: int
    agreed_up_at: datetime | None
    agreed_down_at: datetime | None
    reason: str
    received: ReplicaHealth
    offered: FeedHealth | None
    program: Program | None
    machine: str | None = None
    bound_at: datetime | None = None
    rival_machine: str | None = None
    rival_first_at: datetime | None = None
    rival_at: datetime | None = None
    trouble: str | None = None
    twin_at: datetime | None = None

    @property
    def set_aside(self) -> int:
        """How many of its records are here but not shown."""
        return self.received.quarantined + self.received.deferred + self.received.stubs

    @property
    def belongs(self) -> bool:
        """Whether it is a member of the network."""
        return self.revoked_at is None


def network_state(session: Session, now: datetime, *, ledger: Ledger) -> list[CentreLink]:
    """Return how the link of every centre stands at `now`, by the centres' names; their records uncounted."""
    here = hub_connected(session, now)
    received, offered = ledger.all_replicas(session), ledger.all_feeds(session)
    programs = versions.of_centres(session)
    members = session.execute(select(Member.__table__).order_by(Member.name, Member.centre_id))
    found = []
    for member in members:
        up, down = topics.node_feed(member.centre_id), topics.hub_feed(member.centre_id)
        known = received.get(up) or unheard(up), offered.get(down), programs.get(member.centre_id)
        found.append(_centre_link(member, here, *known))
    return found


def find_link(session: Session, centre_id: str, now: datetime, *, ledger: Ledger) -> CentreLink | None:
    """Return how the link of one centre stands, None for one that was never admitted."""
    member = session.get(Member, centre_id)
    if member is None:
        return None
    received = ledger.replica_health(session, topics.node_feed(centre_id))
    offered = ledger.feed_health(session, topics.hub_feed(centre_id))
    program = versions.of_centre(session, centre_id)
    return _centre_link(member, hub_connected(session, now), received, offered, program)


def hub_connected(session: Session, now: datetime) -> bool:
    """Tell whether the hub itself has its connection to the broker."""
    facts = session.get(IngestFacts, 1)
    return facts is not None and facts.connected and now - facts.beat_at <= STALE_AFTER


def _centre_link(
    member: Any, here: bool, received: ReplicaHealth, offered: FeedHealth | None, program: Program | None
) -> CentreLink:
    """Put together what is known; `member` is a `Member` or a row of its table."""
    backlog_up = max(0, member.reported_head - received.revision)
    backlog_down = offered.backlog if offered else 0
    state, reason = _state(member, received, offered, here, backlog_up + backlog_down)
    return CentreLink(
        centre_id=member.centre_id,
        name=member.name,
        state=state,
        since=member.online_changed_at,
        online=here and member.online,
        heard_at=member.heard_at,
        admitted_at=member.admitted_at,
        revoked_at=member.revoked_at,
        instance=member.instance,
        rival_instance=member.rival_instance,
        backlog_up=backlog_up,
        backlog_down=backlog_down,
        agreed_up_at=member.agreed_up_at,
        agreed_down_at=member.agreed_down_at,
        reason=reason,
        received=received,
        offered=offered,
        program=program,
        machine=member.machine,
        bound_at=member.bound_at,
        rival_machine=member.rival_machine,
        rival_first_at=member.rival_first_at,
        rival_at=member.rival_at,
        trouble=member.trouble,
        twin_at=member.twin_at,
    )


def _state(
    member: Any, received: ReplicaHealth, offered: FeedHealth | None, here: bool, backlog: int
) -> tuple[str, str]:
    """Return the most telling state first: what a person must decide, then what time will heal."""
    found = [
        ("revoked", "", member.revoked_at is not None),
        ("fenced", offered.fence if offered else "", bool(offered and offered.fence)),
        ("fenced", "another installation uses this centre's key", member.rival_instance is not None),
        ("fenced", member.trouble or "", member.trouble is not None),
        ("fenced", "two machines have the very same identity", member.twin_at is not None),
        ("stalled", received.stalled or "", received.stalled is not None),
        ("waiting", "", member.heard_at is None),
        ("offline", "", not (here and member.online)),
        ("delayed", "", backlog > 0 or member.agreed_up_at is None),
    ]
    return next(((state, reason) for state, reason, holds in found if holds), ("agreed", ""))

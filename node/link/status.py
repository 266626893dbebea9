"""How the link to the city stands, from durable facts, so that any process can tell; and its switch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from node.link.models import LinkFacts, LinkSettings
from shared import topics
from shared.replication.ledger import Ledger

BEAT_EVERY = timedelta(seconds=60)  # between two writings while nothing changes: a memory card wears out
STALE_AFTER = timedelta(seconds=150)  # two beats missed: the process is gone
BEHIND_AFTER = timedelta(seconds=5)  # a change usually arrives within a fraction of a second


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """`state` is agreed, delayed, offline, off or fenced; `since` when that began, if known.

    `waiting` counts records that the city has not confirmed, `agreed_at` is when both sides last
    compared their digests and found them equal. `reason` says why the link is fenced.
    """

    state: str
    since: datetime | None
    waiting: int
    agreed_at: datetime | None
    reason: str = ""


def status(session: Session, now: datetime, ledger: Ledger, centre: str) -> LinkStatus:
    """Return how the link of `centre` stands at `now`."""
    switch, facts = session.get(LinkSettings, 1), session.get(LinkFacts, 1)
    health = ledger.feed_health(session, topics.node_feed(centre))
    waiting = health.backlog if health else 0
    agreed_at = facts.agreed_at if facts else None
    state, since = _state(switch, facts, now, waiting)
    if health and health.fence:
        return LinkStatus("fenced", None, waiting, agreed_at, health.fence)
    return LinkStatus(state, since, waiting, agreed_at)


def set_link(session: Session, on: bool, now: datetime) -> None:
    """Switch the link on or off; the courier, in whatever process, obeys within about a second."""
    switch = session.get(LinkSettings, 1)
    if switch is None:
        session.add(LinkSettings(id=1, on=on, switched_at=now))
    elif switch.on != on:
        switch.on, switch.switched_at = on, now


def has_let_go(session: Session, now: datetime) -> bool:
    """Tell whether no courier holds a connection: it obeyed the switch, or its process is gone."""
    facts = session.get(LinkFacts, 1)
    return facts is None or not facts.connected or now - facts.beat_at > STALE_AFTER


def _state(
    switch: LinkSettings | None, facts: LinkFacts | None, now: datetime, waiting: int
) -> tuple[str, datetime | None]:
    if switch is not None and not switch.on:
        return "off", switch.switched_at
    if facts is None or _is_lost(facts, now):
        return "offline", _lost_at(facts, now) if facts else None
    if waiting and facts.behind_since and now - facts.behind_since >= BEHIND_AFTER:
        return "delayed", facts.behind_since
    if facts.agreed_at is None:
        return "delayed", facts.connected_changed_at
    return "agreed", facts.agreed_at


def _is_lost(facts: LinkFacts, now: datetime) -> bool:
    return now - facts.beat_at > STALE_AFTER or not facts.connected or facts.hub_online is False


def _lost_at(facts: LinkFacts, now: datetime) -> datetime | None:
    if not facts.connected:
        return facts.connected_changed_at
    return facts.hub_changed_at if facts.hub_online is False else facts.beat_at

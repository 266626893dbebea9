"""What is wrong, judged from facts alone: no clock, no database.

Rule: what cannot be known is not judged. Without its own connection the hub does not know who is
offline; a job that has not succeeded since the start may fail as it did before. Such kinds are `blind`,
such a job is `unknown`, and their alarms stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hub.alarms.kinds import Kind, Rule
from hub.core.jobs import Run
from hub.network.queries import CentreLink, Connection

_BY_LINK = frozenset({Kind.OFFLINE, Kind.DISAGREEMENT, Kind.BACKLOG})
SETTLED_AFTER = timedelta(minutes=5)  # after its own connection came back the hub waits for the others
VALUE_MAX = 2_000_000_000  # what the table of alarms holds; a centre may claim a backlog without end
NOT_CONNECTED, NO_BACKUP = "not connected", "no backup"  # reasons of ours; the others are the engine's


@dataclass(frozen=True)
class Facts:
    """What was found at one look.

    `broker` is the hub's own connection, `silent` the open days without figures by centre (None if
    nobody looked for them this time), `runs` how the jobs went since the program was started, `backups`
    when each centre's last one was received.
    """

    links: Sequence[CentreLink]
    broker: Connection
    silent: Mapping[str, int] | None = None
    runs: Mapping[str, Run] = field(default_factory=dict)
    backups: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong now."""

    kind: Kind
    subject: str
    value: int
    reason: str = ""


@dataclass(frozen=True)
class Judgement:
    """What is wrong, and of what nobody can tell at the moment: whole kinds, or single (kind, subject)."""

    findings: Sequence[Finding]
    blind: frozenset[Kind]
    unknown: frozenset[tuple[str, str]] = frozenset()


def judge(facts: Facts, rules: Mapping[Kind, Rule], now: datetime) -> Judgement:
    """Return what is wrong at `now` by `rules`."""
    blind: set[Kind] = set()
    if not facts.broker.up or now - facts.broker.since < SETTLED_AFTER:
        blind |= _BY_LINK
    if facts.silent is None:
        blind.add(Kind.STALE)
    found = [
        replace(one, value=min(one.value, VALUE_MAX))
        for one in _everything(facts, now)
        if one.kind not in blind and _is_wrong(one, rules[one.kind])
    ]
    unproven = {(Kind.JOB.value, name) for name, run in facts.runs.items() if run.succeeded_at is None}
    away = {(Kind.BACKUP.value, link.centre_id) for link in facts.links if link.belongs and not link.online}
    return Judgement(found, frozenset(blind), frozenset(unproven | away))


def _is_wrong(found: Finding, rule: Rule) -> bool:
    return rule.active and found.value >= rule.threshold


def _everything(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Yield what might be wrong, with its measure; the thresholds decide."""
    for link in facts.links:
        if link.belongs:
            yield from _of_link(link, now)
            yield from _of_backups(link, facts.backups, now)
    for centre_id, days in (facts.silent or {}).items():
        yield Finding(Kind.STALE, centre_id, days)
    if not facts.broker.up:
        yield Finding(Kind.BROKER, "", (now - facts.broker.since) // timedelta(minutes=1))
    for name, run in facts.runs.items():
        if run.failures:
            yield Finding(Kind.JOB, name, run.failures, run.error)


def _of_link(link: CentreLink, now: datetime) -> Iterator[Finding]:
    if link.state in ("fenced", "stalled"):
        yield Finding(Kind.DECISION, link.centre_id, 1, link.reason)
    elif link.received.unconfirmed:
        yield Finding(Kind.DECISION, link.centre_id, link.received.unconfirmed, "unconfirmed")
    if link.set_aside:
        yield Finding(Kind.SET_ASIDE, link.centre_id, link.set_aside)
    if link.online:
        yield Finding(Kind.DISAGREEMENT, link.centre_id, _hours(_not_agreed_since(link), now))
        yield Finding(Kind.BACKLOG, link.centre_id, link.backlog_up + link.backlog_down)
    else:
        reason = "" if link.heard_at else NOT_CONNECTED
        yield Finding(Kind.OFFLINE, link.centre_id, _hours(link.since or link.admitted_at, now), reason)


def _of_backups(link: CentreLink, received: Mapping[str, datetime], now: datetime) -> Iterator[Finding]:
    """Yield how old the last backup is; of a centre without a connection that is known to be offline already."""
    if link.online:
        last = received.get(link.centre_id)
        days = max(0, (now - (last or link.admitted_at)) // timedelta(days=1))
        yield Finding(Kind.BACKUP, link.centre_id, days, "" if last else NO_BACKUP)


def _not_agreed_since(link: CentreLink) -> datetime:
    """Return since when nobody has proven that both sides hold the same: counted from when they could have."""
    connected = link.since or link.admitted_at
    return min(max(at or connected, connected) for at in (link.agreed_up_at, link.agreed_down_at))


def _hours(since: datetime, now: datetime) -> int:
    return max(0, (now - since) // timedelta(hours=1))

"""The figures of the network, made from the database at each look.

Rule: the number of lines does not grow with the city. Single centres are named only while there
are few of them (`metrics_centres`); beyond that there are sums, and the worst.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.alarms import queries as alarm_queries
from hub.backups import queries as backup_queries
from hub.core.db import Base
from hub.core.jobs import Run
from hub.network import listing, queries, workers
from hub.network.queries import CentreLink
from shared.replication.program import Program
from shared.web.metrics.families import gauge, of_jobs, of_program

DUE_MAX = 10_000  # rows that are counted of what waits; more is "very late"


def figures(
    session: Session, now: datetime, runs: Mapping[str, Run], ours: Program, centres_max: int
) -> Iterator[Metric]:
    """Yield everything that is known at `now`."""
    links = [link for link in queries.all_links(session, now) if link.belongs]
    yield of_program(ours)
    yield from _of_network(links, now)
    if len(links) <= centres_max:
        yield from _of_centres(links)
    yield from _of_ingest(session, now)
    yield from _of_alarms(session)
    yield from _of_backups(session, now)
    yield gauge("stadtherz_due_rows", f"Rows that derived tables wait for, up to {DUE_MAX}.", ("table",), _due(session))
    yield from of_jobs(runs)


def _of_network(links: Iterable[CentreLink], now: datetime) -> Iterator[Metric]:
    links = list(links)
    states = {(state,): 0.0 for state in listing.STATES if state != "revoked"}
    states |= {(state,): number for state, number in listing.by_state(links).items()}
    yield gauge("stadtherz_centres", "Centres by the state of their link.", ("state",), states)
    backlogs = {"up": [link.backlog_up for link in links], "down": [link.backlog_down for link in links]}
    sums = {(way,): sum(numbers) for way, numbers in backlogs.items()}
    yield gauge("stadtherz_backlog_records", "Records on their way.", ("direction",), sums)
    worst = {(way,): max(numbers, default=0) for way, numbers in backlogs.items()}
    yield gauge("stadtherz_backlog_records_max", "The same of the centre with most.", ("direction",), worst)
    ages = sorted((now - link.agreed_up_at).total_seconds() for link in links if link.online and link.agreed_up_at)
    name, about = "stadtherz_agreement_age_seconds", "Since the last proof of agreement, of centres that are connected."
    yield gauge(name, about, ("of",), {("median",): _at(ages, 0.5), ("p95",): _at(ages, 0.95), ("max",): _at(ages, 1)})
    aside = {
        ("quarantined",): sum(link.received.quarantined for link in links),
        ("deferred",): sum(link.received.deferred for link in links),
        ("stub",): sum(link.received.stubs for link in links),
    }
    yield gauge("stadtherz_set_aside_records", "Records that are here but not shown.", ("status",), aside)
    programs = Counter((link.program.version if link.program else "unknown",) for link in links)
    yield gauge("stadtherz_centre_programs", "Centres by the version of their program.", ("version",), programs)


def _of_centres(links: Iterable[CentreLink]) -> Iterator[Metric]:
    listed = list(links)
    online = {(link.centre_id,): float(link.online) for link in listed}
    yield gauge("stadtherz_centre_online", "Whether the centre is connected.", ("centre",), online)
    backlog = {(link.centre_id, "up"): link.backlog_up for link in listed}
    backlog |= {(link.centre_id, "down"): link.backlog_down for link in listed}
    yield gauge("stadtherz_centre_backlog_records", "Records on their way.", ("centre", "direction"), backlog)
    agreed = {(link.centre_id,): link.agreed_up_at.timestamp() for link in listed if link.agreed_up_at}
    yield gauge("stadtherz_centre_agreed_timestamp_seconds", "When it was last proven equal.", ("centre",), agreed)


def _of_ingest(session: Session, now: datetime) -> Iterator[Metric]:
    own, facts = queries.own_connection(session, now), queries.ingest_facts(session)
    yield gauge("stadtherz_broker_connected", "Whether the hub has its connection.", (), {(): float(own.up)})
    if facts is None:
        return
    beat = facts.beat_at.timestamp()
    yield gauge("stadtherz_ingest_beat_timestamp_seconds", "When ingest was last known to be alive.", (), {(): beat})
    states = Counter(
        ("silent" if one.is_silent else "connected" if one.connected else "not_connected",)
        for one in workers.standings(session, now)
    )
    known = {(state,): float(states[state,]) for state in ("connected", "not_connected", "silent")}
    yield gauge("stadtherz_ingest_workers", "Processes that receive, by their state.", ("state",), known)
    for name, about, total in (
        ("batches", "Batches that came in.", facts.batches),
        ("records", "Changes of records in them, some of them twice.", facts.records),
        ("rejected", "Messages that were not taken.", facts.rejected),
    ):
        yield CounterMetricFamily(f"stadtherz_ingest_{name}", about, value=total)


def _of_alarms(session: Session) -> Iterator[Metric]:
    kinds = {(kind,): float(number) for kind, number in alarm_queries.open_by_kind(session).items()}
    yield gauge("stadtherz_alarms_open", "Alarms that are open.", ("kind",), kinds)
    failed = alarm_queries.undelivered(session)
    yield gauge("stadtherz_alarm_letters_failed", "Messages about alarms that have not arrived.", (), {(): failed})


def _of_backups(session: Session, now: datetime) -> Iterator[Metric]:
    found = Counter((one.worry or "good",) for one in backup_queries.standings(session, now))
    states = {(state,): float(found[state,]) for state in ("good", "old", "none")}
    yield gauge("stadtherz_centre_backups", "Centres by how their last backup here stands.", ("state",), states)


def _due(session: Session) -> dict[tuple[str, ...], float]:
    """Return how much waits in each table of what is due: whoever derives a table from records has one."""
    found: dict[tuple[str, ...], float] = {}
    for name, table in sorted(Base.metadata.tables.items()):
        if name.endswith("_due"):
            some = select(table.primary_key.columns[0]).limit(DUE_MAX).subquery()
            found[name,] = session.scalar(select(func.count()).select_from(some)) or 0
    return found


def _at(ages: list[float], share: float) -> float:
    """Return the age that `share` of the sorted `ages` do not exceed, 0 for none."""
    return ages[min(len(ages) - 1, int(share * len(ages)))] if ages else 0.0

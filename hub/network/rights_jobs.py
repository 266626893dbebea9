"""Every minute, in a city that manages its broker's rights: hold the broker against the members."""

import logging
import threading

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import broker, jobs
from hub.core.broker import BrokerUnreachable, Membership, standing
from hub.core.db import reading
from hub.network.models import Member
from shared.time import now

EVERY_S = 60
_LOG = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()


def register(app: Flask) -> None:
    """Let `app` look after the broker's rights, if that is its to do."""
    if broker.is_managed(app.extensions["stadtherz.config"]):
        jobs.add(app, "broker-rights", IntervalTrigger(seconds=EVERY_S), compare)


def compare() -> None:
    """Do one round, unless one is under way. Raises BrokerUnreachable after it was noted: so the alarms hear of it."""
    if not _one_at_a_time.acquire(blocking=False):
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (flask's own way to the app)
    try:
        found = broker.reconcile(app.extensions["stadtherz.config"], membership, standing.last(app), now())
        standing.keep(app, found)
    finally:
        _one_at_a_time.release()
    if found.reason:
        raise BrokerUnreachable(found.reason)
    if found.missing or found.surplus:
        _LOG.warning("the broker: %d users to let in, %d to cut off", len(found.missing), len(found.surplus))


def membership() -> Membership:
    """Return who belongs to the network, and who was let go."""
    with reading() as session:
        return membership_in(session)


def membership_in(session: Session) -> Membership:
    """Return who belongs to the network, and who was let go, with one query."""
    rows = session.execute(select(Member.centre_id, Member.access_number, Member.revoked_at)).all()
    return Membership(
        {row.centre_id: row.access_number for row in rows if row.revoked_at is None},
        frozenset(row.centre_id for row in rows if row.revoked_at is not None),
    )

"""Every minute: note which links have changed their state, for the history of each."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from hub.core import jobs
from hub.core.db import reading, transaction
from hub.network import history, queries
from shared.time import now

EVERY_S = 60


def register(app: Flask) -> None:
    """Let `app` keep the history of the links."""
    jobs.add(app, "link-history", IntervalTrigger(seconds=EVERY_S), note_changes)


def note_changes() -> None:
    """Look without a lock; take one only if something changed. Without its own connection the hub knows nothing."""
    with reading() as session:
        at = now()
        if not queries.own_connection(session, at).up:
            return
        links = queries.all_links(session, at)
        if not history.have_changed(session, links):
            return
    with transaction() as session:
        history.note_changes(session, links, at)

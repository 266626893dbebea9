"""Every minute: offer what centres may have lost, and close what they have answered."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from hub.core import jobs
from hub.core.db import LEDGER, transaction
from hub.recovery.offers import offer_candidates, settle_offers
from shared.time import now

EVERY_S = 60  # people answer offers; nobody waits for a second


def register(app: Flask) -> None:
    """Let `app` look after recoveries."""
    jobs.add(app, "recovery", IntervalTrigger(seconds=EVERY_S), look_after)


def look_after() -> None:
    """Settle first: a centre's answer may free what would be offered twice."""
    with transaction() as session:
        settle_offers(session, LEDGER)
        offer_candidates(session, LEDGER, now())

"""What the houses did, added up: by centre, district, theme and month, dated and complete or not.

`facts` adds up a centre's records, `sums` keeps what came out, `queries` reads it, `report` lays it
out with how complete it is, `views` shows it.
"""

from collections.abc import Set

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.core import jobs
from hub.core.db import reading, transaction
from hub.core.rights import Right, roles_with
from hub.core.rounds import in_rounds
from hub.reports import receipts, sums
from hub.reports.views import pages
from shared.time import now
from shared.web import navigation, zone

SUMS_EVERY_S = 2  # how long a figure may lack what came in; its page says so meanwhile
BATCHES_MAX = 20  # a rush is worked off in turns, so that other jobs get theirs
RECEIPTS_EVERY_MIN = 15


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    navigation.add(app, _l("Reports"), "reports.overview", order=40, roles=roles_with(Right.READ_REPORTS))
    jobs.add(app, "report-sums", IntervalTrigger(seconds=SUMS_EVERY_S), catch_up)
    jobs.add(app, "report-receipts", IntervalTrigger(minutes=RECEIPTS_EVERY_MIN), note_receipts)


def catch_up() -> None:
    """Add up what is due, in short transactions: ingest waits for none of them."""

    def batch_without(aside: Set[str]) -> int:
        with reading() as session:
            if not sums.waiting(session, up_to=1, without=aside):
                return 0  # an idle look takes no lock
        with transaction() as session:
            return sums.catch_up(session, zone(), without=aside)

    in_rounds(batch_without, BATCHES_MAX)


def note_receipts() -> None:
    """Write down which months of which centres have arrived by now."""
    with transaction() as session:
        receipts.note(session, now(), zone())

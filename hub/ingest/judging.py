"""Judging once more what was set aside: a newer program may understand it.

Rule: a bug on the way costs that one house its new verdicts, and nobody the start or the beat of the ingest.
"""

import logging

from sqlalchemy.orm import Session

from shared.replication.errands import is_unavailable
from shared.replication.ledger import Ledger, Reprojection

_log = logging.getLogger(__name__)


def judge_again(session: Session, ledger: Ledger, feed: str) -> Reprojection:
    """Judge what `feed` has set aside; return how many records were tried, and how many are shown now."""
    try:
        with session.begin_nested():
            return ledger.reproject(session, feed)
    except Exception as error:
        if is_unavailable(error):
            raise
        _log.exception("what %s reported stays set aside", feed)
        return Reprojection(0, 0)

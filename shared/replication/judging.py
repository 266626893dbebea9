"""Judging once more what was set aside: a newer program may understand it.

Rule: a bug on the way costs that one feed its new verdicts, and nobody the start or the beat of the link.
"""

import logging
from collections.abc import Iterable

from sqlalchemy.orm import Session

from shared.replication.ledger import Ledger, Reprojection
from shared.storage import is_unavailable

_log = logging.getLogger(__name__)


def judge_all_again(session: Session, ledger: Ledger, feeds: Iterable[str]) -> None:
    """Judge what each of `feeds` has set aside, and say in the log what came of it."""
    results = [judge_again(session, ledger, feed) for feed in feeds]
    if tried := sum(result.tried for result in results):
        understood = sum(result.projected for result in results)
        _log.info("records set aside: %d tried again, %d understood now", tried, understood)


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

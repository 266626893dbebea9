"""Taking an erased record's row away, with whatever the side hangs on it."""

import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.records.base import RecordColumns

_log = logging.getLogger(__name__)


def remove_row(session: Session, kind: type[RecordColumns], record_id: str) -> None:
    """Delete the row if it is there; one that other rows of the house still need is reported and stays.

    The erase tombstone holds either way: the record never travels again.
    """
    row = session.get(kind, record_id)
    if row is None:
        return
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError:
        _log.exception("%s %s is erased, but other rows need it: remove those first", kind.__collection__, record_id)

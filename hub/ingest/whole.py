"""The one ingest of a hub on SQLite: it serves every centre, and says so on the desk.

That there is no second one is held by the lock of the data folder (`hub.ingest.alone`).
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.ingest.dividing import name_of_process
from hub.network.workers import IngestWorker

NOTE_EVERY = timedelta(seconds=20)  # each note is a write to the card


class Whole:
    """See `hub.ingest.dividing.Division`."""

    is_whole = True
    mark = term = ""

    def __init__(self) -> None:
        self._number = secrets.randbits(31)

    def serves(self, centre: str) -> bool:
        return True

    def guard(self, session: Session, centres: Collection[str]) -> None:
        """Nobody else can be there: the lock is not freed while this process lives."""

    def beat(self, session: Session, connected: bool, centres: int, now: datetime) -> bool:
        row = session.get(IngestWorker, self._number)
        if row is None:
            session.execute(delete(IngestWorker))
            row = IngestWorker(number=self._number, name=name_of_process(), since=now, beat_at=now, beats=0)
            session.add(row)
        elif now - row.beat_at >= NOTE_EVERY or row.connected != connected:
            row.beat_at, row.beats = now, row.beats + 1
        else:
            return connected
        row.connected, row.centres = connected, centres
        return connected

    def stand_aside(self, session: Session, now: datetime) -> bool:
        """Nobody waits for what I serve; the desk still shows that I am here."""
        return self.beat(session, False, 0, now)

    def others(self) -> bool:
        return False

    def leave(self) -> None:
        """The lock ends with the process; the row tells when it was last here."""

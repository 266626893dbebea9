"""Messages that were set aside: when, by which topic, why, how large, how often. Never their content.

Rule: the number of rows is bounded, whatever arrives; many alike are one row that counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.columns import UTCDateTime

ROWS_MAX = 200
WAITING_MAX = 200  # kinds of rejection between two writings
TOPIC_LENGTH_MAX = 120
REASON_LENGTH_MAX = 80


class RejectedMessageColumns:
    """Mixin of the table of both sides: one row for each (topic, reason)."""

    __tablename__ = "rejected_messages"

    topic: Mapped[str] = mapped_column(String(TOPIC_LENGTH_MAX), primary_key=True)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH_MAX), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    size_bytes: Mapped[int] = mapped_column(Integer)  # of the last one
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(slots=True)
class _Tally:
    count: int
    size_bytes: int
    first_at: datetime
    last_at: datetime


class Rejections:
    """Gathers rejections in memory, so that a flood of them is not a flood of commits."""

    def __init__(self, table: type[RejectedMessageColumns]) -> None:
        self._table = table
        self._waiting: dict[tuple[str, str], _Tally] = {}
        self.total = 0  # since the start

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, topic: str, reason: str, size_bytes: int, now: datetime) -> None:
        """Note one message; of more than 200 kinds at a time the rest counts as one kind."""
        key = (topic[:TOPIC_LENGTH_MAX].replace("\0", ""), reason[:REASON_LENGTH_MAX])
        if key not in self._waiting and len(self._waiting) >= WAITING_MAX:
            key = ("", key[1])
        self.total += 1
        tally = self._waiting.setdefault(key, _Tally(0, 0, now, now))
        tally.count, tally.size_bytes, tally.last_at = tally.count + 1, size_bytes, now

    def write(self, session: Session) -> None:
        """Add what was gathered to the table and drop its oldest rows; call `written` after the commit."""
        for (topic, reason), tally in self._waiting.items():
            row = session.get(self._table, (topic, reason))
            if row is None:
                row = self._table(topic=topic, reason=reason, count=0, first_at=tally.first_at)  # type: ignore[call-arg]
                session.add(row)
            row.count += tally.count
            row.size_bytes, row.last_at = tally.size_bytes, tally.last_at
        session.flush()
        kept = select(self._table.topic, self._table.reason).order_by(self._table.last_at.desc(), self._table.topic)
        for topic, reason in session.execute(kept.offset(ROWS_MAX)).all():
            session.execute(delete(self._table).where(self._table.topic == topic, self._table.reason == reason))

    def written(self) -> None:
        self._waiting.clear()


def latest_rejections(
    session: Session, table: type[RejectedMessageColumns], limit: int = 50
) -> Iterable[RejectedMessageColumns]:
    """Return the rejections of late, the last first."""
    return session.scalars(select(table).order_by(table.last_at.desc(), table.topic).limit(limit)).all()

"""When the months of the centres arrived: reports expected, received and on time, as DHIS2 counts them.

A report is one month of one centre. It is expected of a centre that belonged to the network when
the month ended. It is received once everything of the month is proven to be the same here: when
the hub and the centre agreed after the month's end; the first such instant is kept. It is on time
if that was within DUE_DAYS days of the month's end; later it is received, but late.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from hub.network import queries as network
from hub.reports.models import ReportReceipt
from hub.reports.periods import Month, Period, month_of

DUE_DAYS = 7  # a house that is closed between Christmas and New Year's Day is still on time
DUE_AFTER = timedelta(days=DUE_DAYS)
_RECEIPTS = ReportReceipt.__table__


class Punctuality(NamedTuple):
    """Reports of a period by what became of them; those still in time are expected but not yet due."""

    expected: int
    received: int
    on_time: int
    still_in_time: int

    @property
    def rate(self) -> float | None:
        """The reporting rate on time: of the reports that were due; None where none was."""
        due = self.expected - self.still_in_time
        return self.on_time / due if due > 0 else None


def note(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Write down which months arrived since the last look; return how many. Needs a writing transaction.

    What a centre reported that left the network is forgotten: nothing is expected of it.
    """
    ended = month_of(now, zone).plus(-1)
    latest = {
        row[0]: row[1]
        for row in session.execute(
            select(ReportReceipt.centre_id, func.max(ReportReceipt.month)).group_by(ReportReceipt.centre_id)
        )
    }
    admitted = network.admissions(session)
    gone = latest.keys() - admitted.keys()
    if gone:
        session.execute(delete(ReportReceipt).where(ReportReceipt.centre_id.in_(gone)))
    rows = []
    for centre in network.expected_centres(session):
        if centre.as_of is None:
            continue
        if centre.centre_id in latest:  # also of a house that was bound anew since, to another machine
            month = Month.of_number(latest[centre.centre_id]).plus(1)
        else:
            month = month_of(admitted[centre.centre_id], zone)
        while month <= ended and centre.as_of >= month.plus(1).starts_at(zone):
            rows.append({"centre_id": centre.centre_id, "month": month.as_number, "received_at": centre.as_of})
            month = month.plus(1)
    if rows:
        session.execute(insert(_RECEIPTS), rows)  # type: ignore[arg-type]
    return len(rows)


def punctuality(
    session: Session, centre_ids: Collection[str] | None, period: Period, now: datetime, zone: ZoneInfo
) -> Punctuality:
    """Return how the months of the period that are over arrived from these centres; None is all of the network."""
    belonged = _belonged(session, zone)
    joined = sorted(at for centre_id, at in belonged.items() if centre_ids is None or centre_id in centre_ids)
    ends = {month.as_number: month.plus(1).starts_at(zone) for month in period.months}
    ends = {number: ends_at for number, ends_at in ends.items() if ends_at <= now}
    expected = {number: bisect_left(joined, ends_at) for number, ends_at in ends.items()}
    arrived = _arrived(session, centre_ids, ends)
    in_time = [number for number, ends_at in ends.items() if now <= ends_at + DUE_AFTER]
    return Punctuality(
        sum(expected.values()),
        sum(received for received, _on_time in arrived.values()),
        sum(on_time for _received, on_time in arrived.values()),
        sum(max(0, expected[number] - arrived.get(number, (0, 0))[0]) for number in in_time),
    )


def _belonged(session: Session, zone: ZoneInfo) -> Mapping[str, datetime]:
    """Return since when each centre belongs to the network.

    One that moved to another machine is bound anew, and has reported before.
    """
    firsts = select(ReportReceipt.centre_id, func.min(ReportReceipt.month)).group_by(ReportReceipt.centre_id)
    reported = {row[0]: Month.of_number(row[1]).starts_at(zone) for row in session.execute(firsts)}
    admitted = network.admissions(session)
    return {centre_id: min(at, reported.get(centre_id, at)) for centre_id, at in admitted.items()}


def _arrived(
    session: Session, centre_ids: Collection[str] | None, ends: Mapping[int, datetime]
) -> Mapping[int, tuple[int, int]]:
    """Return for each month how many of these centres' reports were received, and how many on time."""
    if not ends:
        return {}
    on_time = or_(
        *(
            and_(ReportReceipt.month == number, ReportReceipt.received_at <= ends_at + DUE_AFTER)
            for number, ends_at in ends.items()
        )
    )
    query = select(ReportReceipt.month, func.count(), func.sum(case((on_time, 1), else_=0)))
    query = query.where(ReportReceipt.month.in_(ends)).group_by(ReportReceipt.month)
    if centre_ids is not None:
        query = query.where(ReportReceipt.centre_id.in_(centre_ids))
    rows = session.execute(query)
    return {month: (received, on_time) for month, received, on_time in rows}

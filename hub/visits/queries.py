"""How much of a time each house has counted; `shared.records.visit_days` says how a day is read."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from hub.visits.models import VisitDay
from shared.records.visit_days import DayState


class Counted(NamedTuple):
    """Of `expected` days `received` have a record, and `known` of these say all: closed, or counted completely."""

    expected: int
    received: int
    known: int
    not_counted: int

    @property
    def is_complete(self) -> bool:
        """Whether sums of the time are exact; otherwise they are "at least"."""
        return self.known == self.expected


def counted(session: Session, first: date, before: date) -> dict[str, Counted]:
    """Return for each centre that has said anything how it counted on the days [first, before), all of them over."""
    known = or_(VisitDay.state == DayState.CLOSED, and_(VisitDay.state == DayState.COUNTED, VisitDay.complete))
    rows = session.execute(
        select(
            VisitDay.centre_id,
            func.count(VisitDay.day.distinct()),
            func.sum(case((known, 1), else_=0)),
            func.sum(case((VisitDay.state == DayState.NOT_COUNTED, 1), else_=0)),
        )
        .where(VisitDay.day >= first, VisitDay.day < before)
        .group_by(VisitDay.centre_id)
    )
    return {centre_id: Counted((before - first).days, *sums) for centre_id, *sums in rows}

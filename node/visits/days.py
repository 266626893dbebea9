"""Whether a day was counted: what follows from opening hours and counts, and what people say about it.

Rule: what somebody said stands, until counts arrive that contradict it. What nobody had to say is
judged by `shared.records.visit_days`, in the night after the day, with the hours as they were then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from node.opening_hours import service as opening_hours
from node.programme import service as programme
from node.visits import locks
from node.visits.models import HourCount, VisitDay
from node.visits.taps import AGE_MAX
from shared.errors import Refusal
from shared.records.events import Attendance
from shared.records.opening_hours import PUBLIC_KINDS, slots_on
from shared.records.visit_days import DayState, HourState, Judgement, hours_within, judge_day, judge_hours
from shared.time import from_wire, local_day, to_wire

EVENT_MAX = timedelta(hours=14)  # what lasts longer, an exhibition say, has no visitors at night
ASKED_ABOUT_DAYS = 7  # after a week nobody remembers whether somebody was there
GIVEN_BACK_BY = "Stadt"
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


_TOUCHED = select(VisitDay).where(VisitDay.starts_at <= bindparam("last"), VisitDay.ends_at > bindparam("first"))


class Statement(StrEnum):
    """What staff say: every open hour was counted (those without a figure were 0), or not, or closed."""

    COMPLETE = "complete"
    NOT_COUNTED = "not_counted"
    CLOSED = "closed"


class CountsStand(Refusal):
    """A day with visits was not closed; `total` is how many there are."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.total = total


class ReasonMissing(Refusal):
    """Why a day was not counted has to be said."""


class DayToCome(Refusal):
    """Nothing can be said about tomorrow."""


@dataclass(frozen=True)
class DayView:
    """A day as pages show it. `said_by` '' means judged; `hours` has the open hours and those with a figure."""

    day: date
    judgement: Judgement
    hours: Mapping[datetime, HourState]
    total: int
    reason: str = ""
    said_by: str = ""
    said_at: datetime | None = None

    @property
    def is_question(self) -> bool:
        """Whether the house was open and neither figures nor people say anything."""
        return self.judgement.state == DayState.NOT_COUNTED and not self.said_by


class OpenQuestion(NamedTuple):
    """The latest day that somebody should say something about, and how many more there are."""

    day: date
    others: int


def look_at(session: Session, day: date, *, now: datetime, zone: ZoneInfo) -> DayView:
    """Return what is known of a day; of today, the hours that are over."""
    counted, total = _counted(session, *local_day(day, zone))
    row = find_day(session, day)
    if row is None:
        hours = [hour for hour in open_hours_of(session, day, zone) if hour + _HOUR <= now]
        judgement = judge_day(hours, counted)
        if judgement.state == DayState.CLOSED and not knows_its_hours(session):
            judgement = Judgement(DayState.NOT_COUNTED, False)
        return DayView(day, judgement, judge_hours(hours, counted, complete=False), total)
    judgement = Judgement(DayState(row.state), row.complete)
    hours = [] if row.state == DayState.CLOSED else [from_wire(hour) for hour in row.open_hours]
    states = judge_hours([hour for hour in hours if hour + _HOUR <= now], counted, complete=row.complete)
    return DayView(day, judgement, states, total, row.reason, row.said_by, row.said_at)


def say(
    session: Session, day: date, statement: Statement, *, by: str, now: datetime, zone: ZoneInfo, reason: str = ""
) -> VisitDay:
    """Keep what somebody says about a day. Raises DayToCome, MonthLocked, CountsStand, ReasonMissing."""
    starts_at, _ends_at = local_day(day, zone)
    if starts_at > now:
        raise DayToCome
    locks.refuse_locked(session, starts_at)
    _counted_hours, total = _counted(session, *local_day(day, zone))
    if statement == Statement.CLOSED and total:
        raise CountsStand(total)
    if statement == Statement.NOT_COUNTED and not reason.strip():
        raise ReasonMissing
    row = find_day(session, day) or _new_day(session, day, zone)
    row.state, row.complete = _meant(statement, total)
    row.reason, row.said_by, row.said_at = reason.strip(), by, now
    session.flush()
    return row


def take_back(session: Session, day: date, zone: ZoneInfo) -> None:
    """Forget what was said about a day; it is judged again. Raises MonthLocked."""
    locks.refuse_locked(session, local_day(day, zone)[0])
    row = find_day(session, day)
    if row is not None:
        row.reason, row.said_by, row.said_at = "", "", None
        _judge(session, row)
        session.flush()


def settle(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Write the records of the days that are over and have none, from the first count on; return how many.

    Days older than taps may be, and those of locked months, stay as they are. A house that has not
    entered its opening hours is not called closed: of its days only those with counts are written.
    """
    first = session.scalar(select(func.min(HourCount.hour_starts_at)))
    if first is None:
        return 0
    today = now.astimezone(zone).date()
    day = max(first.astimezone(zone).date(), (now - AGE_MAX).astimezone(zone).date())
    known = set(session.scalars(select(VisitDay.day).where(VisitDay.day >= day)))
    locked = locks.locked_now(session)
    _give_bounds(session, zone)
    knows = knows_its_hours(session)
    made = 0
    while day < today:
        bounds = local_day(day, zone)
        is_open = day not in known and locks.lock_at(locked, bounds[0]) is None
        if is_open and (knows or _counted(session, *bounds)[0]):
            _judge(session, _new_day(session, day, zone))
            made += 1
        day += _DAY
    session.flush()
    return made


def make_room(session: Session, day: date, record_id: str) -> None:
    """Take away what is said of a day under another id: the city gives back what the house had said before."""
    row = find_day(session, day)
    if row is not None and row.id != record_id:
        session.delete(row)
        session.flush()


def refresh(session: Session, hours: Iterable[datetime]) -> None:
    """Set right what is said of the days in whose `hours` the counts have changed."""
    wanted = sorted(hours)
    if not wanted:
        return
    rows = session.scalars(_TOUCHED, {"first": wanted[0], "last": wanted[-1]}).all()
    if not rows:
        return  # nearly always: today has no record yet
    for row in rows:
        starts_at, ends_at = _bounds(row)
        if not any(starts_at <= hour < ends_at for hour in wanted):
            continue
        if not row.said_by:
            _judge(session, row)
        elif row.state != DayState.COUNTED and _counted(session, starts_at, ends_at)[1]:
            row.state, row.complete = DayState.COUNTED, False  # a forgotten tablet knows better
    session.flush()


def find_question(session: Session, now: datetime, zone: ZoneInfo) -> OpenQuestion | None:
    """Return the latest day of the week behind us that was open, not counted, and not spoken of."""
    if session.scalar(select(HourCount.id).limit(1)) is None or not knows_its_hours(session):
        return None  # a house that has never counted is not asked why
    today = now.astimezone(zone).date()
    rows = {row.day: row for row in list_days(session, today - ASKED_ABOUT_DAYS * _DAY, today)}
    locked = locks.locked_now(session)
    asked = []
    for back in range(1, ASKED_ABOUT_DAYS + 1):
        day = today - back * _DAY
        row = rows.get(day)
        silent = row is not None and row.state == DayState.NOT_COUNTED and not row.said_by
        if row is None and back == 1:  # the night's work is not done yet
            silent = look_at(session, day, now=now, zone=zone).is_question
        if silent and locks.lock_at(locked, local_day(day, zone)[0]) is None:
            asked.append(day)
    return OpenQuestion(asked[0], len(asked) - 1) if asked else None


def find_day(session: Session, day: date) -> VisitDay | None:
    """Return the record of a day, or None if nothing is said of it yet."""
    return session.scalars(select(VisitDay).where(VisitDay.day == day)).one_or_none()


def list_days(session: Session, first: date, before: date) -> Sequence[VisitDay]:
    """Return the records of [first, before), in order."""
    return session.scalars(
        select(VisitDay).where(VisitDay.day >= first, VisitDay.day < before).order_by(VisitDay.day)
    ).all()


def knows_its_hours(session: Session) -> bool:
    """Whether the house has said when it is open."""
    return bool(opening_hours.list_hours(session))


def open_hours_of(session: Session, day: date, zone: ZoneInfo) -> list[datetime]:
    """Return the full hours of a day in which visitors could come: public hours, and what took place in the house."""
    starts_at, ends_at = local_day(day, zone)
    rules = opening_hours.hours_in_force(session)
    slots = [
        (slot.starts_at, slot.ends_at)
        for begun in (day - _DAY, day)  # a house open past midnight
        for slot in slots_on(begun, rules, zone)
        if slot.kind in PUBLIC_KINDS
    ]
    slots += [
        (event.starts_at, event.ends_at)
        for event in programme.published_between(session, starts_at, ends_at)
        if event.attendance != Attendance.ONLINE and event.ends_at - event.starts_at <= EVENT_MAX
    ]
    clipped = [(max(begins, starts_at), min(ends, ends_at)) for begins, ends in slots]
    return hours_within((begins, ends) for begins, ends in clipped if begins < ends)


def _new_day(session: Session, day: date, zone: ZoneInfo) -> VisitDay:
    starts_at, ends_at = local_day(day, zone)
    hours = tuple(to_wire(hour) for hour in open_hours_of(session, day, zone))
    row = VisitDay(day=day, state=DayState.NOT_COUNTED, complete=False)
    row.starts_at, row.ends_at, row.open_hours = starts_at, ends_at, hours
    row.reason, row.said_by = "", ""
    session.add(row)
    return row


def _give_bounds(session: Session, zone: ZoneInfo) -> None:
    """Complete the records that came back from the city; what they say was said in this house once."""
    for row in session.scalars(select(VisitDay).where(VisitDay.starts_at.is_(None))).all():
        row.starts_at, row.ends_at = local_day(row.day, zone)
        row.open_hours = tuple(to_wire(hour) for hour in open_hours_of(session, row.day, zone))
        row.said_by = row.said_by or GIVEN_BACK_BY


def _bounds(row: VisitDay) -> tuple[datetime, datetime]:
    assert row.starts_at, row.day
    assert row.ends_at, row.day
    return row.starts_at, row.ends_at


def _judge(session: Session, row: VisitDay) -> None:
    counted, _total = _counted(session, *_bounds(row))
    row.state, row.complete = judge_day([from_wire(hour) for hour in row.open_hours], counted)


def _meant(statement: Statement, total: int) -> Judgement:
    """Return what a statement makes of a day; a part that was counted is not lost by the other being forgotten."""
    if statement == Statement.COMPLETE:
        return Judgement(DayState.COUNTED, True)
    if statement == Statement.CLOSED:
        return Judgement(DayState.CLOSED, False)
    return Judgement(DayState.COUNTED if total else DayState.NOT_COUNTED, False)


def _counted(session: Session, starts_at: datetime, ends_at: datetime) -> tuple[set[datetime], int]:
    """Return the hours that have a figure, maybe 0, and how many visits there are in all."""
    rows = session.execute(
        select(HourCount.hour_starts_at, func.sum(HourCount.count))
        .where(HourCount.hour_starts_at >= starts_at, HourCount.hour_starts_at < ends_at)
        .group_by(HourCount.hour_starts_at)
    ).all()
    return {hour for hour, _count in rows}, sum(count for _hour, count in rows)

"""What happens to alarms: a round of looking, a person's answer, a person's rules.

Each function works in the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.alarms.judging import Facts, judge
from hub.alarms.kinds import USUAL, Kind, Rule
from hub.alarms.letters import Occasion, write_letters
from hub.alarms.models import Alarm, AlarmLetter, AlarmRule, QuietHours
from hub.alarms.rounds import Round, go_round
from hub.network.queries import names
from shared.errors import Refusal

CLOSED_KEPT, LETTERS_KEPT = timedelta(days=400), timedelta(days=90)


class UnknownAlarm(Refusal):
    """There is no such alarm, or no longer."""


class AlreadyClosed(Refusal):
    """The alarm was over before somebody acknowledged it."""


def rules(session: Session) -> dict[Kind, Rule]:
    """Return how each kind is judged: as a person said, else as usual."""
    said = {row.kind: Rule(row.active, row.threshold) for row in session.scalars(select(AlarmRule))}
    return {kind: said.get(kind.value, rule) for kind, rule in USUAL.items()}


def set_rules(session: Session, wanted: Mapping[Kind, Rule]) -> None:
    """Keep what a person said of each kind; what is as usual needs no row, and follows when the usual changes.

    Row by row, so that the log tells what was changed and nothing else.
    """
    for kind, rule in wanted.items():
        row = session.get(AlarmRule, kind.value)
        if rule == USUAL[kind]:
            if row is not None:
                session.delete(row)
            continue
        row = row or AlarmRule(kind=kind.value)
        row.active, row.threshold = rule.active, rule.threshold
        session.add(row)


def quiet_hours(session: Session) -> tuple[time, time] | None:
    """Return from when until when no mail is sent; None if it always is."""
    row = session.get(QuietHours, 1)
    return None if row is None else (row.starts_local, row.ends_local)


def set_quiet_hours(session: Session, wanted: tuple[time, time] | None) -> None:
    """Keep the quiet hours, or drop them."""
    row = session.get(QuietHours, 1)
    if wanted is not None:
        row = row or QuietHours(id=1)
        row.starts_local, row.ends_local = wanted
        session.add(row)
    elif row is not None:
        session.delete(row)


def look(session: Session, facts: Facts, now: datetime, channels: Mapping[str, datetime]) -> Round:
    """Go one round; what there is to tell is written for each of `channels`, to be sent when that is due."""
    said = rules(session)
    present = session.scalars(select(Alarm).where(Alarm.closed_at.is_(None))).all()
    done = go_round(present, judge(facts, said, now), said, now)
    session.add_all(done.noticed)
    for alarm in done.forgotten:
        session.delete(alarm)
    session.flush()
    if done.is_news:
        told = (
            *((Occasion.OPENED, alarm) for alarm in done.opened),
            *((Occasion.REMINDER, alarm) for alarm in done.reminded),
            *((Occasion.CLOSED, alarm) for alarm in done.closed),
        )
        write_letters(session, told, names(session), now, channels)
    return done


def acknowledge(session: Session, alarm_id: str, by: str, note: str, now: datetime) -> Alarm:
    """Note that somebody looks after it: it is told no more until it is over. Raises UnknownAlarm, AlreadyClosed."""
    alarm = get_alarm(session, alarm_id)
    if alarm.closed_at is not None:
        raise AlreadyClosed
    alarm.acknowledged_at, alarm.acknowledged_by, alarm.note = now, by, note
    return alarm


def get_alarm(session: Session, alarm_id: str) -> Alarm:
    """Return the alarm; raise UnknownAlarm."""
    alarm = session.get(Alarm, alarm_id)
    if alarm is None or alarm.opened_at is None:
        raise UnknownAlarm
    return alarm


def forget_old(session: Session, now: datetime) -> None:
    """Drop what is long over, and old messages: sent, given up, or of a channel that is closed by now."""
    session.execute(delete(AlarmLetter).where(AlarmLetter.written_at < now - LETTERS_KEPT))
    session.execute(delete(Alarm).where(Alarm.closed_at < now - CLOSED_KEPT))


def due_after_quiet(quiet: tuple[time, time] | None, local: datetime) -> datetime:
    """Return when a mail may go that is written at `local`: now, or when the quiet hours end."""
    if quiet is None or quiet[0] == quiet[1]:
        return local
    starts, ends = quiet
    wall = local.time()
    is_quiet = starts <= wall < ends if starts < ends else wall >= starts or wall < ends
    if not is_quiet:
        return local
    day = local.date() if wall < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, local.tzinfo)

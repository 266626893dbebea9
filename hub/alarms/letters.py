"""The outbox: what is to be told is written in the transaction that found it, and sent afterwards.

So nothing is lost while the mail server is down. A letter is claimed before it is sent, with the
time of its next try, so that no two processes send it; only if this program dies between the
sending and the note of it does it go out once more, under the same number, by which a receiver knows it.
After three days a letter gets its last try, however that ends; the page says so.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.alarms.models import Alarm, AlarmLetter, LetterAlarm
from shared.time import to_wire

NOTICES_MAX = 50  # of one letter: when a broker fails, a thousand houses are one letter
RETRY_FIRST, RETRY_MAX = timedelta(minutes=1), timedelta(hours=1)  # the first is longer than any try takes
GIVE_UP_AFTER = timedelta(days=3)
FAILURE_LENGTH_MAX = 200


class Occasion(StrEnum):
    """Why an alarm is told of."""

    OPENED = "opened"
    REMINDER = "reminder"
    CLOSED = "closed"
    TEST = "test"


class Letter(NamedTuple):
    """What a channel sends. `notices` are as of `written_at`; `more` is how many did not fit."""

    id: str
    written_at: datetime
    notices: list[dict[str, Any]]
    more: int


def write_letters(
    session: Session,
    told: Iterable[tuple[Occasion, Alarm]],
    names: Mapping[str, str],
    now: datetime,
    channels: Mapping[str, datetime],
) -> None:
    """Write one letter about all of `told` for each channel, due when `channels` says."""
    listed = list(told)
    notices = [_notice(occasion, alarm, names) for occasion, alarm in listed[:NOTICES_MAX]]
    text = orjson.dumps({"notices": notices, "more": len(listed) - len(notices)}).decode()
    for channel, due_at in channels.items():
        letter = AlarmLetter(channel=channel, notices=text, written_at=now, due_at=due_at)
        session.add(letter)
        session.flush()
        session.add_all(LetterAlarm(letter_id=letter.id, alarm_id=alarm.id) for _occasion, alarm in listed)


def write_test(session: Session, now: datetime, channels: Iterable[str]) -> list[str]:
    """Write a letter to each channel that only says that letters arrive; return their numbers."""
    text = orjson.dumps({"notices": [{"occasion": Occasion.TEST}], "more": 0}).decode()
    letters = [AlarmLetter(channel=channel, notices=text, written_at=now, due_at=now) for channel in channels]
    session.add_all(letters)
    session.flush()
    return [letter.id for letter in letters]


def claim(session: Session, channels: Iterable[str], now: datetime) -> tuple[str, Letter] | None:
    """Take the letter that has waited longest: (channel, letter), or None.

    Should this fail, whatever the reason, it is due again later, or given up if it is old.
    """
    due = select(AlarmLetter).where(AlarmLetter.due_at <= now, AlarmLetter.channel.in_(list(channels)))
    row = session.scalars(
        due.order_by(AlarmLetter.due_at, AlarmLetter.id).limit(1).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.tries += 1
    later = now + min(RETRY_FIRST * 2 ** min(row.tries - 1, 10), RETRY_MAX)
    row.due_at = None if now - row.written_at >= GIVE_UP_AFTER else later
    said = orjson.loads(row.notices)
    return row.channel, Letter(row.id, row.written_at, said["notices"], said["more"])


def settle(session: Session, letter_id: str, now: datetime, failure: str = "") -> None:
    """Note how a try ended."""
    row = session.get(AlarmLetter, letter_id)
    if row is None:
        return
    row.failure = failure[:FAILURE_LENGTH_MAX]
    if not failure:
        row.sent_at, row.due_at = now, None


def try_again(session: Session, letter_id: str, now: datetime) -> bool:
    """Let a letter go out at once that failed or was given up; tell whether there is such a letter."""
    row = session.get(AlarmLetter, letter_id)
    if row is None or row.sent_at is not None:
        return False
    row.due_at, row.written_at = now, max(row.written_at, now - GIVE_UP_AFTER / 2)
    return True


def _notice(occasion: Occasion, alarm: Alarm, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what a letter says of an alarm. Nothing of it is of a person."""
    return {
        "occasion": occasion.value,
        "alarm": alarm.id,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "name": names.get(alarm.subject, ""),
        "value": alarm.value,
        "threshold": alarm.threshold,
        "reason": alarm.reason,
        "opened_at": to_wire(alarm.opened_at) if alarm.opened_at else None,
        "closed_at": to_wire(alarm.closed_at) if alarm.closed_at else None,
    }

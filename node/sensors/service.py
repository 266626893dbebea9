"""Door sensors: their messages come in, maybe twice, maybe late; each counts exactly once.

Rule: what a sensor measured in an hour is always computed from all its messages of that hour, and
handed to `visits`, where the house has chosen whether touches, sensors or both count.
Rule: a message that cannot be counted is kept with its reason; nothing disappears silently.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from node.core.tokens import hash_of
from node.opening_hours import service as opening_hours
from node.sensors.messages import Message, MessageRefused, read_body, read_message
from node.sensors.models import EXCERPT_LENGTH, KEY_LENGTH, Direction, Sensor, SensorCount, SensorRejection
from node.visits import service as visits
from node.visits.service import MonthLocked
from shared.errors import Refusal
from shared.records.opening_hours import PUBLIC_KINDS, slots_on

REJECTIONS_MAX = 200  # enough to see what is wrong; a broken sensor must not fill the disk
SILENT_AFTER = timedelta(hours=2)  # of opening time; sensors send at least hourly
_HOUR = timedelta(hours=1)


class SensorUnknown(Refusal):
    """There is no such sensor, or its token is revoked."""


class KeyTaken(Refusal):
    """Another sensor has this name in its topic."""


@dataclass(frozen=True, kw_only=True)
class SensorEntry:
    """What staff say about a sensor. `percent` of what it measures counts, from 1 to 200."""

    name: str
    door: str = ""
    kind: str
    direction: str = Direction.IN
    percent: int = 100
    active: bool = True


class RefusedMessage(NamedTuple):
    """`place` counts from 0 in the batch."""

    place: int
    reason: str


class Receipt(NamedTuple):
    """What became of a batch. A sensor may forget the accepted ids: they are stored for good."""

    accepted: tuple[str, ...]
    fresh: tuple[str, ...]
    refused: tuple[RefusedMessage, ...]


def add_sensor(session: Session, key: str, entry: SensorEntry, *, now: datetime) -> Sensor:
    """Add a sensor; `key` names it in its topic and stays. Raises KeyTaken."""
    if find_by_key(session, key) is not None:
        raise KeyTaken
    sensor = Sensor(key=key, added_at=now, **asdict(entry))
    session.add(sensor)
    session.flush()
    return sensor


def edit_sensor(session: Session, sensor_id: str, entry: SensorEntry) -> Sensor:
    """Change a sensor; hours that it has measured stay as they are. Raises SensorUnknown."""
    sensor = get_sensor(session, sensor_id)
    for name, value in asdict(entry).items():
        setattr(sensor, name, value)
    session.flush()
    return sensor


def new_token(session: Session, sensor_id: str, *, now: datetime) -> str:
    """Give a sensor a token for HTTP in place of the one before; only now can it be read. Raises SensorUnknown."""
    sensor = get_sensor(session, sensor_id)
    token = secrets.token_urlsafe(32)
    sensor.token_hash, sensor.token_made_at = hash_of(token), now
    session.flush()
    return token


def revoke_token(session: Session, sensor_id: str) -> None:
    """Let a sensor send over HTTP no more. Raises SensorUnknown."""
    sensor = get_sensor(session, sensor_id)
    sensor.token_hash, sensor.token_made_at = "", None
    session.flush()


def get_sensor(session: Session, sensor_id: str) -> Sensor:
    """Return a sensor; raise SensorUnknown."""
    sensor = session.get(Sensor, sensor_id)
    if sensor is None:
        raise SensorUnknown
    return sensor


def get_by_token(session: Session, token: str) -> Sensor:
    """Return the sensor that has this token; raise SensorUnknown."""
    found = session.scalars(select(Sensor).where(Sensor.token_hash == hash_of(token))).one_or_none()
    if not token or found is None:
        raise SensorUnknown
    return found


def find_by_key(session: Session, key: str) -> Sensor | None:
    return session.scalars(select(Sensor).where(Sensor.key == key)).one_or_none()


def list_sensors(session: Session) -> Sequence[Sensor]:
    """Return all sensors: those in use first."""
    return session.scalars(select(Sensor).order_by(Sensor.active.desc(), Sensor.name, Sensor.id)).all()


def has_active(session: Session) -> bool:
    return session.scalar(select(Sensor.id).where(Sensor.active).limit(1)) is not None


def take_letter(session: Session, key: str, body: bytes, *, now: datetime) -> Receipt:
    """Take what came by MQTT for the sensor `key`."""
    sensor = find_by_key(session, key)
    if sensor is None:
        reject(session, key, "mqtt", "unknown_sensor", body, now=now)
        return Receipt((), (), (RefusedMessage(0, "unknown_sensor"),))
    return take_body(session, sensor, body, "mqtt", now=now)


def take_body(session: Session, sensor: Sensor, body: bytes, way: str, *, now: datetime) -> Receipt:
    """Take a message or a batch of them. Malformed ones are set aside and do not hold up the others."""
    try:
        if not sensor.active:
            raise MessageRefused("not_in_use")
        given = read_body(body)
    except MessageRefused as refusal:
        reject(session, sensor.key, way, refusal.reason, body, now=now)
        return Receipt((), (), (RefusedMessage(0, refusal.reason),))
    good: dict[str, Message] = {}
    refused = []
    for place, one in enumerate(given):
        try:
            message = read_message(one, now)
            good.setdefault(message.id, message)
        except MessageRefused as refusal:
            refused.append(RefusedMessage(place, refusal.reason))
            reject(session, sensor.key, way, refusal.reason, repr(one).encode(), now=now)
    sensor.heard_at = now
    fresh = _keep(session, sensor, good.values(), now)
    return Receipt(tuple(good), fresh, tuple(refused))


def catch_up(session: Session) -> int:
    """Count what was held back because its month was locked, where it is open by now; return how many messages."""
    held = session.scalars(select(SensorCount).where(SensorCount.held_back)).all()
    counted = 0
    for sensor_id, hour in sorted({(one.sensor_id, visits.hour_of(one.counted_at)) for one in held}):
        of_hour = [one for one in held if (one.sensor_id, visits.hour_of(one.counted_at)) == (sensor_id, hour)]
        counted += len(of_hour) if _measure(session, get_sensor(session, sensor_id), hour) else 0
    return counted


def held_back(session: Session) -> int:
    """Return how many messages wait because their month is locked."""
    return session.scalar(select(func.count()).select_from(SensorCount).where(SensorCount.held_back)) or 0


def reject(session: Session, key: str, way: str, reason: str, said: bytes, *, now: datetime) -> None:
    """Keep what could not be counted, of the latest REJECTIONS_MAX, with the beginning of what was said."""
    excerpt = "".join(letter if letter.isprintable() else " " for letter in said[:1000].decode("utf-8", "replace"))
    excerpt = excerpt[:EXCERPT_LENGTH]
    session.add(SensorRejection(sensor=key[:KEY_LENGTH], way=way, reason=reason, excerpt=excerpt, received_at=now))
    session.flush()
    latest = select(SensorRejection.id).order_by(SensorRejection.received_at.desc(), SensorRejection.id.desc())
    session.execute(delete(SensorRejection).where(SensorRejection.id.in_(latest.offset(REJECTIONS_MAX).limit(-1))))


def list_rejections(session: Session, limit: int = 50) -> Sequence[SensorRejection]:
    """Return what could not be counted, latest first."""
    order = (SensorRejection.received_at.desc(), SensorRejection.id.desc())
    return session.scalars(select(SensorRejection).order_by(*order).limit(limit)).all()


def forget_rejections(session: Session) -> None:
    session.execute(delete(SensorRejection))


def silent_sensors(session: Session, now: datetime, zone: ZoneInfo) -> list[Sensor]:
    """Return the sensors in use that have said nothing for SILENT_AFTER while the house was open, until today."""
    today = now.astimezone(zone).date()
    rules = opening_hours.hours_in_force(session)
    open_since = [
        (slot.starts_at, min(slot.ends_at, now))
        for day in (today - timedelta(days=1), today)
        for slot in slots_on(day, rules, zone)
        if slot.kind in PUBLIC_KINDS and slot.starts_at < now
    ]
    if not open_since:
        return []
    starts_at, ends_at = max(open_since)
    return [
        sensor
        for sensor in list_sensors(session)
        if sensor.active and ends_at - max(sensor.heard_at or sensor.added_at, starts_at) >= SILENT_AFTER
    ]


def _keep(session: Session, sensor: Sensor, messages: Iterable[Message], now: datetime) -> tuple[str, ...]:
    wanted = {message.id: message for message in messages}
    known = set(
        session.scalars(
            select(SensorCount.message_id).where(SensorCount.sensor_id == sensor.id, SensorCount.message_id.in_(wanted))
        )
    )
    fresh = [message for message in wanted.values() if message.id not in known]
    session.add_all(
        SensorCount(
            sensor_id=sensor.id,
            message_id=message.id,
            counted_at=message.counted_at,
            came_in=message.came_in,
            went_out=message.went_out,
            received_at=now,
        )
        for message in fresh
    )
    session.flush()
    for hour in sorted({visits.hour_of(message.counted_at) for message in fresh}):
        _measure(session, sensor, hour)
    return tuple(message.id for message in fresh)


def _measure(session: Session, sensor: Sensor, hour: datetime) -> bool:
    """Compute the hour from its messages; False if its month is locked, then they are held back."""
    messages = session.scalars(
        select(SensorCount).where(
            SensorCount.sensor_id == sensor.id,
            SensorCount.counted_at >= hour,
            SensorCount.counted_at < hour + _HOUR,
        )
    ).all()
    came_in, went_out = sum(one.came_in for one in messages), sum(one.went_out for one in messages)
    try:
        visits.measure(session, sensor.id, hour, sensor.kind, _visitors(sensor, came_in, went_out))
        is_counted = True
    except MonthLocked:
        is_counted = False
    for one in messages:
        one.held_back = not is_counted
    session.flush()
    return is_counted


def _visitors(sensor: Sensor, came_in: int, went_out: int) -> int:
    """Return how many visitors the passages of an hour are; a half goes to the even number, so no side is favoured."""
    passages = (came_in + went_out) / 2 if sensor.direction == Direction.BOTH_HALVED else came_in
    return round(passages * sensor.percent / 100)

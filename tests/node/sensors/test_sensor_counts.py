"""A sensor's messages count exactly once, and never twice with the touches."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from node.sensors import service
from node.sensors.models import Sensor
from node.sensors.service import REJECTIONS_MAX, KeyTaken, Receipt, SensorEntry, SensorUnknown
from node.visits import locks
from node.visits import service as visits
from node.visits.models import HourCount
from node.visits.service import CountSource
from shared.database import Database
from shared.ids import new_id
from shared.time import to_wire
from tests.node.sensors.messages import body, message

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
HOUR = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def door(database: Database) -> Database:
    """A house with one sensor, `door`, that counts programme; sensors count here."""
    with database.transaction() as session:
        service.add_sensor(session, "door", SensorEntry(name="Tür", kind="programme"), now=NOW)
        visits.choose_source(session, CountSource.SENSORS, NOW)
    return database


def send(database: Database, *messages: object, key: str = "door", now: datetime = NOW) -> Receipt:
    with database.transaction() as session:
        return service.take_letter(session, key, body(*messages), now=now)


def counts(database: Database) -> dict[tuple[str, str], int]:
    """Return the counts of the hour by kind and target group."""
    with database.reading() as session:
        return {
            (count.kind, count.target_group): count.count
            for count in session.scalars(select(HourCount).where(HourCount.hour_starts_at == HOUR))
        }


def tap(database: Database, *groups: str, kind: str = "programme") -> None:
    """Touch the counter once for each target group."""
    said = [
        {"id": new_id(), "counted_at": to_wire(NOW), "kind": kind, "target_group": group, "step": 1} for group in groups
    ]
    with database.transaction() as session:
        assert not visits.record_taps(session, said, NOW).refused


def change(database: Database, **said: Any) -> None:
    with database.transaction() as session:
        sensor = service.find_by_key(session, "door")
        assert sensor
        service.edit_sensor(session, sensor.id, SensorEntry(name="Tür", **({"kind": "programme"} | said)))


def reasons(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(rejection.reason for rejection in service.list_rejections(session))


def test_messages_of_an_hour_add_up(door: Database) -> None:
    """A batch and a single one."""
    send(door, message("a", 3), message("b", 2))
    send(door, message("c", 1))
    assert counts(door) == {("programme", ""): 6}


def test_a_repeated_message_counts_once_and_is_confirmed_again(door: Database) -> None:
    """Whatever a second one of the same number says."""
    send(door, message("a", 3))
    again = send(door, message("a", 99), message("a", 3))
    assert (again.accepted, again.fresh) == (("a",), ())
    assert counts(door) == {("programme", ""): 3}


def test_two_sensors_may_use_the_same_numbers(door: Database) -> None:
    """A number belongs to its sensor."""
    with door.transaction() as session:
        service.add_sensor(session, "garden", SensorEntry(name="Garten", kind="programme"), now=NOW)
    send(door, message("a", 3))
    send(door, message("a", 4), key="garden")
    assert counts(door) == {("programme", ""): 7}


def test_a_late_message_counts_in_its_own_hour(door: Database) -> None:
    """Sent a day later, counted then."""
    late = to_wire(NOW - timedelta(hours=26))
    send(door, message("a", 3, counted_at=late))
    assert counts(door) == {}
    with door.reading() as session:
        assert session.scalars(select(HourCount)).one().count == 3


def test_a_message_of_nobody_is_a_zero(door: Database) -> None:
    """The sensor lives and nobody came: that is not the same as not counted."""
    send(door, message("a", 0))
    assert counts(door) == {("programme", ""): 0}


@pytest.mark.parametrize(
    ("direction", "percent", "visitors"),
    [("in", 100, 5), ("in", 90, 4), ("both_halved", 100, 4), ("both_halved", 50, 2), ("in", 200, 10)],
)
def test_passages_become_visitors_as_the_house_says(
    door: Database, direction: str, percent: int, visitors: int
) -> None:
    """Five in, three out: who comes in, or both halved, and of these so many percent."""
    change(door, direction=direction, percent=percent)
    send(door, message("a", 5, 3))
    assert counts(door) == {("programme", ""): visitors}


def test_where_sensors_count_touches_say_who_of_them(door: Database) -> None:
    """Six passed, two of them touched in as children: four others. Touches without a group change nothing."""
    tap(door, "children", "children", "", "")
    send(door, message("a", 6))
    assert counts(door) == {("programme", ""): 4, ("programme", "children"): 2}
    tap(door, "children", "")
    assert counts(door) == {("programme", ""): 3, ("programme", "children"): 3}


def test_more_touched_in_than_passed_is_believed(door: Database) -> None:
    """A sensor may miss some; nobody is counted below zero."""
    send(door, message("a", 1))
    tap(door, "children", "children")
    assert counts(door) == {("programme", ""): 0, ("programme", "children"): 2}


def test_an_hour_that_no_sensor_spoke_of_is_counted_by_touches(door: Database) -> None:
    """A dead battery costs no figures; other kinds are none of the sensor's business."""
    tap(door, "", "", kind="programme")
    tap(door, "", kind="event")
    assert counts(door) == {("programme", ""): 2, ("event", ""): 1}


def test_touches_alone_count_unless_the_house_chooses_otherwise(door: Database) -> None:
    """What the sensor said is kept and comes in when the house changes its mind, and goes again."""
    with door.transaction() as session:
        visits.choose_source(session, CountSource.TAPS, NOW)
    tap(door, "", "")
    send(door, message("a", 6))
    assert counts(door) == {("programme", ""): 2}
    for source, expected in ((CountSource.BOTH, 8), (CountSource.SENSORS, 6), (CountSource.TAPS, 2)):
        with door.transaction() as session:
            visits.choose_source(session, source, NOW)
        assert counts(door) == {("programme", ""): expected}


def test_a_correction_stands_beside_what_a_sensor_says(door: Database) -> None:
    """Set to ten by hand; one more message adds to it."""
    send(door, message("a", 6))
    with door.transaction() as session:
        key = visits.HourKey(HOUR, "programme", "")
        visits.correct_count(session, key, 10, NOW, reason="Batterie", corrected_by="anna")
    send(door, message("b", 1))
    assert counts(door) == {("programme", ""): 11}


def test_a_sensor_turned_to_another_kind_takes_its_hour_along(door: Database) -> None:
    """The hour under way counts as the new kind, once."""
    send(door, message("a", 6))
    change(door, kind="event")
    send(door, message("b", 1))
    assert counts(door) == {("programme", ""): 0, ("event", ""): 7}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (7, "not_a_message"),
        ({}, "bad_id"),
        (message("a b", 1), "bad_id"),
        (message("x" * 65, 1), "bad_id"),
        (message(3, 1), "bad_id"),  # type: ignore[arg-type]
        (message("a", -1), "bad_number"),
        (message("a", 10_001), "bad_number"),
        (message("a", 1.5), "bad_number"),  # type: ignore[arg-type]
        (message("a", True), "bad_number"),
        (message("a", 1, out="2"), "bad_number"),
        (message("a", 1, counted_at="gestern"), "bad_time"),
        (message("a", 1, counted_at=None), "bad_time"),
        (message("a", 1, counted_at=to_wire(NOW + timedelta(hours=1))), "in_the_future"),
        (message("a", 1, counted_at=to_wire(NOW - timedelta(days=93))), "too_old"),
    ],
)
def test_a_malformed_message_is_set_aside_alone(door: Database, broken: object, reason: str) -> None:
    """Its neighbours count; it can be seen with its reason."""
    receipt = send(door, message("before", 1), broken, message("after", 1))
    assert receipt.accepted == ("before", "after")
    assert [(one.place, one.reason) for one in receipt.refused] == [(1, reason)]
    assert reasons(door) == [reason]
    assert counts(door) == {("programme", ""): 2}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_a_message"),
        (b"[" + b"1," * 500 + b"1]", "too_long"),
        (b" " * 200_000, "too_long"),
    ],
)
def test_what_is_no_message_at_all_is_set_aside_whole(door: Database, said: bytes, reason: str) -> None:
    """Nothing a sensor says can do more than fill a line of the list."""
    with door.transaction() as session:
        service.take_letter(session, "door", said, now=NOW)
    assert reasons(door) == [reason]


def test_strangers_and_retired_sensors_do_not_count(door: Database) -> None:
    """Both are seen, neither is counted."""
    send(door, message("a", 1), key="stranger")
    change(door, active=False)
    send(door, message("a", 1))
    assert reasons(door) == ["not_in_use", "unknown_sensor"]
    assert counts(door) == {}


def test_the_list_of_what_was_not_understood_stays_small(door: Database) -> None:
    """A broken sensor must not fill the disk: the latest are kept."""
    for number in range(3):
        with door.transaction() as session:
            for _ in range(REJECTIONS_MAX // 2):
                at = NOW + timedelta(minutes=number)
                service.reject(session, "door", "mqtt", "not_json", f"{number}".encode(), now=at)
    with door.reading() as session:
        kept = service.list_rejections(session, limit=1000)
        assert len(kept) == REJECTIONS_MAX
        assert {one.excerpt for one in kept} == {"1", "2"}


def test_a_message_for_a_locked_month_is_held_back_and_counts_once_it_is_open(door: Database) -> None:
    """Stored, confirmed, not counted; after reopening the next round counts it, once."""
    then = datetime(2026, 10, 20, 9, 15, tzinfo=UTC)
    with door.transaction() as session:
        locks.lock_month(session, date(2026, 10, 1), NOW, ZONE, by="leitung")
    assert send(door, message("a", 4, counted_at=to_wire(then))).accepted == ("a",)
    with door.transaction() as session:
        assert (service.held_back(session), service.catch_up(session)) == (1, 0)
        locks.reopen_month(session, "2026-10", NOW, reason="Sensor war offline", by="leitung")
        assert (service.catch_up(session), service.catch_up(session), service.held_back(session)) == (1, 0, 0)
        assert session.scalars(select(HourCount)).one().count == 4


def test_a_sensor_that_falls_silent_while_the_house_is_open_is_flagged(door: Database) -> None:
    """Two hours of opening time without a word; outside of it silence is no news."""
    with door.transaction() as session:
        opening_hours.add_hours(session, HoursEntry(weekday=0, opens_local="09:00", closes_local="17:00"))
        sensor = service.find_by_key(session, "door")
        assert sensor
        sensor.heard_at = NOW - timedelta(days=3)

    def silent(at: datetime) -> list[Sensor]:
        with door.reading() as session:
            return service.silent_sensors(session, at, ZONE)

    nine = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert silent(nine + timedelta(minutes=119)) == []
    assert len(silent(nine + timedelta(minutes=120))) == 1
    send(door, message("a", 0, counted_at=to_wire(nine)), now=nine + timedelta(hours=7))
    assert silent(nine + timedelta(hours=20)) == []


def test_a_name_in_the_topic_is_given_once(door: Database) -> None:
    """Two sensors with one topic could not be told apart."""
    with pytest.raises(KeyTaken), door.transaction() as session:
        service.add_sensor(session, "door", SensorEntry(name="Zweite", kind="event"), now=NOW)


def test_a_token_is_stored_as_its_hash_replaced_and_revoked(door: Database) -> None:
    """Only the newest works, and none after the revocation; an empty one never."""
    with door.transaction() as session:
        sensor = service.find_by_key(session, "door")
        assert sensor
        old, new = (service.new_token(session, sensor.id, now=NOW) for _ in range(2))
        assert new not in sensor.token_hash
        assert service.get_by_token(session, new) is sensor
        with pytest.raises(SensorUnknown):
            service.get_by_token(session, old)
        service.revoke_token(session, sensor.id)
        for token in (new, ""):
            with pytest.raises(SensorUnknown):
                service.get_by_token(session, token)

"""Taps count exactly once, whatever happens on their way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from node.visits import service
from node.visits.models import HourCount, Tap
from node.visits.service import CorrectionRefused, HourKey
from shared.database import Database
from shared.ids import new_id
from shared.time import to_wire

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
HOUR = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def tap(**said: Any) -> dict[str, Any]:
    """A tap as a device sends it."""
    return {
        "id": new_id(),
        "counted_at": to_wire(NOW - timedelta(minutes=10)),
        "kind": "open_meeting",
        "target_group": "",
        "step": 1,
    } | said


def counts(database: Database) -> dict[tuple[datetime, str, str], int]:
    """Return what stands in the hour counts."""
    with database.reading() as session:
        return {
            (count.hour_starts_at, count.kind, count.target_group): count.count
            for count in session.scalars(select(HourCount))
        }


def send(database: Database, *taps: object, now: datetime = NOW, ahead: timedelta = timedelta(0)) -> service.Receipt:
    """Send a batch in a transaction of its own."""
    with database.transaction() as session:
        return service.record_taps(session, taps, now, ahead)


def test_each_tap_is_one_visit(database: Database) -> None:
    """Taps of an hour add up by kind and target group."""
    send(database, tap(), tap(), tap(kind="event"), tap(target_group="children"))
    assert counts(database) == {
        (HOUR, "open_meeting", ""): 2,
        (HOUR, "event", ""): 1,
        (HOUR, "open_meeting", "children"): 1,
    }


def test_a_replayed_batch_changes_nothing_and_is_confirmed_again(database: Database) -> None:
    """A device whose answer was lost sends again: everything is accepted, nothing is counted twice."""
    batch = [tap(), tap()]
    send(database, *batch)
    again = send(database, *batch, tap())
    assert set(again.accepted) >= {one["id"] for one in batch}
    assert len(again.fresh) == 1
    assert counts(database) == {(HOUR, "open_meeting", ""): 3}


def test_a_tap_that_stands_twice_in_one_batch_counts_once(database: Database) -> None:
    """The id decides, not the place in the batch."""
    twice = tap()
    assert send(database, twice, dict(twice)).fresh == (twice["id"],)
    assert counts(database) == {(HOUR, "open_meeting", ""): 1}


def test_a_replay_with_other_words_does_not_change_what_was_counted(database: Database) -> None:
    """The first version of a tap stands; a forged second one moves no number."""
    first = tap()
    send(database, first)
    send(database, first | {"kind": "event", "step": -1})
    assert counts(database) == {(HOUR, "open_meeting", ""): 1}


def test_undo_takes_one_visit_back(database: Database) -> None:
    """A tap of minus one, at the time of the one it undoes, makes the hour right again."""
    send(database, tap(), tap())
    send(database, tap(step=-1))
    assert counts(database) == {(HOUR, "open_meeting", ""): 1}


def test_an_undo_that_overtakes_its_tap_is_right_in_the_end(database: Database) -> None:
    """Whichever arrives first, the count is never negative and ends at zero."""
    send(database, tap(step=-1))
    assert counts(database) == {(HOUR, "open_meeting", ""): 0}
    send(database, tap())
    assert counts(database) == {(HOUR, "open_meeting", ""): 0}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (None, "not_a_tap"),
        ("tap", "not_a_tap"),
        (["id"], "not_a_tap"),
        ({}, "bad_id"),
        (tap(id="1"), "bad_id"),
        (tap(id=["x"]), "bad_id"),
        (tap(id=new_id().upper()), "bad_id"),
        (tap(kind="party"), "unknown_kind"),
        (tap(kind=["event"]), "unknown_kind"),
        (tap(kind=None), "unknown_kind"),
        (tap(target_group="martians"), "unknown_target_group"),
        (tap(target_group=7), "unknown_target_group"),
        (tap(step=0), "bad_step"),
        (tap(step=100), "bad_step"),
        (tap(step=True), "bad_step"),
        (tap(step=1.0), "bad_step"),
        (tap(step="1"), "bad_step"),
        (tap(counted_at="yesterday"), "bad_time"),
        (tap(counted_at=None), "bad_time"),
        (tap(counted_at=1_700_000_000), "bad_time"),
        (tap(counted_at="2026-11-23T14:20:00"), "bad_time"),
        (tap(counted_at=to_wire(NOW + timedelta(minutes=6))), "in_the_future"),
        (tap(counted_at=to_wire(NOW - timedelta(days=93))), "too_old"),
        (tap(counted_at="0001-01-01T00:00:00Z"), "bad_time"),
        (tap(counted_at="1970-01-01T00:00:00Z"), "too_old"),
        (tap(counted_at="2099-12-31T23:59:59Z"), "in_the_future"),
    ],
)
def test_a_malformed_tap_is_refused_alone(database: Database, broken: object, reason: str) -> None:
    """The broken one is named with its place and reason; its neighbours are counted."""
    before, after = tap(), tap()
    receipt = send(database, before, broken, after)
    assert receipt.accepted == (before["id"], after["id"])
    assert [(one.place, one.reason) for one in receipt.refused] == [(1, reason)]
    assert counts(database) == {(HOUR, "open_meeting", ""): 2}


def test_taps_fall_into_the_hour_in_which_they_were_made(database: Database) -> None:
    """Counted offline in the morning, sent in the afternoon: the morning gets them."""
    send(database, tap(counted_at="2026-11-23T08:59:59Z"), tap(counted_at="2026-11-23T09:00:00Z"))
    assert sorted(hour.hour for hour, _, _ in counts(database)) == [8, 9]


def test_a_device_whose_clock_is_wrong_still_counts_in_the_right_hour(database: Database) -> None:
    """What the device says the time is now tells how far its taps have to be moved."""
    send(database, tap(counted_at="2027-03-01T10:00:00Z"), ahead=datetime(2027, 3, 1, 10, 0, tzinfo=UTC) - NOW)
    assert list(counts(database)) == [(HOUR, "open_meeting", "")]


def test_a_clock_that_is_off_by_centuries_is_refused_not_a_crash(database: Database) -> None:
    """Moving a time out of the calendar is a reason, not a bug."""
    receipt = send(database, tap(counted_at="2000-01-01T00:00:00Z"), ahead=timedelta(days=900_000))
    assert [one.reason for one in receipt.refused] == ["bad_time"]


def test_a_tap_is_kept_with_the_time_it_came_in(database: Database) -> None:
    """Single taps stay in the house, with both times."""
    send(database, tap())
    with database.reading() as session:
        kept = session.scalars(select(Tap)).one()
        assert (kept.counted_at, kept.received_at) == (NOW - timedelta(minutes=10), NOW)


def test_a_correction_sets_the_hour_and_later_taps_are_added(database: Database) -> None:
    """Ten counted by hand, then the forgotten tablet sends two: twelve."""
    key = HourKey(HOUR, "open_meeting", "")
    send(database, tap())
    with database.transaction() as session:
        service.correct_count(session, key, 10, NOW, reason="Schulklasse vergessen", corrected_by="anna")
    assert counts(database) == {key: 10}
    send(database, tap(), tap())
    assert counts(database) == {key: 12}


def test_a_corrected_zero_is_a_zero_and_not_a_gap(database: Database) -> None:
    """Nobody came is something else than nobody counted."""
    key = HourKey(HOUR, "event", "")
    with database.transaction() as session:
        assert service.find_count(session, key) is None
        service.correct_count(session, key, 0, NOW, reason="Niemand da", corrected_by="anna")
    assert counts(database) == {key: 0}


@pytest.mark.parametrize(
    ("field", "key", "count", "reason"),
    [
        ("count", HourKey(HOUR, "event", ""), -1, "x"),
        ("count", HourKey(HOUR, "event", ""), 1_000_001, "x"),
        ("reason", HourKey(HOUR, "event", ""), 1, "   "),
        ("hour", HourKey(HOUR + timedelta(hours=1), "event", ""), 1, "x"),
        ("hour", HourKey(HOUR - timedelta(minutes=43), "event", ""), 1, "x"),
        ("kind", HourKey(HOUR, "party", ""), 1, "x"),
        ("kind", HourKey(HOUR, "event", "martians"), 1, "x"),
    ],
)
def test_an_impossible_correction_is_refused(
    database: Database, field: str, key: HourKey, count: int, reason: str
) -> None:
    """The refusal names the field; nothing is written."""
    with pytest.raises(CorrectionRefused) as refusal, database.transaction() as session:
        service.correct_count(session, key, count, NOW, reason=reason, corrected_by="anna")
    assert refusal.value.field == field
    assert counts(database) == {}


def test_one_hour_has_one_count_however_often_it_is_rewritten(database: Database) -> None:
    """The hour's record keeps its id: the city sees a change, not a second record."""
    for _ in range(3):
        send(database, tap())
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(HourCount)) == 1

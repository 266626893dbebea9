"""A locked month keeps its figures, and nothing that comes too late is lost."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from node.visits import late, locks, service
from node.visits.locks import MonthNotLocked, MonthNotOver, ReasonMissing
from node.visits.models import HourCount, LateTap, Tap
from node.visits.service import HourKey, MonthLocked, Receipt
from shared.database import Database
from shared.ids import new_id
from shared.time import to_wire

ZONE = ZoneInfo("Europe/Berlin")
OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
THEN = datetime(2026, 10, 20, 9, 15, tzinfo=UTC)
KEY = HourKey(datetime(2026, 10, 20, 9, 0, tzinfo=UTC), "event", "")


def tap(**said: Any) -> dict[str, Any]:
    """A tap of the twentieth of October."""
    return {"id": new_id(), "counted_at": to_wire(THEN), "kind": "event", "target_group": "", "step": 1} | said


def send(database: Database, *taps: object) -> Receipt:
    with database.transaction() as session:
        return service.record_taps(session, taps, NOW)


def lock(database: Database) -> None:
    with database.transaction() as session:
        locks.lock_month(session, OCTOBER, NOW, ZONE, by="leitung")


def total(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.sum(HourCount.count))) or 0


def test_a_tap_for_a_locked_month_is_kept_aside_and_the_device_may_forget_it(database: Database) -> None:
    """It is accepted, but not counted; asked again the answer is the same."""
    send(database, tap())
    lock(database)
    forgotten = tap(step=5)
    for _ in range(2):
        receipt = send(database, forgotten)
        assert (receipt.accepted, receipt.set_aside, receipt.fresh) == ((forgotten["id"],), (forgotten["id"],), ())
    assert total(database) == 1
    with database.reading() as session:
        assert [(one.id, one.step) for one in late.waiting(session)] == [(forgotten["id"], 5)]


def test_a_tap_that_was_counted_before_the_lock_is_known_after_it(database: Database) -> None:
    """A device that missed the answer sends again: nothing is kept aside twice."""
    known = tap()
    send(database, known)
    lock(database)
    assert send(database, known) == Receipt((known["id"],), (), (), ())


def test_the_month_is_that_of_the_house_s_own_clock(database: Database) -> None:
    """Half past midnight on the first of November in Berlin is still October in UTC, but not here."""
    lock(database)
    receipt = send(database, tap(counted_at="2026-10-31T23:30:00Z"), tap(counted_at="2026-10-31T22:30:00Z"))
    assert (len(receipt.fresh), len(receipt.set_aside)) == (1, 1)


def test_no_correction_enters_a_locked_month(database: Database) -> None:
    """The refusal names the month."""
    lock(database)
    with pytest.raises(MonthLocked) as refusal, database.transaction() as session:
        service.correct_count(session, KEY, 7, NOW, reason="vergessen", corrected_by="anna")
    assert refusal.value.month == "2026-10"
    assert total(database) == 0


def test_late_counts_can_be_added_while_the_month_stays_locked(database: Database) -> None:
    """The lead decides; the row says who and when; a replay afterwards still counts once."""
    lock(database)
    forgotten = tap(step=5)
    send(database, forgotten)
    with database.transaction() as session:
        assert late.accept(session, late.waiting(session), NOW, by="leitung") == 1
    send(database, forgotten)
    assert total(database) == 5
    with database.reading() as session:
        kept = session.scalars(select(LateTap)).one()
        assert (kept.decision, kept.decided_by, kept.decided_at) == ("accepted", "leitung", NOW)
        assert locks.find_lock(session, "2026-10") is not None


def test_dropped_counts_stay_uncounted_whatever_is_sent_again(database: Database) -> None:
    """They are kept with the decision, and do not come back as a question."""
    lock(database)
    forgotten = tap()
    send(database, forgotten)
    with database.transaction() as session:
        late.drop(session, late.waiting(session), NOW, by="leitung")
    assert send(database, forgotten).set_aside == (forgotten["id"],)
    with database.reading() as session:
        assert (list(late.waiting(session)), list(session.scalars(select(Tap)))) == ([], [])


def test_reopening_needs_a_reason_and_both_are_written_down(database: Database) -> None:
    """The rows are the log; after that the month counts again."""
    lock(database)
    with pytest.raises(ReasonMissing), database.transaction() as session:
        locks.reopen_month(session, "2026-10", NOW, reason=" ", by="leitung")
    with database.transaction() as session:
        locks.reopen_month(session, "2026-10", NOW, reason="Liste vergessen", by="leitung")
    assert send(database, tap()).set_aside == ()
    lock(database)
    with database.reading() as session:
        log = [(row.locked_by, row.reopened_by, row.reason) for row in locks.history(session, "2026-10")]
    assert sorted(log) == [("leitung", "", ""), ("leitung", "leitung", "Liste vergessen")]


def test_only_a_month_that_is_over_can_be_locked(database: Database) -> None:
    """This month still runs."""
    with pytest.raises(MonthNotOver), database.transaction() as session:
        locks.lock_month(session, date(2026, 11, 1), NOW, ZONE, by="leitung")


def test_a_month_is_locked_once_and_opened_only_if_locked(database: Database) -> None:
    """Pressing twice is told, not done twice."""
    with pytest.raises(MonthNotLocked), database.transaction() as session:
        locks.reopen_month(session, "2026-10", NOW, reason="x", by="leitung")
    lock(database)
    with pytest.raises(MonthLocked):
        lock(database)


def test_neighbouring_months_stay_open(database: Database) -> None:
    """The lock ends at midnight of the house, on both sides."""
    lock(database)
    with database.reading() as session:
        held = locks.locked_now(session)
    inside = [datetime(2026, 9, 30, 22, 0, tzinfo=UTC), datetime(2026, 10, 31, 22, 59, tzinfo=UTC)]
    outside = [inside[0] - timedelta(seconds=1), inside[1] + timedelta(minutes=1)]
    assert all(locks.lock_at(held, at) for at in inside)
    assert not any(locks.lock_at(held, at) for at in outside)

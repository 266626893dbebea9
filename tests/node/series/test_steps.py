"""What an edit does to each date, without a database."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from node.series.recurrence import DayOff, Occurrence, Pattern, Reason, expand
from node.series.rule import read
from node.series.steps import Action, Before, Place, Step, Wish, Written, choose, plan

FIRST = date(2026, 11, 24)  # a Tuesday
BERLIN = ZoneInfo("Europe/Berlin")


def dates(rule: str = "FREQ=WEEKLY;COUNT=3", off: dict[date, DayOff] | None = None) -> list[Occurrence]:
    starts = datetime.fromisoformat("2026-11-24T18:00")
    return expand(Pattern(read(rule), starts, starts + timedelta(hours=2), BERLIN), off)


def written(week: int, **said: bool) -> Written:
    """Return the date of a week as it was written an hour earlier."""
    slot = dates()[week].slot
    assert slot is not None
    place = Place("hall", type(slot)(slot.starts_at - timedelta(hours=1), slot.ends_at - timedelta(hours=1)))
    return Written(f"b{week}", FIRST + timedelta(weeks=week), place, **said)


def actions(steps: list[Step]) -> list[Action]:
    return [step.action for step in steps]


def test_a_new_series_makes_every_date_and_leaves_out_holidays() -> None:
    """Each date has its step, in order."""
    off = {FIRST + timedelta(weeks=1): DayOff(Reason.PUBLIC_HOLIDAY, "Fest")}
    steps = plan(dates(off=off), "hall")
    assert actions(steps) == [Action.MAKE, Action.LEAVE, Action.MAKE]
    assert steps[1].reason == Reason.PUBLIC_HOLIDAY


def test_what_begun_what_is_own_and_what_is_cancelled_stays() -> None:
    """Only the plain date moves."""
    there = [written(0, begun=True), written(1, own=True), written(2, stands=False)]
    assert actions(plan(dates(), "hall", there)) == [Action.KEEP] * 3
    assert actions(plan(dates(), "hall", there, keep_own=False)) == [Action.KEEP, Action.MOVE, Action.KEEP]


def test_dates_that_are_too_many_are_cancelled() -> None:
    """A shorter rule leaves nothing for the last one."""
    steps = plan(dates("FREQ=WEEKLY;COUNT=2"), "hall", [written(0), written(1), written(2)])
    assert actions(steps) == [Action.MOVE, Action.MOVE, Action.CANCEL]


def test_each_date_moves_to_the_nearest_new_day_and_no_day_is_taken_twice() -> None:
    """Two dates a week become one: the nearer one moves, the other is cancelled."""
    steps = plan(dates("FREQ=WEEKLY;BYDAY=WE;COUNT=1"), "hall", [written(0), written(1)])
    assert [(step.action, step.written.id) for step in steps if step.written] == [
        (Action.MOVE, "b0"),
        (Action.CANCEL, "b1"),
    ]


def test_what_was_left_out_before_stays_left_out() -> None:
    """An edit does not bring back what somebody gave up."""
    steps = plan(dates(), "hall", before=Before(left_out={FIRST}))
    assert (steps[0].action, steps[0].reason) == (Action.LEAVE, Reason.LEFT_OUT)


@pytest.mark.parametrize(
    ("there", "wish", "action"),
    [
        (None, Wish.LEAVE_OUT, Action.LEAVE),
        (None, Wish.AS_PLANNED, Action.MAKE),
        (None, Wish.KEEP, Action.MAKE),
        (None, Wish.ANYWAY, Action.MAKE),
        (written(0), Wish.KEEP, Action.KEEP),
        (written(0), Wish.LEAVE_OUT, Action.CANCEL),
        (written(0), Wish.ANYWAY, Action.MOVE),
        (written(0, stands=False), Wish.LEAVE_OUT, Action.KEEP),
    ],
)
def test_a_wish_changes_the_step_that_it_makes_sense_for(there: Written | None, wish: Wish, action: Action) -> None:
    """Whatever else is wished changes nothing."""
    steps = plan(dates("FREQ=WEEKLY;COUNT=1"), "hall", [there] if there else [])
    assert actions(choose(steps, {FIRST: wish})) == [action]


def test_another_place_can_be_wished_for_a_date_and_for_a_holiday() -> None:
    """A date elsewhere is made there; a cancelled one is not brought back by it."""
    elsewhere = Place("kitchen", written(0).place.slot)
    holiday = plan(dates("FREQ=WEEKLY;COUNT=1"), "hall", before=Before(left_out={FIRST}))
    [made] = choose(holiday, {FIRST: elsewhere})
    assert (made.action, made.place) == (Action.MAKE, elsewhere)
    cancelled = plan(dates("FREQ=WEEKLY;COUNT=1"), "hall", [written(0, stands=False)])
    assert actions(choose(cancelled, {FIRST: elsewhere})) == [Action.KEEP]

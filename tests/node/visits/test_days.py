"""Zero, closed and not counted are three different things, for an hour and for a day."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from node.recovery import service as recovery
from node.recovery.models import RecoveryOffer
from node.visits import days, locks, service
from node.visits.days import CountsStand, DayToCome, DayView, ReasonMissing, Statement
from node.visits.models import VisitDay
from node.visits.service import HourKey, MonthLocked
from shared.database import Database
from shared.ids import new_id
from shared.records.visit_days import DayState, HourState, Judgement, judge_day, judge_hours
from shared.time import to_wire
from tests.factories import make_event

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 16)
NINE = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # nine o'clock in Berlin
NOW = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)  # the morning after
HOUR = timedelta(hours=1)


def hours(first: int, last: int) -> list[datetime]:
    """The hours after nine o'clock: hours(0, 3) are nine, ten and eleven."""
    return [NINE + number * HOUR for number in range(first, last)]


@pytest.fixture
def house(database: Database) -> Database:
    """A house that is open on weekdays from nine to five and has counted once, a week ago."""
    with database.transaction() as session:
        entry = HoursEntry(opens_local="09:00", closes_local="17:00")
        opening_hours.add_hours(session, entry, [0, 1, 2, 3, 4])
        count(session, NINE - timedelta(days=7))
    return database


def count(session: Session, *instants: datetime, now: datetime = NOW, **said: Any) -> None:
    """Tap once at each instant."""
    taps = [
        {"id": new_id(), "counted_at": to_wire(at), "kind": "event", "target_group": "", "step": 1} | said
        for at in instants
    ]
    assert not service.record_taps(session, taps, now).refused


def look(database: Database, day: date = MONDAY, now: datetime = NOW) -> DayView:
    with database.reading() as session:
        return days.look_at(session, day, now=now, zone=ZONE)


def settle(database: Database, now: datetime = NOW) -> None:
    with database.transaction() as session:
        days.settle(session, now, ZONE)


def say(database: Database, statement: Statement, reason: str = "", day: date = MONDAY) -> None:
    with database.transaction() as session:
        days.say(session, day, statement, by="anna", now=NOW, zone=ZONE, reason=reason)


def record(database: Database, day: date = MONDAY) -> tuple[str, bool]:
    """What travels to the city."""
    with database.reading() as session:
        found = session.scalars(select(VisitDay).where(VisitDay.day == day)).one()
        return found.state, found.complete


def test_an_hour_between_counted_hours_without_a_visitor_is_zero() -> None:
    """Somebody stood at the counter before and after."""
    states = judge_hours(hours(0, 4), {NINE, NINE + 2 * HOUR}, complete=False)
    assert list(states.values()) == [HourState.COUNTED, HourState.ZERO, HourState.COUNTED, HourState.ZERO]


def test_a_long_silence_is_not_zero() -> None:
    """After the last count of the morning three silent hours look like a forgotten counter."""
    states = judge_hours(hours(0, 5), {NINE, NINE + HOUR}, complete=False)
    assert list(states.values())[2:] == [HourState.NOT_COUNTED] * 3


def test_a_whole_stretch_without_a_figure_is_not_counted() -> None:
    """Open in the morning and in the evening, counted in the morning alone: the evening is unknown."""
    states = judge_hours([*hours(0, 2), *hours(8, 10)], {NINE}, complete=False)
    assert list(states.values()) == [HourState.COUNTED, HourState.ZERO, HourState.NOT_COUNTED, HourState.NOT_COUNTED]


def test_whoever_says_that_all_is_counted_turns_silence_into_zero() -> None:
    """People know better than a rule."""
    assert set(judge_hours(hours(0, 5), set(), complete=True).values()) == {HourState.ZERO}


@pytest.mark.parametrize(
    ("open_hours", "counted", "judgement"),
    [
        ([], set(), Judgement(DayState.CLOSED, False)),
        (hours(0, 3), set(), Judgement(DayState.NOT_COUNTED, False)),
        (hours(0, 3), {NINE}, Judgement(DayState.COUNTED, True)),
        (hours(0, 8), {NINE}, Judgement(DayState.COUNTED, False)),
        ([], {NINE}, Judgement(DayState.COUNTED, True)),
    ],
)
def test_a_day_is_judged_by_its_hours(open_hours: list[datetime], counted: set[datetime], judgement: Judgement) -> None:
    """Closed, not counted, counted, in part, and counted although nobody had to."""
    assert judge_day(open_hours, counted) == judgement


def test_the_night_after_each_day_gets_its_record(house: Database) -> None:
    """A weekday without a count was not counted, a Sunday was closed; today has none yet."""
    settle(house)
    assert record(house) == ("not_counted", False)
    assert record(house, MONDAY - timedelta(days=1)) == ("closed", False)
    with house.reading() as session:
        assert days.find_day(session, MONDAY + timedelta(days=1)) is None


def test_settling_again_changes_nothing(house: Database) -> None:
    """The hourly job finds its work done, and no record is written anew."""
    settle(house)
    with house.transaction() as session:
        assert days.settle(session, NOW, ZONE) == 0


def test_an_event_opens_a_closed_day(house: Database) -> None:
    """On a Sunday with a fest visitors could come, so silence is not closed."""
    sunday = MONDAY - timedelta(days=1)
    with house.transaction() as session:
        make_event(session, start="14:00", end="16:00", day=sunday)
    settle(house)
    assert record(house, sunday) == ("not_counted", False)


def test_a_change_of_the_opening_hours_does_not_change_the_past(house: Database) -> None:
    """The day was open when it was judged; that it would be closed by the new hours is no matter."""
    settle(house)
    with house.transaction() as session:
        for row in opening_hours.list_hours(session):
            opening_hours.remove_hours(session, row.id)
        opening_hours.add_hours(session, HoursEntry(weekday=6, opens_local="10:00", closes_local="12:00"))
        count(session, NINE)
    assert record(house) == ("counted", False)
    assert len(look(house).hours) == 8


def test_a_house_without_opening_hours_is_not_called_closed(database: Database) -> None:
    """It has not said when it is open; only days with counts get a record."""
    with database.transaction() as session:
        count(session, NINE - timedelta(days=3))
    settle(database)
    with database.reading() as session:
        assert [row.day for row in session.scalars(select(VisitDay))] == [MONDAY - timedelta(days=3)]


def test_a_late_tablet_makes_a_judged_day_counted(house: Database) -> None:
    """What was written in the night is judged again when the counts arrive."""
    settle(house)
    with house.transaction() as session:
        count(session, *hours(0, 8))
    assert record(house) == ("counted", True)


def test_nobody_there_is_a_zero_that_somebody_says(house: Database) -> None:
    """One touch: every open hour is 0, with who said it."""
    say(house, Statement.COMPLETE)
    assert record(house) == ("counted", True)
    view = look(house)
    assert (set(view.hours.values()), view.said_by, view.total) == ({HourState.ZERO}, "anna", 0)


def test_why_nobody_counted_has_to_be_said(house: Database) -> None:
    """A reason, or the day stays a question."""
    with pytest.raises(ReasonMissing):
        say(house, Statement.NOT_COUNTED, "  ")
    say(house, Statement.NOT_COUNTED, "Tablet kaputt")
    assert (record(house), look(house).reason) == (("not_counted", False), "Tablet kaputt")


def test_half_a_day_counted_is_not_lost_by_the_other_half(house: Database) -> None:
    """Not counted completely: the figures stand, as at least so many."""
    with house.transaction() as session:
        count(session, *hours(0, 8))
    say(house, Statement.NOT_COUNTED, "ab mittags niemand am Zähler")
    assert record(house) == ("counted", False)


def test_a_day_with_visits_was_not_closed(house: Database) -> None:
    """The refusal says how many visits stand in its way."""
    with house.transaction() as session:
        count(session, NINE, NINE)
    with pytest.raises(CountsStand) as refusal:
        say(house, Statement.CLOSED)
    assert refusal.value.total == 2


def test_a_forgotten_tablet_knows_better_than_closed(house: Database) -> None:
    """Somebody said closed; then counts of that day arrive: counted, but nobody vouches for all of it."""
    say(house, Statement.CLOSED)
    with house.transaction() as session:
        count(session, *hours(0, 8))
    assert record(house) == ("counted", False)


def test_what_was_said_can_be_taken_back(house: Database) -> None:
    """The day is judged by itself again."""
    say(house, Statement.CLOSED)
    with house.transaction() as session:
        days.take_back(session, MONDAY, ZONE)
    assert (record(house), look(house).said_by) == (("not_counted", False), "")


def test_nothing_can_be_said_of_tomorrow(house: Database) -> None:
    """Nobody knows yet."""
    with pytest.raises(DayToCome):
        say(house, Statement.CLOSED, day=MONDAY + timedelta(days=2))


def test_nothing_is_said_of_a_day_in_a_locked_month(house: Database) -> None:
    """Neither by people nor by the night's work."""
    december = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)
    with house.transaction() as session:
        locks.lock_month(session, date(2026, 11, 1), december, ZONE, by="leitung")
    with pytest.raises(MonthLocked):
        say(house, Statement.CLOSED)
    settle(house, december)
    with house.reading() as session:
        assert [row.day.month for row in session.scalars(select(VisitDay))] == [12]


def test_yesterday_is_asked_about_once(house: Database) -> None:
    """Before the night's work and after it; not any more once somebody has answered."""

    def question() -> date | None:
        with house.reading() as session:
            found = days.find_question(session, NOW, ZONE)
            return found.day if found else None

    assert question() == MONDAY
    settle(house)
    assert question() == MONDAY
    for back in range(7):
        with house.transaction() as session:
            if look(house, MONDAY - timedelta(days=back)).is_question:
                days.say(
                    session,
                    MONDAY - timedelta(days=back),
                    Statement.COMPLETE,
                    by="anna",
                    now=NOW,
                    zone=ZONE,
                )
    assert question() is None


def test_a_house_that_never_counted_is_not_asked(database: Database) -> None:
    """Nobody is nagged before the first count."""
    with database.transaction() as session:
        opening_hours.add_hours(session, HoursEntry(opens_local="09:00", closes_local="17:00"), [0])
    with database.reading() as session:
        assert days.find_question(session, NOW, ZONE) is None


def test_today_tells_of_the_hours_that_are_over(house: Database) -> None:
    """At half past eleven there are two hours to look at, not the whole day."""
    view = look(house, MONDAY, NINE + timedelta(hours=2, minutes=30))
    assert list(view.hours) == hours(0, 2)


def test_a_corrected_zero_counts_as_counted(house: Database) -> None:
    """Zero by hand is a figure."""
    with house.transaction() as session:
        key = HourKey(NINE, "event", "")
        service.correct_count(session, key, 0, NOW, reason="Niemand da", corrected_by="anna")
    assert look(house).hours[NINE] == HourState.COUNTED


def test_the_hour_that_comes_twice_in_october_is_two_hours(house: Database) -> None:
    """A house open through the night of the clock change has one hour more."""
    night = date(2026, 10, 25)
    with house.transaction() as session:
        opening_hours.add_hours(session, HoursEntry(weekday=6, opens_local="00:00", closes_local="06:00"))
    with house.reading() as session:
        assert len(days.open_hours_of(session, night, ZONE)) == 7


def test_what_the_city_gives_back_replaces_what_the_night_wrote(house: Database) -> None:
    """After a lost database the days are judged anew; the record that the city still knows was said by people."""
    settle(house)
    record_id = new_id()
    payload = {"day": MONDAY.isoformat(), "state": "counted", "complete": True}
    with house.transaction() as session:
        offer = RecoveryOffer(
            centre_id="alt-hamborn",
            of_collection="visit_days",
            record_id=record_id,
            schema_version=1,
            payload=json.dumps(payload),
            found_at=NOW,
        )
        session.add(offer)
        session.flush()
        recovery.restore(session, offer, NOW)
    settle(house)
    with house.transaction() as session:
        count(session, NINE)
    assert record(house) == ("counted", True)
    view = look(house)
    assert (view.said_by, len(view.hours), view.total) == ("Stadt", 8, 1)

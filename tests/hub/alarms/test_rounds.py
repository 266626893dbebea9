"""What becomes of an alarm: noticed, opened once, told again daily, closed by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.alarms.judging import Finding, Judgement
from hub.alarms.kinds import USUAL, Kind, Rule
from hub.alarms.models import Alarm
from hub.alarms.rounds import Round, go_round
from hub.alarms.service import due_after_quiet

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AWAY = Finding(Kind.OFFLINE, "hochfeld", 24)
ASIDE = Finding(Kind.SET_ASIDE, "hochfeld", 3)


def judged(*found: Finding, blind: tuple[Kind, ...] = ()) -> Judgement:
    return Judgement(found, frozenset(blind))


class Board:
    """Alarms that are not closed, and a clock."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        self.now = NOW

    def look(self, judgement: Judgement, after: timedelta = timedelta(), rules=USUAL) -> Round:
        """Go one round, some time after the last."""
        self.now += after
        done = go_round(self.alarms, judgement, rules, self.now)
        gone = [*done.closed, *done.forgotten]
        self.alarms = [alarm for alarm in [*self.alarms, *done.noticed] if alarm not in gone]
        return done


@pytest.fixture
def board() -> Board:
    return Board()


def test_an_alarm_is_opened_once(board: Board) -> None:
    """The next looks only bring its figures up to date."""
    assert len(board.look(judged(AWAY)).opened) == 1
    again = board.look(judged(Finding(Kind.OFFLINE, "hochfeld", 25)))
    assert not again.is_news
    assert [alarm.value for alarm in board.alarms] == [25]


def test_what_must_last_is_noticed_first(board: Board) -> None:
    """Records that are set aside for a moment only are forgotten again."""
    assert not board.look(judged(ASIDE)).opened
    assert board.look(judged(), timedelta(minutes=2)).forgotten
    board.look(judged(ASIDE))
    assert board.look(judged(ASIDE), timedelta(minutes=5)).opened


def test_a_reminder_comes_once_a_day(board: Board) -> None:
    """Not more often, however often one looks."""
    board.look(judged(AWAY))
    told = [bool(board.look(judged(AWAY), timedelta(hours=1)).reminded) for _ in range(49)]
    assert [hour + 1 for hour, was in enumerate(told) if was] == [24, 48]


def test_what_somebody_looks_after_is_told_no_more(board: Board) -> None:
    """But its end is."""
    board.look(judged(AWAY))
    board.alarms[0].acknowledged_at = board.now
    assert not board.look(judged(AWAY), timedelta(days=3)).is_news
    assert board.look(judged()).closed


def test_an_alarm_closes_by_itself_with_a_note(board: Board) -> None:
    """And comes anew, as another one, should it be wrong again."""
    first = board.look(judged(AWAY)).opened[0]
    board.look(judged(), timedelta(hours=1))
    assert (first.closed_at, first.closing) == (board.now, "over")
    second = board.look(judged(AWAY), timedelta(hours=1)).opened[0]
    assert second is not first


def test_what_cannot_be_judged_stays_as_it_is(board: Board) -> None:
    """The hub lost its own connection: who was offline is not said to be back."""
    board.look(judged(AWAY))
    assert not board.look(judged(blind=(Kind.OFFLINE,))).is_news
    assert len(board.alarms) == 1


def test_a_single_thing_may_be_unknown(board: Board) -> None:
    """A job that has not run since the start keeps its alarm, another one's is closed."""
    board.look(judged(Finding(Kind.JOB, "recovery", 3), Finding(Kind.JOB, "search-index", 3)))
    done = board.look(Judgement((), frozenset(), frozenset({("job", "recovery")})))
    assert [alarm.subject for alarm in done.closed] == ["search-index"]


def test_a_rule_that_is_switched_off_closes_its_alarms(board: Board) -> None:
    """Even while nobody can tell whether it would still hold."""
    board.look(judged(AWAY))
    off = {**USUAL, Kind.OFFLINE: Rule(False, 24)}
    done = board.look(judged(blind=(Kind.OFFLINE,)), rules=off)
    assert [alarm.closing for alarm in done.closed] == ["rule_off"]


@pytest.mark.parametrize(
    ("quiet", "at", "due"),
    [
        (None, "03:00", "03:00"),
        (("22:00", "06:00"), "23:30", "06:00"),
        (("22:00", "06:00"), "05:59", "06:00"),
        (("22:00", "06:00"), "06:00", "06:00"),
        (("22:00", "06:00"), "12:00", "12:00"),
        (("12:00", "14:00"), "12:30", "14:00"),
        (("12:00", "14:00"), "14:00", "14:00"),
        (("08:00", "08:00"), "09:00", "09:00"),
    ],
)
def test_mail_waits_for_the_end_of_the_quiet_hours(quiet, at: str, due: str) -> None:
    """Past midnight, too; equal ends are no quiet hours."""
    wall = datetime.strptime(f"2026-11-23 {at}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    hours = tuple(datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time() for text in quiet) if quiet else None
    found = due_after_quiet(hours, wall)
    assert f"{found:%H:%M}" == due
    assert found >= wall

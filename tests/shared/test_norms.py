"""The rules of the opening norm, without a database."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from shared.records.holidays import Holiday, HolidayKind
from shared.records.norms import Cause, Measure, Norm, Verdict, judge_nominal, judge_week, nominal_hours, week_of
from shared.records.opening_hours import ClosedOnHolidays

MONDAY = date(2026, 11, 23)
NEW_YEAR = date(2026, 12, 28)  # the Monday of the week with 1 January
CHRISTMAS = Holiday("Weihnachtsferien", date(2026, 12, 23), date(2027, 1, 6), HolidayKind.SCHOOL)


@dataclass
class Row:
    """A record as the rules read it."""

    opens_local: str = "10:00"
    closes_local: str = "18:00"
    weekday: int | None = 0
    kind: str = "open"
    valid_from: date | None = None
    valid_until: date | None = None
    closed: bool = False
    note: str = ""


ALT_HAMBORN = [Row("10:00", "13:00", 1), Row("15:00", "18:00", 2), Row("10:00", "13:00", 3)]
MODEL = [Row(weekday=day) for day in range(5)] + [
    *(Row("10:00", "12:00", day, "consultation") for day in range(5)),
    Row("14:00", "18:00", 5, "self_managed"),
]


def lacking(verdict: Verdict) -> dict[Measure, tuple[float, int]]:
    """Return what a week lacks: reached, of what was wanted."""
    return {short.measure: (short.reached, short.wanted) for short in verdict.shortfalls}


def why(verdict: Verdict, measure: Measure) -> list[tuple[Cause, str, str]]:
    """Return the reasons of one shortfall."""
    (short,) = [short for short in verdict.shortfalls if short.measure == measure]
    return [(reason.cause, reason.name, reason.during) for reason in short.reasons]


def test_alt_hamborn_is_flagged_with_everything_that_it_lacks() -> None:
    """3 of 5 days, 9 of 40 hours, no consultation hours, no weekend."""
    verdict = judge_nominal(Norm(), MONDAY, ALT_HAMBORN)
    assert lacking(verdict) == {
        Measure.DAYS: (3, 5),
        Measure.HOURS: (9, 40),
        Measure.CONSULTATION: (0, 10),
        Measure.WEEKEND: (0, 1),
    }


def test_a_house_that_does_what_is_expected_meets_the_norm() -> None:
    """Five days of eight hours, two of them consultation, and a self-managed Saturday; the aim needs a sixth day."""
    verdict = judge_nominal(Norm(), MONDAY, MODEL)
    assert verdict.meets
    assert not verdict.reaches_aim
    assert judge_nominal(Norm(), MONDAY, [*MODEL, Row("10:00", "14:00", 5)]).reaches_aim


def test_the_city_decides_what_is_expected() -> None:
    """A smaller norm is met by the smaller house."""
    assert judge_nominal(Norm(3, 3, 9, 0, False), MONDAY, ALT_HAMBORN).meets


def test_overlapping_hours_count_once_and_consultation_to_both_sums() -> None:
    """Open 10–18, consultation 16–20: ten hours, four of them consultation."""
    week = week_of(MONDAY, [Row(), Row("16:00", "20:00", kind="consultation"), Row("11:00", "12:00")])
    assert (week.open_min, week.consultation_min, week.days) == (600, 240, (0,))


@pytest.mark.parametrize("kind", ["self_managed", "by_appointment"])
def test_hours_in_which_nobody_is_there_to_be_met_do_not_count(kind: str) -> None:
    """Neither as hours nor as a day."""
    week = week_of(MONDAY, [Row(kind=kind)])
    assert (week.open_min, week.days) == (0, ())


@pytest.mark.parametrize(
    ("kind", "access"), [("open", True), ("consultation", True), ("self_managed", True), ("by_appointment", False)]
)
def test_access_at_the_weekend(kind: str, access: bool) -> None:
    """Self-managed hours are access, an appointment is not."""
    assert week_of(MONDAY, [Row(weekday=6, kind=kind)]).has_weekend is access


def test_an_event_at_the_weekend_is_an_offer() -> None:
    """On Saturday, not on Friday; and of this week."""
    saturday = MONDAY + timedelta(days=5)
    assert week_of(MONDAY, MODEL[:5], {saturday}).has_weekend
    assert not week_of(MONDAY, MODEL[:5], {saturday - timedelta(days=1), saturday + timedelta(days=7)}).has_weekend


def test_past_midnight_belongs_to_the_day_it_began() -> None:
    """Sunday night reaches into Monday and is still Sunday's."""
    week = week_of(MONDAY, [Row("20:00", "02:00", 6)])
    assert (week.days, week.open_min) == ((6,), 360)


def test_the_weeks_in_which_the_clocks_change_are_no_exception() -> None:
    """Eleven hours on the wall are eleven, in March and in October."""
    night = [Row("20:00", "07:00", 5)]
    for monday in (date(2026, 3, 23), date(2026, 10, 19), MONDAY):
        assert week_of(monday, night).open_min == 11 * 60


def test_the_ordinary_week_knows_no_seasons_and_closures() -> None:
    """But a change for good is the ordinary week from then on."""
    summer = Row(valid_from=date(2026, 11, 1), valid_until=date(2026, 12, 31), closes_local="11:00")
    closure = Row(valid_from=MONDAY, valid_until=MONDAY, closed=True, weekday=None)
    for_good = Row("08:00", "20:00", valid_from=date(2027, 1, 1))
    hours = [Row(), summer, closure, for_good, ClosedOnHolidays()]
    assert nominal_hours(hours) == [Row(), for_good]
    assert judge_nominal(Norm(), MONDAY, hours).week.open_min == 8 * 60
    assert judge_nominal(Norm(), date(2027, 1, 4), hours).week.open_min == 12 * 60


def test_each_shortfall_of_a_real_week_has_its_reason() -> None:
    """New Year is a holiday, the team is away on Monday; both fall into the Christmas holidays."""
    away = Row(valid_from=NEW_YEAR, valid_until=NEW_YEAR, closed=True, weekday=None, note="Betriebsferien")
    verdict = judge_week(Norm(), NEW_YEAR, [*MODEL, away, ClosedOnHolidays()], [CHRISTMAS])
    assert lacking(verdict) == {Measure.DAYS: (3, 5), Measure.HOURS: (24, 40), Measure.CONSULTATION: (6, 10)}
    assert why(verdict, Measure.DAYS) == [
        (Cause.CLOSURE, "Betriebsferien", "Weihnachtsferien"),
        (Cause.HOLIDAY, "Neujahr", "Weihnachtsferien"),
    ]


def test_only_what_is_lost_is_a_reason() -> None:
    """A short Friday costs hours, not a day; the weekend is not Friday's fault."""
    friday = MONDAY + timedelta(days=4)
    short = Row("10:00", "12:00", 4, valid_from=friday, valid_until=friday, note="Fortbildung")
    verdict = judge_week(Norm(), MONDAY, [*MODEL[:10], short])
    assert lacking(verdict) == {Measure.HOURS: (34, 40), Measure.CONSULTATION: (8, 10), Measure.WEEKEND: (0, 1)}
    assert why(verdict, Measure.HOURS) == [(Cause.CHANGE, "Fortbildung", "")]
    assert why(verdict, Measure.WEEKEND) == []


def test_a_season_is_a_reason_by_its_note() -> None:
    """Also on a weekday on which the season has no hours at all."""
    dates = {"valid_from": MONDAY, "valid_until": MONDAY + timedelta(days=20)}
    season = [Row(weekday=day, note="Winterzeiten", **dates) for day in (0, 1, 2)]
    verdict = judge_week(Norm(), MONDAY, [*MODEL, *season])
    assert lacking(verdict)[Measure.DAYS] == (3, 5)
    assert why(verdict, Measure.DAYS) == [(Cause.CHANGE, "Winterzeiten", "")] * 2


def test_a_week_like_any_other_has_no_reasons() -> None:
    """What the ordinary week lacks, no holiday is to blame for."""
    verdict = judge_week(Norm(), MONDAY, ALT_HAMBORN, [CHRISTMAS])
    assert [short.reasons for short in verdict.shortfalls] == [(), (), (), ()]

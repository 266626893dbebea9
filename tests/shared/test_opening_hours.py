"""The rules of opening hours, without a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.records.opening_hours import (
    PUBLIC_KINDS,
    ClosedOnHolidays,
    PeriodBackwards,
    hours_on,
    next_opening,
    open_at,
    open_until,
    refuse_backwards,
    slots_on,
)
from shared.time import at_local

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A record as the rules read it."""

    opens_local: str = "10:00"
    closes_local: str = "13:00"
    weekday: int | None = 0
    kind: str = "open"
    valid_from: date | None = None
    valid_until: date | None = None
    closed: bool = False
    note: str = ""


def at(wall: str, day: date = MONDAY) -> datetime:
    """Return the instant of a wall time in Berlin."""
    return at_local(day, datetime.strptime(wall, "%H:%M").time(), ZONE)  # noqa: DTZ007 (a wall time)


def walls(day: date, *rows: Row) -> list[str]:
    """Return the slots of a day as wall times."""
    return [
        f"{slot.starts_at.astimezone(ZONE):%H:%M}-{slot.ends_at.astimezone(ZONE):%H:%M}"
        for slot in slots_on(day, rows, ZONE)
    ]


def test_the_ordinary_week_opens_on_its_weekday_only() -> None:
    """Alt-Hamborn's Tuesday hours are not Monday's."""
    row = Row(weekday=1)
    assert walls(TUESDAY, row) == ["10:00-13:00"]
    assert walls(MONDAY, row) == []


def test_a_house_is_open_from_the_first_instant_and_closed_at_the_last() -> None:
    """Slots are half-open."""
    rows = [Row()]
    assert open_at(at("10:00"), rows, ZONE)
    assert open_at(at("13:00"), rows, ZONE) is None
    assert open_at(at("09:59"), rows, ZONE) is None


def test_a_house_open_past_midnight_is_open_at_one_o_clock() -> None:
    """The slot of Monday evening reaches into Tuesday."""
    rows = [Row("20:00", "02:00")]
    assert open_at(at("01:00", TUESDAY), rows, ZONE)
    assert open_at(at("02:00", TUESDAY), rows, ZONE) is None
    assert open_at(at("01:00", MONDAY), rows, ZONE) is None


def test_closing_at_midnight_is_the_next_day() -> None:
    """Until 00:00 means until the end of the day."""
    assert open_at(at("23:59"), [Row("20:00", "00:00")], ZONE)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 10), (date(2026, 10, 24), 12)],
)
def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    """From eight in the evening to seven in the morning, by the clocks on the wall."""
    (slot,) = slots_on(day, [Row("20:00", "07:00", weekday=None)], ZONE)
    assert slot.ends_at - slot.starts_at == timedelta(hours=hours)


def test_ten_o_clock_stays_ten_o_clock_in_summer() -> None:
    """Opening hours are wall times: their instants move with the clocks."""
    rows = [Row(weekday=None)]
    assert slots_on(date(2026, 7, 1), rows, ZONE)[0].starts_at.hour == 8
    assert slots_on(date(2026, 12, 1), rows, ZONE)[0].starts_at.hour == 9


def test_a_season_replaces_the_ordinary_week_whole() -> None:
    """Summer names only the afternoon, so there is no morning in summer."""
    summer = Row("15:00", "18:00", valid_from=date(2026, 7, 1), valid_until=date(2026, 8, 31))
    assert walls(date(2026, 7, 6), Row(), summer) == ["15:00-18:00"]
    assert walls(date(2026, 9, 7), Row(), summer) == ["10:00-13:00"]


def test_the_shortest_period_wins() -> None:
    """A day within a week within a season: the day counts."""
    season = Row("15:00", "18:00", None, valid_from=date(2026, 7, 1), valid_until=date(2026, 8, 31))
    week = Row("16:00", "17:00", None, valid_from=date(2026, 7, 6), valid_until=date(2026, 7, 12))
    one_day = Row("09:00", "10:00", None, valid_from=date(2026, 7, 8), valid_until=date(2026, 7, 8))
    found = [walls(date(2026, 7, day), Row(), season, week, one_day)[0] for day in (5, 7, 8)]
    assert found == ["15:00-18:00", "16:00-17:00", "09:00-10:00"]


def test_a_season_without_an_end_is_longer_than_one_with() -> None:
    """From now on loses against next week only."""
    from_now_on = Row("08:00", "09:00", None, valid_from=date(2026, 1, 1))
    next_week = Row("11:00", "12:00", None, valid_from=MONDAY, valid_until=MONDAY + timedelta(days=6))
    assert walls(MONDAY, from_now_on, next_week) == ["11:00-12:00"]
    assert walls(MONDAY, from_now_on, Row()) == ["08:00-09:00"]


def test_a_closed_exception_closes_the_whole_day() -> None:
    """Even beside hours of its own period."""
    dates = {"valid_from": MONDAY, "valid_until": MONDAY}
    assert walls(MONDAY, Row(), Row(closed=True, weekday=None, **dates)) == []
    assert walls(MONDAY, Row(**dates), Row(closed=True, weekday=None, **dates)) == []
    assert open_at(at("11:00"), [Row(), Row(closed=True, weekday=None, **dates)], ZONE) is None


def test_the_night_before_a_closure_is_still_open_past_midnight() -> None:
    """A closure is of the days on which hours begin."""
    closure = Row(closed=True, weekday=None, valid_from=TUESDAY, valid_until=TUESDAY)
    assert open_at(at("01:00", TUESDAY), [Row("20:00", "02:00"), closure], ZONE)


def test_hours_that_meet_are_one_stretch() -> None:
    """Consultation right after the open morning: the house closes once, in the evening."""
    rows = [Row(), Row("13:00", "16:00", kind="consultation"), Row("17:00", "18:00")]
    assert open_until(at("11:00"), rows, ZONE) == at("16:00")
    assert open_until(at("16:30"), rows, ZONE) is None


def test_a_house_that_never_closes_is_said_to_close_after_a_week() -> None:
    """The answer ends somewhere."""
    rows = [Row("00:00", "00:00", weekday=None)]
    found = open_until(at("11:00"), rows, ZONE)
    assert found is not None
    assert timedelta(days=7) <= found - at("11:00") <= timedelta(days=8)


def test_visitors_cannot_walk_into_self_managed_hours() -> None:
    """Only some kinds are open to the public."""
    rows = [Row(kind="self_managed"), Row("15:00", "18:00")]
    assert open_at(at("11:00"), rows, ZONE, PUBLIC_KINDS) is None
    opens = next_opening(at("09:00"), rows, ZONE, kinds=PUBLIC_KINDS)
    assert opens is not None
    assert opens.starts_at == at("15:00")


def test_a_season_of_self_managed_use_does_not_bring_the_ordinary_week_back() -> None:
    """Which kinds are asked for does not change which period is in force."""
    season = Row(kind="self_managed", weekday=None, valid_from=MONDAY, valid_until=MONDAY)
    assert open_at(at("11:00"), [Row(), season], ZONE, PUBLIC_KINDS) is None


def test_the_next_opening_is_found_behind_a_long_closure() -> None:
    """Closed for three weeks: the first Monday after it."""
    closure = Row(closed=True, weekday=None, valid_from=MONDAY, valid_until=MONDAY + timedelta(days=20))
    opens = next_opening(at("08:00"), [Row(), closure], ZONE)
    assert opens is not None
    assert opens.starts_at == at("10:00", MONDAY + timedelta(days=21))


def test_a_house_without_hours_never_opens() -> None:
    """No answer is an answer."""
    assert next_opening(datetime(2026, 1, 1, tzinfo=UTC), [], ZONE) is None


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    """One day is a period; the day before is not."""
    refuse_backwards(MONDAY, MONDAY)
    refuse_backwards(None, MONDAY)
    with pytest.raises(PeriodBackwards):
        refuse_backwards(TUESDAY, MONDAY)


CHRISTMAS = date(2026, 12, 25)  # a Friday
ALWAYS = Row(weekday=None)


def test_a_house_that_is_closed_on_public_holidays_needs_no_records_for_them() -> None:
    """The rule stands in the list of hours; it closes the holidays of its region and no other day."""
    rules = [ALWAYS, ClosedOnHolidays()]
    assert slots_on(CHRISTMAS, rules, ZONE) == []
    assert slots_on(CHRISTMAS - timedelta(days=1), rules, ZONE)
    assert slots_on(CHRISTMAS, [ALWAYS], ZONE)


@pytest.mark.parametrize(("region", "is_open"), [("DE-NW", False), ("DE-BE", True)])
def test_each_region_keeps_its_own_holidays(region: str, is_open: bool) -> None:
    """Corpus Christi closes in North Rhine-Westphalia, not in Berlin."""
    corpus_christi = date(2027, 5, 27)
    assert bool(slots_on(corpus_christi, [ALWAYS, ClosedOnHolidays(region)], ZONE)) is is_open


def test_the_holiday_says_its_name_in_the_readers_language() -> None:
    """German, or else English."""
    for language, name in (("de", "Erster Weihnachtstag"), ("en", "Christmas Day"), ("tr", "Christmas Day")):
        (closure,) = hours_on(CHRISTMAS, [ALWAYS, ClosedOnHolidays(language=language)])
        assert (closure.closed, closure.note) == (True, name)


def test_only_what_is_agreed_for_the_holiday_alone_wins_over_it() -> None:
    """A season does not; a single day does, whatever it says."""
    season = Row("08:00", "09:00", None, valid_from=CHRISTMAS - timedelta(days=1), valid_until=CHRISTMAS)
    own = Row("11:00", "12:00", None, valid_from=CHRISTMAS, valid_until=CHRISTMAS)
    rule = ClosedOnHolidays()
    assert slots_on(CHRISTMAS, [ALWAYS, rule, season], ZONE) == []
    assert len(slots_on(CHRISTMAS, [ALWAYS, rule, season, own], ZONE)) == 1


def test_the_next_opening_skips_the_holidays() -> None:
    """Closed from the 25th to the 26th; the 27th is a Sunday like any other."""
    opens = next_opening(at("20:00", CHRISTMAS - timedelta(days=1)), [ALWAYS, ClosedOnHolidays()], ZONE)
    assert opens is not None
    assert opens.starts_at == at("10:00", date(2026, 12, 27))

"""Which dates a rule gives, held against two other implementations and against the calendar's odd days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from node.series.recurrence import DATES_MAX, DayOff, Occurrence, Pattern, Reason, Shift, expand
from node.series.refusals import DatesOverlap, NoDates, RuleEndless, RuleTooLong, RuleUnreadable, TooManyDates
from node.series.rule import Frequency, Rule, Weekday, read

BERLIN = ZoneInfo("Europe/Berlin")
HAVANA = ZoneInfo("America/Havana")  # its clocks change at midnight
ZONES = st.sampled_from([BERLIN, HAVANA, ZoneInfo("Australia/Lord_Howe")])  # Lord Howe: by half an hour


def pattern(rule: str, first: str, hours: float = 2, zone: ZoneInfo = BERLIN) -> Pattern:
    starts = datetime.fromisoformat(first)
    return Pattern(read(rule), starts, starts + timedelta(hours=hours), zone)


def days(found: list[Occurrence]) -> list[str]:
    return [str(each.day) for each in found if each.slot]


def failing(found: list[Occurrence]) -> dict[str, Reason | None]:
    return {str(each.day): each.reason for each in found if each.slot is None}


def walls(each: Occurrence, zone: ZoneInfo = BERLIN) -> tuple[str, str]:
    assert each.slot is not None
    return tuple(f"{instant.astimezone(zone):%H:%M}" for instant in each.slot)  # type: ignore[return-value]


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that the house understands, with an end."""
    frequency = draw(st.sampled_from(Frequency))
    said: dict[str, object] = {"interval": draw(st.integers(1, 6))}
    plain = st.lists(st.builds(Weekday, st.integers(0, 6), st.just(0)), max_size=3, unique=True).map(tuple)
    placed = st.builds(Weekday, st.integers(0, 6), st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5]))
    each = st.builds(Weekday, st.integers(0, 6), st.just(0))  # dateutil misreads a mixture of both: MO,1MO
    if frequency == Frequency.YEARLY:
        said["interval"] = draw(st.integers(1, 2))
        said["months"] = draw(st.lists(st.integers(1, 12), max_size=2, unique=True).map(tuple))
    if frequency in (Frequency.DAILY, Frequency.WEEKLY):
        said["weekdays"] = draw(plain)
    elif frequency == Frequency.MONTHLY or said["months"]:
        if draw(st.booleans()):
            said["weekdays"] = draw(
                st.lists(draw(st.sampled_from([placed, each])), min_size=1, max_size=2, unique=True)
            )
            said["weekdays"] = tuple(said["weekdays"])  # type: ignore[arg-type]
        else:
            monthdays = st.lists(st.integers(-31, 31).filter(bool), max_size=2, unique=True)
            said["month_days"] = draw(monthdays.map(tuple))
    if draw(st.booleans()):
        said["count"] = draw(st.integers(1, 12))
    else:
        said["until"] = draw(st.dates(date(2026, 6, 1), date(2028, 6, 1)))
    return Rule(frequency=frequency, **said)  # type: ignore[arg-type]


FIRSTS = st.builds(
    datetime.combine,
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.times().map(lambda at: time(at.hour, at.minute)),
)


@given(rules(), FIRSTS)
@settings(max_examples=400, deadline=None)
def test_the_days_are_those_of_dateutil(rule: Rule, first: datetime) -> None:
    """Every rule gives the days that dateutil finds, in wall time."""
    try:
        found = expand(Pattern(rule, first, first + timedelta(minutes=30), BERLIN))
    except (TooManyDates, RuleTooLong, NoDates):
        return
    expected = [at.date() for at in rrulestr(rule.line(), dtstart=first)]
    assert [each.day for each in found if each.slot] == expected


@given(rules(), FIRSTS, ZONES, st.integers(15, 48 * 60))
@settings(max_examples=150, deadline=None)
def test_the_instants_are_those_of_a_calendar(rule: Rule, first: datetime, zone: ZoneInfo, minutes: int) -> None:
    """Written as an iCalendar event, a series begins at the instants that recurring-ical-events finds."""
    pattern = Pattern(rule, first, first + timedelta(minutes=minutes), zone)
    try:
        found = [each for each in expand(pattern) if each.slot]
    except (TooManyDates, RuleTooLong, NoDates, DatesOverlap):
        return
    if found[0].day != first.date():
        return  # RFC 5545 leaves open what a DTSTART outside its own rule means
    body = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\n{pattern.text()}\nEND:VEVENT\nEND:VCALENDAR"
    calendar = Calendar.from_ical(body.replace("\n", "\r\n"))
    until = datetime.combine(found[-1].day, time()) + timedelta(days=2)
    events = recurring_ical_events.of(calendar).between(first - timedelta(days=2), until)
    expected = sorted(event["DTSTART"].dt.replace(fold=0).astimezone(UTC) for event in events)
    assert [each.slot.starts_at for each in found if each.slot] == expected


@given(rules(), FIRSTS, ZONES, st.integers(15, 48 * 60))
@settings(max_examples=200, deadline=None)
def test_each_date_goes_forwards_and_keeps_its_wall_times(
    rule: Rule, first: datetime, zone: ZoneInfo, minutes: int
) -> None:
    """Whatever the clocks do, a date ends after it begins, and unmarked dates show the wall times of the first."""
    series = Pattern(rule, first, first + timedelta(minutes=minutes), zone)
    try:
        found = expand(series)
    except (TooManyDates, RuleTooLong, NoDates, DatesOverlap):
        return
    for each in found:
        slot = each.slot or each.instead
        assert slot is not None
        assert slot.starts_at < slot.ends_at
        if each.shift != Shift.GAP:
            assert slot.starts_at.astimezone(zone).time() == first.time()
            assert slot.ends_at.astimezone(zone).time() == series.ends.time()


@given(rules(), st.sets(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=3))
def test_a_rule_survives_being_written_and_read(rule: Rule, left_out: set[date]) -> None:
    """The text of a rule says all of it."""
    whole = Rule(**{**vars(rule), "left_out": frozenset(left_out), "added": frozenset({date(2026, 2, 3)})})
    assert read(whole.text()) == whole


def test_a_weekly_hour_stays_the_same_hour_over_the_change_of_the_clocks() -> None:
    """18:00 is 17:00 UTC in winter and 16:00 UTC in summer."""
    found = expand(pattern("FREQ=WEEKLY;COUNT=3", "2027-03-23T18:00"))
    assert [each.slot.starts_at.hour for each in found if each.slot] == [17, 16, 16]


@pytest.mark.parametrize("day", ["2027-03-27", "2027-10-30"])
def test_a_night_keeps_its_wall_times_when_the_clocks_change(day: str) -> None:
    """20:00 to 06:00 ends at 06:00, whether the night has an hour less or one more."""
    [found] = expand(pattern("FREQ=DAILY;COUNT=1", f"{day}T20:00", hours=10))
    assert walls(found) == ("20:00", "06:00")
    assert found.slot is not None
    assert found.slot.ends_at - found.slot.starts_at == timedelta(hours=9 if "-03-" in day else 11)


def test_a_time_in_the_spring_gap_moves_on_by_the_gap() -> None:
    """02:30 does not exist on 28 March 2027: the date begins at 03:30 and is marked."""
    found = expand(pattern("FREQ=DAILY;COUNT=3", "2027-03-27T02:30"))
    assert [walls(each) for each in found] == [("02:30", "04:30"), ("03:30", "04:30"), ("02:30", "04:30")]
    assert [each.shift for each in found] == [None, Shift.GAP, None]


def test_an_hour_that_the_gap_swallows_keeps_its_length() -> None:
    """02:00 to 03:00 would be nothing in the spring night: it becomes 03:00 to 04:00."""
    [found] = expand(pattern("FREQ=DAILY;COUNT=1", "2027-03-28T02:00", hours=1))
    assert walls(found) == ("03:00", "04:00")


def test_a_time_that_exists_twice_in_autumn_is_the_first() -> None:
    """02:30 on 31 October 2027 is the one of summer time, 00:30 UTC, and is marked."""
    [found] = expand(pattern("FREQ=DAILY;COUNT=1", "2027-10-31T02:30"))
    assert found.slot is not None
    assert found.slot.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert found.shift == Shift.FOLD


def test_a_month_without_a_fifth_monday_is_told_with_its_last_one() -> None:
    """The months between two fifth Mondays are listed with their reason and the nearest Monday."""
    found = expand(pattern("FREQ=MONTHLY;BYDAY=5MO;COUNT=2", "2026-11-30T18:00"))
    assert days(found) == ["2026-11-30", "2027-03-29"]
    assert failing(found) == dict.fromkeys(["2026-12-28", "2027-01-25", "2027-02-22"], Reason.NO_SUCH_WEEKDAY)
    assert all(each.instead for each in found if each.reason)


def test_short_months_have_no_thirty_first() -> None:
    """A series on the 31st says of each short month that it has none, and offers its last day."""
    found = expand(pattern("FREQ=MONTHLY;UNTIL=20270531", "2027-01-31T10:00"))
    assert days(found) == ["2027-01-31", "2027-03-31", "2027-05-31"]
    assert failing(found) == {"2027-02-28": Reason.NO_SUCH_DAY, "2027-04-30": Reason.NO_SUCH_DAY}


def test_the_last_day_of_the_month_always_exists() -> None:
    """BYMONTHDAY=-1 is the 31st, the 30th, the 28th or the 29th."""
    found = expand(pattern("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", "2028-01-31T10:00"))
    assert days(found) == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]


def test_the_twenty_ninth_of_february_is_told_for_each_year() -> None:
    """Three of four years lack it; each is listed with 28 February instead."""
    found = expand(pattern("FREQ=YEARLY;UNTIL=20320301", "2028-02-29T10:00"))
    assert days(found) == ["2028-02-29", "2032-02-29"]
    assert list(failing(found)) == ["2029-02-28", "2030-02-28", "2031-02-28"]


def test_holidays_are_left_out_by_name_and_counted() -> None:
    """A holiday is a date that fails with its name; it could be held all the same."""
    off = {date(2026, 12, 25): DayOff(Reason.PUBLIC_HOLIDAY, "Erster Weihnachtstag")}
    found = expand(pattern("FREQ=WEEKLY;COUNT=3", "2026-12-18T18:00"), off)
    assert days(found) == ["2026-12-18", "2027-01-01"]
    [holiday] = [each for each in found if each.reason]
    assert (holiday.reason, holiday.name) == (Reason.PUBLIC_HOLIDAY, "Erster Weihnachtstag")
    assert holiday.instead is not None


def test_days_can_be_left_out_and_added() -> None:
    """EXDATE takes a day out and says so; RDATE adds one that the rule does not give."""
    rule = "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20261201T180000\nRDATE;VALUE=DATE:20261204"
    found = expand(pattern(rule, "2026-11-24T18:00"))
    assert days(found) == ["2026-11-24", "2026-12-04", "2026-12-08"]
    assert failing(found) == {"2026-12-01": Reason.LEFT_OUT}


def test_a_date_may_last_several_days() -> None:
    """A camp from Friday to Sunday is one date with one slot."""
    [first, _second] = expand(pattern("FREQ=MONTHLY;BYDAY=1FR;COUNT=2", "2027-03-05T16:00", hours=46))
    assert first.slot is not None
    assert first.slot.ends_at - first.slot.starts_at == timedelta(hours=46)


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        ("FREQ=WEEKLY", RuleEndless),
        (f"FREQ=DAILY;COUNT={DATES_MAX + 1}", TooManyDates),
        ("FREQ=YEARLY;COUNT=12", RuleTooLong),
        ("FREQ=WEEKLY;UNTIL=20200101", NoDates),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20300101", NoDates),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=FR;COUNT=2", RuleTooLong),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule: str, refusal: type[Exception]) -> None:
    """Without end, with too many dates, for too many years, or with none at all."""
    with pytest.raises(refusal):
        expand(pattern(rule, "2026-11-24T18:00"))


def test_dates_longer_than_their_distance_are_refused() -> None:
    """Thirty hours every day would overlap with itself; the refusal names the day."""
    with pytest.raises(DatesOverlap) as refused:
        expand(pattern("FREQ=DAILY;COUNT=3", "2026-11-24T18:00", hours=30))
    assert refused.value.day == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "RRULE"),
        ("FREQ=HOURLY;COUNT=2", "FREQ"),
        ("FREQ=WEEKLY;BYSETPOS=1;COUNT=2", "BYSETPOS"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=3;COUNT=2", "BYMONTHDAY"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "COUNT"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT"),
        ("FREQ=WEEKLY;COUNT=zwei", "COUNT"),
        ("FREQ=WEEKLY;UNTIL=20271301", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20271301T000000Z", "UNTIL"),
        ("FREQ=WEEKLY;WKST=SU;COUNT=2", "WKST"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=2", "INTERVAL"),
        ("FREQ=WEEKLY;BYMONTH=3;COUNT=2", "BYMONTH"),
        ("RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:morgen", "EXDATE"),
        ("EXRULE:FREQ=WEEKLY;COUNT=2", "EXRULE"),
    ],
)
def test_what_the_house_does_not_understand_is_refused_by_name(text: str, part: str) -> None:
    """Nothing of a foreign rule is ignored."""
    with pytest.raises(RuleUnreadable) as refused:
        read(text, BERLIN)
    assert refused.value.part == part


def test_an_end_in_utc_is_the_day_that_the_clock_shows() -> None:
    """UNTIL=…T223000Z is past midnight in Berlin."""
    assert read("FREQ=WEEKLY;UNTIL=20270629T223000Z", BERLIN).until == date(2027, 6, 30)

"""Which events the calendar's filters find, and which days they stand in."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters
from hub.spaces.models import Space
from shared.ids import new_id
from tests.hub.calendar.conftest import DAY, ZONE, local, put_centre, put_event


def titles(session: Session, **said: object) -> set[str]:
    """Return the titles that these filters find from the test's day on."""
    return {row.title for row in queries.listed(session, Filters(**said), local("00:00"))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"centre": "mitte"}, {"centre": "mitte"}),
        ({"theme": "health"}, {"theme": "health"}),
        ({"target_group": "seniors"}, {"target_groups": ("adults", "seniors")}),
        ({"language": "tr"}, {"languages": ("de", "tr")}),
        ({"kind": "open_meeting"}, {"kind": "open_meeting"}),
        ({"free": True}, {"cost_cents": 0}),
        ({"online": True}, {"attendance": "hybrid"}),
        ({"access": "step_free"}, {"accessibility": ("step_free",)}),
    ],
)
def test_a_filter_finds_what_it_names_and_nothing_else(
    session: Session, filters: dict[str, object], said: dict[str, object]
) -> None:
    """One event answers to the filter, one does not."""
    plain = {"kind": "event", "cost_cents": None, "attendance": "on_site", "languages": ("de",)}
    put_event(session, "wanted", **{**plain, **said})
    put_event(session, "other", **plain)
    assert titles(session, **filters) == {"wanted"}
    assert titles(session) == {"wanted", "other"}


def test_filters_combine(session: Session) -> None:
    """An event must pass every filter."""
    put_event(session, "both", theme="sport", target_groups=("children",))
    put_event(session, "one", theme="sport")
    put_event(session, "other", target_groups=("children",))
    assert titles(session, theme="sport", target_group="children") == {"both"}


def test_a_district_is_that_of_the_house(session: Session) -> None:
    """Events carry no district; their house does, and a profile sent twice doubles nothing."""
    put_centre(session, "hamborn", "Hamborn")
    put_centre(session, "hamborn", "Hamborn")
    put_centre(session, "mitte", "Mitte")
    put_event(session, "north", centre="hamborn")
    put_event(session, "middle", centre="mitte")
    put_event(session, "nowhere", centre="not-joined-yet")
    assert titles(session, district="Hamborn") == {"north"}
    assert queries.count(session, Filters(district="Hamborn"), local("00:00")) == 1


def test_a_key_with_a_joker_is_just_a_key(session: Session) -> None:
    """`_` and `%` in an address mean themselves."""
    put_event(session, "a", target_groups=("seniors",))
    assert titles(session, target_group="s_niors") == set()
    assert titles(session, target_group="%") == set()


def test_accessible_is_what_somebody_has_said(session: Session) -> None:
    """The room counts if one is named, the house only for what takes place just in the house."""
    put_centre(session, "hall", "Mitte", accessibility=("step_free",))
    rooms = {name: new_id() for name in ("ground", "upstairs")}
    for name, access in (("ground", ("step_free",)), ("upstairs", ())):
        room = {"centre_id": "hall", "id": rooms[name], "name": name, "kind": "office", "accessibility": access}
        session.connection().execute(insert(Space.__table__), [room])
    put_event(session, "in the house", centre="hall")
    put_event(session, "ground floor", centre="hall", space_id=rooms["ground"])
    put_event(session, "upstairs", centre="hall", space_id=rooms["upstairs"])
    put_event(session, "in the park", centre="hall", place="Schwelgernpark")
    put_event(session, "in another house", centre="elsewhere")
    assert titles(session, access="step_free") == {"in the house", "ground floor"}


def test_pages_follow_each_other_without_gap_or_repetition(session: Session) -> None:
    """Also when many events start at the same moment."""
    for number in range(25):
        put_event(session, f"{number:02}", start="10:00" if number % 2 else "11:00")
    pages = [queries.listed(session, Filters(), local("00:00"), offset=at, limit=10) for at in (0, 10, 20)]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({row.id for page in pages for row in page}) == 25
    starts = [row.starts_at for page in pages for row in page]
    assert starts == sorted(starts)


def test_counting_stops_where_nobody_cares(session: Session) -> None:
    """Beyond the limit the count is one more than the limit."""
    for _ in range(6):
        put_event(session)
    assert queries.count(session, Filters(), local("00:00"), up_to=3) == 4


def test_events_of_several_days_are_found_while_they_last(session: Session) -> None:
    """An exhibition that began last week is on today; last week's evening is over."""
    put_event(session, "exhibition", day=DAY - timedelta(days=7), lasts=timedelta(days=10))
    put_event(session, "over", day=DAY - timedelta(days=7), lasts=timedelta(days=2))
    put_event(session, "evening", day=DAY - timedelta(days=7))
    begun = queries.lasting(session, Filters(), local("00:00"), local("00:00"))
    assert [row.title for row in begun] == ["exhibition"]
    assert queries.lasting(session, Filters(centre="other"), local("00:00"), local("00:00")) == []


def test_a_month_counts_each_day_in_local_time(session: Session) -> None:
    """Half past midnight belongs to the new day, although it is yesterday in UTC."""
    put_event(session, "late", start="00:30", day=date(2026, 12, 1))
    put_event(session, "noon", start="12:00", day=date(2026, 11, 30))
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)]
    found = queries.by_day(session, Filters(), days, ZONE, shown=3)
    assert [(number, [row.title for row in rows]) for number, rows in found.values()] == [
        (1, ["noon"]),
        (1, ["late"]),
        (0, []),
    ]


def test_a_crowded_month_gives_the_first_of_each_day(session: Session) -> None:
    """Too much to fetch at once is fetched by day, and says the same."""
    for day in range(3):
        for number in range(4):
            put_event(session, f"{day}.{number}", start=f"1{number}:00", day=DAY + timedelta(days=day))
    days = [DAY + timedelta(days=day) for day in range(3)]
    whole = queries.by_day(session, Filters(), days, ZONE, shown=2)
    by_day = queries.by_day(session, Filters(), days, ZONE, shown=2, at_once_max=5)
    assert {day: (number, list(rows)) for day, (number, rows) in by_day.items()} == {
        day: (number, list(rows[:2])) for day, (number, rows) in whole.items()
    }


def test_further_dates_of_a_series_are_the_next_ones(session: Session) -> None:
    """Of the same house, in the order of time, without the event itself."""
    series = new_id()
    ids = [put_event(session, f"{n}", day=DAY + timedelta(days=7 * n), series_id=series) for n in range(4)]
    put_event(session, "stranger", centre="mitte", series_id=series)
    event = queries.find_event(session, "alt-hamborn", ids[1])
    assert event is not None
    assert [row.title for row in queries.further_dates(session, event, local("00:00"))] == ["0", "2", "3"]


def test_an_event_of_another_house_is_not_this_one(session: Session) -> None:
    """The house is part of an event's name."""
    event_id = put_event(session)
    assert queries.find_event(session, "mitte", event_id) is None

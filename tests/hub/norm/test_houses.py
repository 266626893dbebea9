"""Every house of the city held against the opening norm, by the same rules as in the house itself."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

import hub.norm
from deploy.demo.alt_hamborn import ALT_HAMBORN
from hub.centres.models import Centre
from hub.core import due
from hub.core.accounts import Role
from hub.holidays.models import CityHoliday
from hub.norm import queries, weeks
from hub.norm.models import HouseWeek
from hub.norm.reasons import told
from hub.opening_hours.models import OpeningHours
from hub.programme.models import Event
from node.centre import service as centres
from node.centre.service import ProfileEntry
from node.core.db import Base as NodeBase
from node.holidays.models import CityHoliday as CityHolidayThere
from node.norm import service as norm_there
from node.opening_hours import service as hours_there
from node.opening_hours.models import OpeningHours as OpeningHoursThere
from node.opening_hours.service import HoursEntry
from node.programme.models import Event as EventThere
from shared.database import Database
from shared.ids import new_id
from shared.time import now
from shared.web import norm_wording
from tests.factories import NOW, ZONE, make_event

MONDAY = date(2026, 12, 28)
FULL = [("open", day, "09:00", "18:00") for day in range(6)] + [("consultation", 1, "08:00", "18:00")]
REAL = [(kind, day, opens, closes) for kind, days, opens, closes in ALT_HAMBORN.hours for day in days]


def plant(database: Database, centre_id: str, hours: Sequence[tuple[str, int, str, str]], **said: Any) -> None:
    """Let a house be known to the city, with its ordinary week."""
    profile = {"kind": "stadtteilzentrum", "district": "Hamborn", "name": centre_id.title(), **said}
    with database.transaction() as session:
        session.add(Centre(centre_id=centre_id, id=new_id(), **profile))
        for kind, weekday, opens, closes in hours:
            session.add(
                OpeningHours(
                    centre_id=centre_id, id=new_id(), kind=kind, weekday=weekday, opens_local=opens, closes_local=closes
                )
            )


@pytest.fixture
def city(app: Flask, database: Database) -> Database:
    """Three houses: the real Alt-Hamborn, one that has more than enough, one that has told nothing yet."""
    plant(database, "alt-hamborn", REAL, name="Stadtteilbüro Alt-Hamborn")
    plant(database, "voll", FULL, name="Volles Haus", district="Mitte")
    plant(database, "still", [], name="Stilles Haus", district="Mitte")
    reckon(app)
    return database


def reckon(app: Flask) -> None:
    with app.test_request_context():
        hub.norm.catch_up()


def standing_of(database: Database, centre_id: str) -> queries.HouseStanding:
    with database.reading() as session:
        listed = queries.standings(session, weeks.monday_of(now().astimezone(ZONE).date()))
    return next(one for one in listed if one.centre.centre_id == centre_id)


def test_alt_hamborn_is_flagged_with_reasons(city: Database, signed_in: FlaskClient) -> None:
    """3 of 5 days, 9 of 40 hours, no consultation hours, nothing at the weekend."""
    page = signed_in.get("/oeffnungsnorm/haeuser?q=Alt-Hamborn").text
    for line in (
        "3 von 5 Tagen",
        "9 von 40 Stunden",
        "keine Bürgersprechstunden, erwartet werden 10",
        "nichts am Wochenende",
    ):
        assert line in page


def test_a_house_without_hours_is_unknown_not_failed(city: Database, signed_in: FlaskClient) -> None:
    """It is in no sum of those that fall short."""
    assert standing_of(city, "still").ordinary is None
    page = signed_in.get("/oeffnungsnorm/haeuser?zeigen=unbekannt").text
    assert "Stilles Haus" in page
    assert "Volles Haus" not in page
    assert "1 von 2" in page  # meets, of those that are known


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("zeigen=gewoehnlich-zu-wenig", "Alt-Hamborn", "Volles Haus"),
        ("zeigen=gewoehnlich-erfuellt", "Volles Haus", "Stadtteilbüro"),
        ("bezirk=Mitte", "Stilles Haus", "Stadtteilbüro"),
        ("q=voll", "Volles Haus", "Stilles Haus"),
    ],
)
def test_houses_are_filtered(city: Database, signed_in: FlaskClient, asked: str, shown: str, hidden: str) -> None:
    """By verdict, district and words."""
    page = signed_in.get(f"/oeffnungsnorm/haeuser?{asked}").text
    listed = page[page.index("House by house") if "House by house" in page else page.index("Haus für Haus") :]
    assert shown in listed
    assert hidden not in listed


def test_houses_with_the_fewest_hours_come_first_if_wished(city: Database, signed_in: FlaskClient) -> None:
    """Those without hours come last: nobody knows."""
    page = signed_in.get("/oeffnungsnorm/haeuser?folge=stunden").text
    places = [page.rindex(f">{name}</a>") for name in ("Stadtteilbüro Alt-Hamborn", "Volles Haus", "Stilles Haus")]
    assert places == sorted(places)


def test_a_change_of_hours_is_reckoned(app: Flask, city: Database) -> None:
    """The trigger notes the house; until the job has run the old verdict stands."""
    with city.transaction() as session:
        for day in range(5):
            session.add(
                OpeningHours(
                    centre_id="still", id=new_id(), kind="open", weekday=day, opens_local="08:00", closes_local="16:00"
                )
            )
    assert standing_of(city, "still").ordinary is None
    reckon(app)
    found = standing_of(city, "still").ordinary
    assert found is not None
    assert found.week.open_min == 5 * 8 * 60


def test_hours_that_are_deleted_make_a_house_unknown_again(app: Flask, city: Database) -> None:
    """Deleting is a change like another."""
    with city.transaction() as session:
        for record in session.scalars(select(OpeningHours).where(OpeningHours.centre_id == "voll")):
            session.delete(record)
    reckon(app)
    assert standing_of(city, "voll").ordinary is None


def test_nothing_is_reckoned_while_nothing_changes(app: Flask, city: Database) -> None:
    """A change of an event's title moves no verdict."""
    with city.transaction() as session:
        times = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "updated_at": NOW}
        session.add(Event(centre_id="voll", id=new_id(), title="Alt", state="published", **times))
    reckon(app)
    with city.transaction() as session:
        event = session.scalars(select(Event)).one()
        event.title = "Neu"
        session.flush()
        assert due.waiting(session, due.NORM) == 0
        event.state = "cancelled"
        session.flush()
        assert due.waiting(session, due.NORM) == 1


def test_a_new_week_is_reckoned_by_itself(app: Flask, city: Database) -> None:
    """Houses that were reckoned in another week are due on Monday."""
    today = now().astimezone(ZONE).date()
    with city.reading() as session:
        assert weeks.of_another_week(session, today) == []
        assert len(weeks.of_another_week(session, today + timedelta(days=7))) == 3


def test_a_new_norm_holds_at_once(city: Database, signed_in: FlaskClient) -> None:
    """What is kept are the weeks, not the verdicts."""
    said = {"days_min": "3", "days_aim": "3", "hours_min": "9", "consultation_hours_min": "0"}
    assert signed_in.post("/oeffnungsnorm/bearbeiten", data=said).status_code == 302
    found = standing_of(city, "alt-hamborn").ordinary
    assert found is not None
    assert found.meets


def test_twelve_weeks_are_kept_of_each_house(city: Database) -> None:
    """Four that are over, this one, seven to come; reckoning again adds none."""
    with city.transaction() as session:
        weeks.reckon(session, "voll", now(), ZONE)
        kept = session.scalar(select(func.count()).select_from(HouseWeek).where(HouseWeek.centre_id == "voll"))
    assert kept == 12


@pytest.fixture
def house_there(tmp_path: Path) -> Database:
    """A house with seasons, closures, holidays and events, in its own database."""
    made = Database(f"sqlite:///{tmp_path / 'house.sqlite'}")
    NodeBase.metadata.create_all(made.engine)
    with made.transaction() as session:
        centres.keep_profile(session, ProfileEntry(name="Haus", district="Mitte"))
        centres.keep_holiday_rule(session, closed_on_holidays=True, region="DE-NW")
        for kind, weekday, opens, closes in FULL:
            hours_there.add_hours(session, HoursEntry(kind=kind, opens_local=opens, closes_local=closes), [weekday])
        for first, last, note in (
            (date(2027, 1, 4), date(2027, 1, 5), "Inventur"),
            (date(2026, 12, 22), date(2026, 12, 30), ""),
        ):
            closed = HoursEntry(closed=True, valid_from=first, valid_until=last, note=note)
            hours_there.add_hours(session, closed)
        season = {"valid_from": date(2027, 1, 11), "valid_until": date(2027, 1, 24), "note": "Winterzeit"}
        hours_there.add_hours(session, HoursEntry(opens_local="22:00", closes_local="02:00", **season), [4, 5])
        make_event(session, day=date(2027, 1, 16))
        make_event(session, day=date(2027, 1, 31))
        session.add(
            CityHolidayThere(
                kind="school", name_de="Weihnachtsferien", first_day=date(2026, 12, 23), last_day=date(2027, 1, 6)
            )
        )
    return made


def copy(house: Database, hub_database: Database) -> None:
    """Let the city know what the house knows, as replication would."""
    pairs = ((OpeningHoursThere, OpeningHours), (EventThere, Event))
    with house.reading() as there, hub_database.transaction() as here:
        for source, target in pairs:
            names = [column.name for column in target.__table__.columns if column.name != "centre_id"]
            for record in there.scalars(select(source)):
                here.add(target(centre_id="haus", **{name: getattr(record, name) for name in names}))
        profile = {"kind": "stadtteilzentrum", "name": "Haus", "district": "Mitte"}
        here.add(Centre(centre_id="haus", id=new_id(), closed_on_holidays=True, region="DE-NW", **profile))
        for record in there.scalars(select(CityHolidayThere)):
            names = ("kind", "name_de", "name_en", "first_day", "last_day")
            here.add(CityHoliday(id=new_id(), **{name: getattr(record, name) for name in names}))


def test_the_city_says_the_same_as_the_house(app: Flask, database: Database, house_there: Database) -> None:
    """For the same records every verdict is the same, and every reason has the same words."""
    copy(house_there, database)
    mondays = [MONDAY + timedelta(weeks=number) for number in range(-12, 12)]
    with house_there.reading() as there, database.reading() as here, app.test_request_context():
        said_there = norm_there.standing(there, MONDAY, ZONE)
        said_here = told(here, "haus", mondays, MONDAY, ZONE)
        in_words = [
            [norm_wording.told(one) for one in verdicts]
            for verdicts in (said_here.weeks, [*reversed(said_there.past), *said_there.coming])
        ]
    assert said_here.ordinary == said_there.nominal
    assert list(said_here.weeks) == [*reversed(said_there.past), *said_there.coming]
    assert in_words[0] == in_words[1]
    assert any(in_words[0]), "a comparison of nothing"


def test_what_is_kept_is_what_is_told(app: Flask, database: Database, house_there: Database) -> None:
    """The weeks written down have the same days, hours and weekends as those reckoned for the reasons."""
    copy(house_there, database)
    mondays = weeks.mondays_around(MONDAY)
    with database.transaction() as session:
        weeks.reckon(session, "haus", NOW + timedelta(days=35), ZONE)
        kept = queries.strips(session, ["haus"])["haus"]
        assert [one.week for one in kept] == [one.week for one in told(session, "haus", mondays, MONDAY, ZONE).weeks]


def test_the_page_of_a_house_explains_its_weeks(city: Database, signed_in: FlaskClient) -> None:
    """As it sees them itself; one without hours is told so."""
    assert "9 von 40 Stunden" in signed_in.get("/oeffnungsnorm/haeuser/alt-hamborn").text
    assert "Noch keine Öffnungszeiten" in signed_in.get("/oeffnungsnorm/haeuser/still").text
    assert signed_in.get("/oeffnungsnorm/haeuser/nirgends").status_code == 404


def test_the_norm_of_the_houses_is_for_those_who_read_reports(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    """Visitors are asked to sign in; an editor may read."""
    assert client.get("/oeffnungsnorm/haeuser").status_code == 302
    assert sign_in(Role.EDITOR).get("/oeffnungsnorm/haeuser").status_code == 200

"""Where the city has houses and offers, and where nobody has anything."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

import hub.coverage
from deploy.demo import seed_city_map
from deploy.demo.quarters import QUARTERS
from hub.app import create_app
from hub.centres.models import Centre
from hub.city.queries import Part
from hub.city.service import plant_districts
from hub.config import HubConfig
from hub.core import due
from hub.core.accounts import Role
from hub.coverage import gaps, queries, reach, sums
from hub.coverage.models import Aspect, OfferSum, Period, PlaceSum
from hub.coverage.queries import Count, Wanted
from hub.network import members
from hub.programme.models import Event
from hub.themes.service import plant_first_themes
from shared.database import Database
from shared.ids import new_id
from shared.time import local_day, now
from shared.web.settings import write_secret
from tests.factories import ZONE

MARXLOH, HOCHFELD = Part("Marxloh", "Hamborn"), Part("Hochfeld", "Mitte")
GROUPS = ("everyone", "children", "seniors")


def today() -> date:
    return now().astimezone(ZONE).date()


def plant_house(database: Database, centre_id: str, kind: str, district: str, quarter: str) -> None:
    with database.transaction() as session:
        said = {"kind": kind, "district": district, "quarter": quarter}
        session.add(Centre(centre_id=centre_id, id=new_id(), name=centre_id.title(), **said))


def publish(database: Database, centre_id: str, days_ahead: int = 1, **said: Any) -> None:
    """Let a house publish a date, `days_ahead` of this week's Monday."""
    starts_at = local_day(sums.monday_of(today()) + timedelta(days=days_ahead), ZONE)[0] + timedelta(hours=10)
    said = {"title": "Treff", "state": "published", "theme": "sport", **said}
    with database.transaction() as session:
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "updated_at": starts_at}
        session.add(Event(centre_id=centre_id, id=new_id(), kind="event", **times, **said))


def reckon(app: Flask) -> None:
    with app.test_request_context():
        hub.coverage.catch_up()


@pytest.fixture
def city(app: Flask, database: Database) -> Database:
    """Duisburg with a smaller base in Marxloh and a centre in Hochfeld."""
    with database.transaction() as session:
        plant_first_themes(session)
        plant_districts(session, QUARTERS)
        seed_city_map.plant(session, now())
    plant_house(database, "buero", "stadtteilbuero", "Hamborn", "Marxloh")
    plant_house(database, "zentrum", "stadtteilzentrum", "Mitte", "Hochfeld")
    return database


def cells_of(database: Database, **wanted: Any) -> dict[Any, Count]:
    with database.reading() as session:
        return dict(queries.cells(session, Wanted(**wanted)))


def test_a_series_is_one_offer_with_many_dates(app: Flask, city: Database) -> None:
    """A single event is one of its own."""
    series = new_id()
    for week in range(3):
        publish(city, "zentrum", 7 * week, series_id=series, target_groups=("children",))
    publish(city, "zentrum", target_groups=("children",))
    reckon(app)
    assert cells_of(city) == {(HOCHFELD, "sport", "children"): Count(4, 2)}


def test_a_date_counts_with_each_of_its_groups_and_once_with_all(app: Flask, city: Database) -> None:
    """So the sums of a row are not those of its cells."""
    publish(
        city, "zentrum", target_groups=("children", "seniors"), languages=("de", "tr"), accessibility=("step_free",)
    )
    reckon(app)
    assert {key[2] for key in cells_of(city)} == {"children", "seniors"}
    assert cells_of(city, aspect=Aspect.ALL) == {(HOCHFELD, "sport", ""): Count(1, 1)}
    assert {key[2] for key in cells_of(city, aspect=Aspect.LANGUAGE)} == {"de", "tr"}
    assert {key[2] for key in cells_of(city, aspect=Aspect.ACCESS)} == {"step_free"}


def test_what_is_for_nobody_in_particular_is_for_everyone(app: Flask, city: Database) -> None:
    """And it fills nobody else's cell."""
    publish(city, "zentrum")
    publish(city, "zentrum", target_groups=("everyone",))
    reckon(app)
    assert cells_of(city) == {(HOCHFELD, "sport", "everyone"): Count(2, 2)}


def test_cancelled_dates_and_other_times_do_not_count(app: Flask, city: Database) -> None:
    """Eight weeks ahead from Monday on, eight weeks before it, and nothing else."""
    publish(city, "zentrum", state="cancelled")
    publish(city, "zentrum", 56)
    publish(city, "zentrum", -57)
    publish(city, "zentrum", 0, title="first")
    publish(city, "zentrum", 55, title="last")
    publish(city, "zentrum", -1)
    publish(city, "zentrum", -56)
    reckon(app)
    assert cells_of(city)[HOCHFELD, "sport", "everyone"].dates == 2
    assert cells_of(city, period=Period.PAST)[HOCHFELD, "sport", "everyone"].dates == 2


def test_changes_are_counted_when_the_job_has_run(app: Flask, city: Database) -> None:
    """Published, cancelled, with another theme, deleted: the sums follow each."""
    publish(city, "zentrum")
    reckon(app)
    for change, left in (({"theme": "health"}, {"health"}), ({"state": "cancelled"}, set())):
        with city.transaction() as session:
            event = session.scalars(select(Event)).one()
            for name, value in change.items():
                setattr(event, name, value)
        reckon(app)
        assert {key[1] for key in cells_of(city)} == left
    publish(city, "zentrum")
    reckon(app)
    with city.transaction() as session:
        for event in session.scalars(select(Event)):
            session.delete(event)
    reckon(app)
    assert cells_of(city) == {}


def test_reckoning_again_gives_the_same(app: Flask, city: Database) -> None:
    """The sums are derived: emptied and put on the list they come back."""
    publish(city, "zentrum", target_groups=("children",))
    publish(city, "buero", 9)
    reckon(app)
    before = cells_of(city)
    with city.transaction() as session:
        for row in session.scalars(select(OfferSum)):
            session.delete(row)
        session.execute(delete(PlaceSum))
        due.put(session, due.OFFERS, ["zentrum", "buero"])
    assert cells_of(city) == {}
    reckon(app)
    assert cells_of(city) == before


def test_an_idle_job_finds_nothing_to_do(app: Flask, city: Database) -> None:
    """And a new Monday puts every house on the list."""
    reckon(app)
    with city.reading() as session:
        assert due.waiting(session, due.OFFERS) == 0
        assert sums.stale(session, today()) == []
        assert len(sums.stale(session, today() + timedelta(days=7))) == 2


def test_a_house_that_left_the_network_serves_nobody(app: Flask, city: Database) -> None:
    """What it reported stays, but it is no coverage any more."""
    publish(city, "zentrum")
    reckon(app)
    with city.transaction() as session:
        session.add(
            members.Member(centre_id="zentrum", name="Z", public_key="k", admitted_at=now(), revoked_at=now())
        )  # fmt: skip
    with city.reading() as session:
        assert [house.centre_id for house in queries.houses(session)] == ["buero"]
    reckon(app)
    assert cells_of(city) == {}


def test_a_house_that_moves_takes_its_offers_along(app: Flask, city: Database) -> None:
    """They count in its new quarter and no longer in the old one; another house there keeps its own."""
    plant_house(city, "nachbar", "stadtteilzentrum", "Mitte", "Hochfeld")
    publish(city, "zentrum")
    publish(city, "nachbar")
    reckon(app)
    assert cells_of(city) == {(HOCHFELD, "sport", "everyone"): Count(2, 2)}
    with city.transaction() as session:
        house = session.scalars(select(Centre).where(Centre.centre_id == "zentrum")).one()
        house.district, house.quarter = "Hamborn", "Marxloh"
    reckon(app)
    everyone = ("sport", "everyone")
    assert cells_of(city) == {(HOCHFELD, *everyone): Count(1, 1), (MARXLOH, *everyone): Count(1, 1)}


def test_every_cell_leads_to_the_events_it_counts(app: Flask, city: Database) -> None:
    """The list behind a cell has as many dates as the cell says, for each aspect."""
    publish(city, "zentrum", target_groups=("children", "seniors"), languages=("tr",), accessibility=("step_free",))
    publish(city, "zentrum", 8, target_groups=("children",))
    publish(city, "buero", 3, theme="")
    reckon(app)
    with city.reading() as session:
        for aspect in Aspect:
            for (place, theme, key), count in queries.cells(session, Wanted(aspect=aspect)).items():
                behind = Wanted(Period.COMING, aspect, place.district, place.quarter, theme, key)
                interval = sums.interval_of(Period.COMING, today(), ZONE)
                total, rows = queries.events_behind(session, behind, interval)
                assert total == len(rows) == count.dates


def test_gaps_are_named_with_the_nearest_that_has_it() -> None:
    """By distance where positions are known; else one of the same district; what nobody has is told once."""
    cells = {(HOCHFELD, "sport", "children"): Count(1, 1), (Part("Baerl", "Homberg"), "sport", "children"): Count(1, 1)}
    positions = {MARXLOH: (6.75, 51.5), HOCHFELD: (6.75, 51.42), Part("Baerl", "Homberg"): (6.67, 51.49)}
    (near,) = gaps.gaps(cells, [MARXLOH], ["sport"], ["children"], positions)
    assert near.nearest == Part("Baerl", "Homberg")
    assert near.nearest_km == pytest.approx(5.6, abs=0.2)
    (unknown,) = gaps.gaps(cells, [Part("Altstadt", "Mitte")], ["sport"], ["children"], {})
    assert (unknown.nearest, unknown.nearest_km) == (HOCHFELD, None)
    assert list(gaps.gaps(cells, [MARXLOH], ["health"], ["children"], positions)) == []
    (nobody,) = gaps.nowhere(cells, ["sport", "health"], ["everyone", "children"])
    assert (nobody.theme, nobody.groups, nobody.for_everyone) == ("health", ("children",), 0)


def test_a_gap_with_something_for_everyone_is_softer() -> None:
    """It is still a gap, and says how much there is."""
    cells = {(MARXLOH, "sport", "everyone"): Count(5, 2), (HOCHFELD, "sport", "seniors"): Count(1, 1)}
    (gap,) = gaps.gaps(cells, [MARXLOH], ["sport"], GROUPS, {})
    assert (gap.group, gap.for_everyone, gap.is_hard) == ("seniors", 5, False)


def test_what_nobody_in_the_city_offers_is_told() -> None:
    """Themes without any offer; target groups that nobody has anything of their own for."""
    cells = {(MARXLOH, "sport", "children"): Count(1, 1)}
    assert gaps.unserved(cells, ["sport", "health"], GROUPS) == (["health"], ["seniors"])


def test_progress_tells_centres_from_smaller_bases(city: Database, signed_in: FlaskClient) -> None:
    """2 of 7 districts have a house, one of them a centre; what would be next comes in the concept's order."""
    page = signed_in.get("/abdeckung").text
    assert "2 von 7" in page
    assert "2 von 46" in page
    assert "1 davon hat ein Zentrum" in page
    listed = page[page.index("Was als Nächstes käme") :]
    order = [
        listed.index(text) for text in ("Süd: noch kein Haus", "Hamborn: nur ein kleinerer Stützpunkt", "km entfernt")
    ]
    assert order == sorted(order)


def test_a_city_that_is_served_everywhere_needs_nothing_next() -> None:
    """Every district and quarter has a centre."""
    house = type("House", (), {"kind": "stadtteilzentrum", "district": "A", "quarter": "B"})()
    found = reach.areas(["A"], [Part("B", "A")], [house])
    assert reach.progress(found) == (1, 1, 1)
    assert reach.next_places(found, {"B": (6.7, 51.4)}) == []


@pytest.mark.parametrize(
    "view", ["themen", "bezirke", "stadtteile", "stadtteile-themen", "sprachen", "barrierefreiheit"]
)
def test_each_way_to_look_shows_the_offers(app: Flask, city: Database, signed_in: FlaskClient, view: str) -> None:
    """With a link to the events behind them, which is followed."""
    publish(
        city,
        "zentrum",
        title="Seniorentanz",
        target_groups=("seniors",),
        languages=("de",),
        accessibility=("step_free",),
    )
    reckon(app)
    page = signed_in.get(f"/abdeckung/luecken?ansicht={view}").text
    link = next(part.split('"')[0] for part in page.split('offers__link" href="')[1:])
    behind = signed_in.get(link.replace("&amp;", "&")).text
    assert "Seniorentanz" in behind
    assert "/kalender?" in behind


def test_a_cell_says_whether_there_is_something_for_everyone(
    app: Flask, city: Database, signed_in: FlaskClient
) -> None:
    """In words, not by colour."""
    publish(city, "zentrum")
    reckon(app)
    page = signed_in.get("/abdeckung/luecken?bezirk=Mitte").text
    assert "nur für alle" in page
    assert "niemand" in page


def test_gaps_are_listed_in_words(app: Flask, city: Database, signed_in: FlaskClient) -> None:
    """With the nearest house that has what is missing."""
    publish(city, "zentrum", target_groups=("seniors",))
    reckon(app)
    address = "/abdeckung/luecken/liste?ebene=stadtteile&stadtteil=Marxloh&thema=sport&zielgruppe=seniors"
    page = " ".join(signed_in.get(address).text.split())
    assert "In Marxloh bietet niemand „Sport“ für „Ältere Menschen“ an." in page.replace("&#34;", '"')
    assert "Das Nächste ist in Hochfeld" in page
    assert ">Zentrum</a>" in page


@pytest.mark.parametrize(
    "page", ["/abdeckung", "/abdeckung/luecken", "/abdeckung/luecken/liste", "/abdeckung/angebote"]
)
def test_coverage_is_for_those_who_read_reports(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], page: str
) -> None:
    """And an empty city is told what will appear; nonsense in the address is no mistake."""
    assert client.get(page).status_code == 302
    editor = sign_in(Role.EDITOR)
    for question in ("", "?zeitraum=ewig&thema=x&bezirk=%00&ansicht=quer&seite=99999&zielgruppe=" + "x" * 300):
        assert editor.get(page + question).status_code == 200


@pytest.mark.service("postgresql")
def test_sums_follow_on_postgresql_too(postgres_url: str, tmp_path: Any) -> None:
    """The triggers note the house there as well, once for a statement, and only for what counts."""
    settings = HubConfig(city_name="D", city="d", data_folder=tmp_path / "hub", database=postgres_url)
    write_secret(settings.secret_file, "a secret for tests only")
    app = create_app(settings)
    database: Database = app.extensions["stadtherz.database"]
    plant_house(database, "zentrum", "stadtteilzentrum", "Mitte", "Hochfeld")
    for ahead in range(3):
        publish(database, "zentrum", ahead, target_groups=("children",))
    reckon(app)
    assert cells_of(database) == {(HOCHFELD, "sport", "children"): Count(3, 3)}
    with database.transaction() as session:
        for event in session.scalars(select(Event)):
            event.title = "Neu"
        session.flush()
        assert due.waiting(session, due.OFFERS) == 0
        session.delete(event)
        session.flush()
        assert due.waiting(session, due.OFFERS) == 1
    reckon(app)
    assert cells_of(database)[HOCHFELD, "sport", "children"] == Count(2, 2)
    database.dispose()

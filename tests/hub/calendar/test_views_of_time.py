"""Day, week, month and list: the same filters, the same day, and room for many events."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from hub.calendar import catch_up
from hub.city.service import plant_districts
from shared.database import Database
from tests.hub.calendar.conftest import DAY, put_centre, put_event

VIEWS = ("/kalender", "/tag", "/woche", "/monat")


@pytest.fixture
def city(database: Database) -> Database:
    """Two houses in two districts; a choir in one, chess in the other, both on the test's Monday."""
    with database.transaction() as session:
        plant_districts(session, ["Hamborn", "Mitte"])
        put_centre(session, "hamborn", "Hamborn", name="Haus Hamborn", quarter="Marxloh")
        put_centre(session, "mitte", "Mitte", name="Haus Mitte", quarter="Hochfeld")
        put_event(session, "Schach", centre="hamborn", start="10:30", registration="required", age_min=6, age_max=12)
        put_event(session, "Chorprobe", centre="mitte", start="18:00", theme="arts")
    return database


def address(view: str, day: object = DAY) -> str:
    """Return where a view shows a day, the test's Monday if not told otherwise."""
    return f"{view}?ab={day}" if view == "/kalender" else f"{view}?tag={day}"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("bezirk=Mitte", {"Chorprobe"}),
        ("stadtteil=Marxloh", {"Schach"}),
        ("anmeldung=1", {"Schach"}),
        ("alter=40", {"Chorprobe"}),
        ("alter=8", {"Schach", "Chorprobe"}),
        ("thema=arts", {"Chorprobe"}),
    ],
)
def test_all_views_take_the_same_filters(
    client: FlaskClient, city: Database, view: str, argument: str, found: set[str]
) -> None:
    """And say which are set."""
    page = client.get(f"{address(view)}&{argument}").text
    assert {title for title in ("Schach", "Chorprobe") if f">{title}</" in page} == found
    assert "(entfernen)" in page


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_leads_to_the_others_with_filters_and_day(client: FlaskClient, city: Database, view: str) -> None:
    """Whoever looks at a week of a district can go on with its month."""
    page = client.get(f"{address(view, '1999-03-10')}&bezirk=Mitte").text
    for other in (
        "/kalender?bezirk=Mitte&amp;ab=1999-03-10",
        "/tag?bezirk=Mitte&amp;tag=1999-03-10",
        "/woche?bezirk=Mitte&amp;tag=1999-03-10",
        "/monat?bezirk=Mitte&amp;monat=1999-03",
    ):
        assert f'href="{other}"' in page


@pytest.mark.parametrize(
    ("view", "before", "after"),
    [
        (f"/tag?tag={DAY}", "tag=2026-11-22", "tag=2026-11-24"),
        (f"/woche?tag={DAY}", "tag=2026-11-16", "tag=2026-11-30"),
        ("/monat?monat=2026-11", "monat=2026-10", "monat=2026-12"),
        (f"/kalender?ab={DAY}", "ab=2026-11-16", "ab=2026-11-30"),
        (f"/kalender?ab={DAY}&bis=2026-11-24", "ab=2026-11-21", "ab=2026-11-25"),
    ],
)
def test_one_goes_back_and_on_in_time(client: FlaskClient, city: Database, view: str, before: str, after: str) -> None:
    """By what is shown."""
    page = client.get(view).text
    assert before in page.split('rel="prev"')[1].split(">")[0]
    assert after in page.split('rel="next"')[1].split(">")[0]


def test_a_day_is_parted_by_districts_over_the_hours(client: FlaskClient, city: Database) -> None:
    """In the city's order; within a district it is not parted by one quarter alone."""
    page = client.get(f"/tag?tag={DAY}").text
    assert (
        page.index(">Hamborn</h2>") < page.index("10:30–12:30") < page.index(">Mitte</h2>") < page.index("18:00–20:00")
    )
    assert "Montag, 23. November 2026</h2>" in client.get(f"/tag?tag={DAY}&bezirk=Mitte").text


def test_many_at_once_stay_readable_and_lead_to_the_rest(client: FlaskClient, city: Database) -> None:
    """Four in an hour of the week, and how many more; the link leads to that hour of the list."""
    with city.transaction() as session:
        for number in range(7):
            put_event(session, f"Treff {number}", centre="mitte", start=f"15:{number}0" if number < 6 else "15:05")
    page = client.get(f"/woche?tag={DAY}").text
    assert "+3 weitere" in page
    target = f"/kalender?ab={DAY}&amp;bis={DAY}&amp;um=15"
    assert f'href="{target}"' in page
    rest = client.get(target.replace("&amp;", "&")).text
    assert rest.count(">Treff ") == 7
    assert "Schach" not in rest
    assert "Chorprobe" in rest


def test_what_lasts_stands_in_each_of_its_days(client: FlaskClient, city: Database) -> None:
    """With its first day at its hour, then as going on."""
    with city.transaction() as session:
        put_event(session, "Ausstellung", centre="mitte", lasts=timedelta(days=2))
    assert client.get(f"/woche?tag={DAY}").text.count(">Ausstellung</span>") == 3
    assert "Ausstellung" in client.get("/tag?tag=2026-11-25").text
    assert "Ausstellung" not in client.get("/tag?tag=2026-11-26").text


def test_a_joint_event_names_both_houses_in_every_view(client: FlaskClient, city: Database) -> None:
    """Once, and each house's own page is reached."""
    with city.transaction() as session:
        put_event(session, "Stadtfest", centre="hamborn")
        other = put_event(session, "Stadtfest", centre="mitte", partners="Haus Hamborn")
    with client.application.app_context():
        catch_up()
    for view in VIEWS[1:]:
        page = client.get(address(view)).text
        assert page.count(">Stadtfest</span>") == 1, view
        assert "Haus Hamborn + Haus Mitte" in page
    assert "auch veröffentlicht von" in client.get(address("/kalender")).text
    page = client.get(f"/veranstaltung/mitte/{other}").text
    assert "Dieselbe Veranstaltung veröffentlicht auch:" in page
    assert ">Haus Hamborn</a>" in page


@pytest.mark.parametrize(
    "argument", ["tag=x", "tag=9999-01-01", "tag=2198-12-31", "alter=-3", "alter=²", "um=99", "um=x"]
)
def test_nonsense_in_an_address_breaks_no_view(client: FlaskClient, city: Database, argument: str) -> None:
    """Whatever somebody types, an answer comes."""
    for view in VIEWS:
        assert client.get(f"{view}?{argument}").status_code == 200


def test_the_form_stays_light_in_a_large_city(client: FlaskClient, city: Database) -> None:
    """A thousand houses are no choice: they come with their district; the one that is chosen stays."""
    with city.transaction() as session:
        for number in range(70):
            put_centre(session, f"c{number}", "Hamborn" if number else "Mitte", name=f"Zentrum {number}")
    page = client.get("/kalender").text
    assert "Zentrum 5<" not in page
    assert "Wählen Sie einen Stadtbezirk" in page
    assert "Zentrum 5<" in client.get("/kalender?bezirk=Hamborn").text
    assert '<option selected value="c5">' in client.get("/kalender?zentrum=c5").text


def test_a_month_counts_all_that_lasts(client: FlaskClient, city: Database) -> None:
    """Sixty exhibitions and two events: three have room, the others are counted."""
    with city.transaction() as session:
        for number in range(60):
            put_event(
                session, f"Ausstellung {number}", centre="mitte", day=DAY - timedelta(days=1), lasts=timedelta(days=3)
            )
    assert "+59 weitere" in client.get(address("/monat")).text

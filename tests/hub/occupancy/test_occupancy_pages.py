"""What planners see of occupancy: figures, the week of a house, where there is still room; and who may."""

import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from hub.core import jobs
from hub.core.accounts import Role
from hub.network.models import Member
from hub.occupancy.adding import Amounts
from hub.occupancy.commands import rebuild_with_progress
from hub.occupancy.models import OccupancyHouse
from hub.occupancy.parts import Hour
from hub.occupancy.week import Stretch, laid_out, shade
from shared.database import Database
from shared.time import now
from tests.hub.occupancy.conftest import put_booking, put_centre, put_hours, put_space

PAGES = ("/berichte/auslastung", "/berichte/auslastung/freie-raeume", "/berichte/auslastung/haus/alt-hamborn")
NOVEMBER = "?first=2026-11&last=2026-11"


@pytest.fixture
def planner(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A client who may read reports."""
    return sign_in(Role.PLANNER)


@pytest.fixture
def houses(app: Flask, database: Database) -> None:
    """Two houses, one of them used; added up.

    Alt-Hamborn: a hall, open each day of November 2026 from 10 to 20 (300 hours, 22 evenings of
    two hours from Monday to Friday), used on Monday the 23rd from 18 to 20 and, while closed, from 20 to 21.
    """
    with database.transaction() as session:
        session.add(
            Member(
                centre_id="alt-hamborn",
                name="Alt-Hamborn",
                public_key="k",
                admitted_at=now(),
                online=False,
                reported_head=0,
            )
        )
        put_centre(session, name="Stadtteilbüro Alt-Hamborn", quarter="Alt-Hamborn")
        put_hours(session, "10:00", "20:00")
        hall = put_space(session, "Ladenlokal", capacity=25)
        put_booking(session, hall, "2026-11-23T17:00:00Z", 3)
        put_centre(session, "hochfeld", name="Quartiersbüro Hochfeld", district="Mitte", quarter="Hochfeld")
        put_hours(session, "09:00", "17:00", "hochfeld", weekday=0)
        put_space(session, "Büro", "hochfeld", kind="office")
    jobs.run_now(app, "occupancy")


@pytest.mark.parametrize("address", PAGES)
def test_visitors_are_asked_to_sign_in(client: FlaskClient, address: str) -> None:
    """Figures of houses are for the staff of the city."""
    assert client.get(address).status_code == 302


def test_the_figures_are_said_in_a_sentence(planner: FlaskClient, houses: None) -> None:
    """300 hours of the hall and five Mondays of eight hours; two of them used, one more while closed."""
    page = re.sub(r"[ \n]+", " ", planner.get(f"/berichte/auslastung{NOVEMBER}").text)
    assert "Von 340 geöffneten Raumstunden wurden 2 genutzt: 1\xa0%. Abends waren es 3\xa0%. " in page
    assert "Am Wochenende waren es 0\xa0%. Nutzung außerhalb der Öffnungszeiten: 1 Std." in page


@pytest.mark.parametrize(
    ("way", "rows"),
    [
        ("month", ["November 2026"]),
        ("quarter_of_year", ["4. Quartal 2026"]),
        ("year", ["2026"]),
        ("centre", ["Quartiersbüro Hochfeld", "Stadtteilbüro Alt-Hamborn"]),
        ("district", ["Hamborn", "Mitte"]),
        ("quarter", ["Alt-Hamborn", "Hochfeld"]),
        ("kind", ["Mehrzweckraum", "Büro"]),
        ("part", ["Vormittag, Montag bis Freitag", "Abend am Wochenende"]),
    ],
)
def test_figures_can_be_split_in_every_way(planner: FlaskClient, houses: None, way: str, rows: list[str]) -> None:
    """Each way has its rows, and all come to the same sum."""
    page = planner.get(f"/berichte/auslastung{NOVEMBER}&by={way}").text
    table = page[page.index('<table class="table__table">') : page.index("</table>")]
    assert [name for name in rows if name not in table] == []
    footer = table[table.index("<tfoot>") :]
    assert [footer.count(figure) for figure in (">340<", ">2<", ">1\xa0%<")] == [1, 1, 1]


def test_the_overview_of_the_reports_leads_here(planner: FlaskClient, houses: None) -> None:
    """A card among the others, of the same period and place."""
    page = planner.get(f"/berichte{NOVEMBER}&district=Hamborn").text
    card = page[page.index("Auslastung der Räume") - 200 : page.index("Auslastung der Räume") + 300]
    assert 'href="/berichte/auslastung?first=2026-11&amp;last=2026-11&amp;district=Hamborn"' in card
    assert '<p class="card__figure">1\xa0%</p>' in card


def test_everything_can_be_added_up_again_by_a_command(planner: FlaskClient, houses: None, database: Database) -> None:
    """A wrong sum is right afterwards, whatever made it wrong."""
    with database.transaction() as session:
        session.execute(update(OccupancyHouse).values(inside_s=0))
    rebuild_with_progress(database, ZoneInfo("Europe/Berlin"))
    assert "wurden 2 genutzt" in planner.get(f"/berichte/auslastung{NOVEMBER}").text


def test_a_house_that_is_open_and_empty_is_told(planner: FlaskClient, houses: None) -> None:
    """Open, but not used: what a planner asks about first."""
    assert "geöffnet, aber nicht genutzt" in planner.get(f"/berichte/auslastung{NOVEMBER}&by=district").text


def test_a_district_narrows_the_figures(planner: FlaskClient, houses: None) -> None:
    """Mitte has Monday's office alone; a district that does not exist narrows nothing."""
    assert "Von 40 geöffneten" in planner.get(f"/berichte/auslastung{NOVEMBER}&district=Mitte").text
    assert "Von 340 geöffneten" in planner.get(f"/berichte/auslastung{NOVEMBER}&district=Atlantis").text


def test_the_period_before_and_the_year_before_are_compared(planner: FlaskClient, houses: None) -> None:
    """October was open and not used; a year ago nobody was here."""
    page = planner.get(f"/berichte/auslastung{NOVEMBER}").text
    assert "Zeitraum davor: 0\xa0%" in page
    assert "Vorjahr: –" in page


def test_figures_say_whom_they_are_of(planner: FlaskClient, houses: None) -> None:
    """A member that has not proven that its records are all here makes the figures incomplete."""
    page = planner.get(f"/berichte/auslastung{NOVEMBER}").text
    assert "1 von 1 Stadtteilzentrum hat gemeldet. Die Zahlen sind nicht vollständig." in page


def test_what_is_still_being_added_up_is_said(planner: FlaskClient, houses: None, database: Database) -> None:
    """Between a change and the job; afterwards the figure is right and the sentence gone."""
    with database.transaction() as session:
        put_hours(session, "08:00", "18:00", "hochfeld", weekday=1)
    assert (
        "Neues aus 1 Stadtteilzentrum wird gerade zusammengezählt."
        in planner.get(f"/berichte/auslastung{NOVEMBER}").text
    )
    jobs.run_now(planner.application, "occupancy")
    page = planner.get(f"/berichte/auslastung{NOVEMBER}").text
    assert "wird gerade zusammengezählt" not in page
    assert "Von 380 geöffneten" in page


def test_where_there_is_still_room(planner: FlaskClient, houses: None) -> None:
    """The hall: 42 evenings' hours less two, in 30 days; nine days of weekend. The office closes at five."""
    page = planner.get(f"/berichte/auslastung/freie-raeume{NOVEMBER}").text
    assert ">Ladenlokal<br>" in page
    assert ">Büro<br>" not in page
    assert '<td class="is-numeric">9,3</td>\n<td class="is-numeric">21</td>' in page


def test_a_house_that_left_the_network_has_no_free_rooms(
    planner: FlaskClient, houses: None, database: Database
) -> None:
    """What it did stays in the figures; its hall is nobody's to give any more."""
    with database.transaction() as session:
        session.get_one(Member, "alt-hamborn").revoked_at = now()
    assert "Ladenlokal" not in planner.get(f"/berichte/auslastung/freie-raeume{NOVEMBER}").text
    assert "Von 340 geöffneten Raumstunden" in re.sub(
        r"[ \n]+", " ", planner.get(f"/berichte/auslastung{NOVEMBER}").text
    )


def test_rooms_can_be_chosen_by_kind_and_size(planner: FlaskClient, houses: None) -> None:
    """A room for thirty there is none."""
    address = f"/berichte/auslastung/freie-raeume{NOVEMBER}"
    assert "Ladenlokal" in planner.get(f"{address}&seats=25&kind=multi_purpose").text
    assert "Kein solcher Raum" in planner.get(f"{address}&seats=30").text
    assert "Kein solcher Raum" in planner.get(f"{address}&kind=kitchen").text


def test_the_week_of_a_house(planner: FlaskClient, houses: None) -> None:
    """Four of five Mondays are free at eighteen; at twenty the house is closed, and was used."""
    page = planner.get(f"/berichte/auslastung/haus/alt-hamborn{NOVEMBER}").text
    assert '<th scope="row">18</th>\n<td class="week__cell--1">20</td>' in page
    assert "<li>Montag 20:00–21:00</li>" in page
    assert "<li>Montag 10:00–18:00</li>" in page
    assert "Ladenlokal" in page


def test_a_house_that_nobody_knows_is_not_there(planner: FlaskClient) -> None:
    """A made-up address is a page that is not there."""
    assert planner.get("/berichte/auslastung/haus/atlantis").status_code == 404


@pytest.mark.parametrize("address", PAGES[:2])
def test_an_empty_hub_says_what_will_appear(planner: FlaskClient, address: str) -> None:
    """No centre yet: an explanation, no table of zeros."""
    page = planner.get(address)
    assert page.status_code == 200
    assert 'class="empty"' in page.text


@pytest.mark.parametrize(
    "query", ["?first=2026-13", "?first=x&last=y", "?seats=-1&kind=x", "?first=2026-11&last=2026-01", "?by=x"]
)
def test_impossible_questions_get_the_usual_answer(planner: FlaskClient, houses: None, query: str) -> None:
    """A link that was cut in two still shows a page."""
    for address in PAGES:
        assert planner.get(f"{address}{query}").status_code == 200


def test_the_hours_of_a_week_are_laid_out_and_joined() -> None:
    """Rows from the first hour to the last; what follows each other is one stretch."""
    open_s, used = Amounts(open_s=3600), Amounts(open_s=3600, inside_s=1800)
    week = laid_out({Hour(0, 9): open_s, Hour(0, 10): open_s, Hour(0, 12): used, Hour(2, 14): Amounts(outside_s=60)})
    assert [row.hour for row in week.rows] == [9, 10, 11, 12, 13, 14]
    assert list(week.never_used) == [Stretch(0, 9, 11)]
    assert list(week.used_while_closed) == [Stretch(2, 14, 15)]


@pytest.mark.parametrize(("used", "wanted"), [(0, 0), (1, 1), (25, 1), (26, 2), (75, 3), (100, 4)])
def test_shades_grow_with_use(used: int, wanted: int) -> None:
    """A little is more than nothing."""
    assert shade(Amounts(open_s=100, inside_s=used)) == wanted


def test_an_idle_look_writes_nothing(app: Flask, houses: None, database: Database) -> None:
    """Every five seconds the job looks; a quiet hub's file stays as it is."""
    log = Path(f"{database.url.database}-wal")
    before = log.stat()
    jobs.run_now(app, "occupancy")
    assert (log.stat().st_size, log.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)

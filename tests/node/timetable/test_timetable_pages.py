"""The timetable on screen and paper: for staff with titles, for the public without anything private."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import typst
from flask.testing import FlaskClient
from sqlalchemy import event

from node.core.accounts import Role
from node.equipment import service as equipment
from node.spaces import guest_hours
from node.spaces.guest_hours import GuestHoursEntry
from node.timetable import service, sheets
from node.timetable.week import Use, by_the_hour, lay_out
from shared.database import Database
from shared.records.spaces import SpaceKind
from tests.factories import DAY, NOW, ZONE, local_slot, make_booking, make_event, make_item, make_space

WEEK = {"woche": DAY.isoformat()}


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Note every query of the block."""
    noted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            noted.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield noted
    event.remove(database.engine, "before_cursor_execute", note)


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF: the number in its tree of pages."""
    assert pdf.startswith(b"%PDF")
    (count,) = re.findall(rb"/Type\s*/Pages\s*/Count\s*(\d+)|/Count\s*(\d+)\s*/Kids", pdf)
    return int(count[0] or count[1])


def test_an_empty_house_is_told_what_appears_here(signed_in: FlaskClient) -> None:
    """The first step is a space."""
    assert "Es gibt noch keine Räume" in signed_in.get("/stundenplan").text


def test_staff_see_titles_kinds_and_the_halls_halves(signed_in: FlaskClient, database: Database) -> None:
    """The week on one page: whose row, which day, what for."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        half = make_space(session, "Nord", hall)
        booking = make_booking(session, half, "10:00", "12:00", title="Geburtstag Yıldız", kind="rental")
    shown = signed_in.get("/stundenplan", query_string=WEEK).text
    assert "Geburtstag Yıldız" in shown
    assert f'href="/buchungen/{booking.id}"' in shown
    assert "belegt mit „Nord“" in shown
    assert "Vermietung" in shown
    assert "Geburtstag" not in signed_in.get("/stundenplan", query_string={"woche": "2026-12-07"}).text


def test_the_public_reads_published_titles_and_else_that_it_is_taken(client: FlaskClient, database: Database) -> None:
    """No title, no kind, no name of a private booking; a counselling room is not shown at all."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        make_event(session, "Lesung", "10:00", "12:00", space=hall)
        make_event(session, "Geheimer Entwurf", "13:00", "14:00", space=hall, published=False)
        make_booking(
            session, hall, "15:00", "16:00", title="Geburtstag Yıldız", kind="rental", contact_name="F. Yıldız"
        )
        counselling = make_space(session, "Sprechzimmer", kind=SpaceKind.COUNSELLING)
        make_booking(session, counselling, "17:15", "18:00", title="Schuldnerberatung")
    shown = client.get("/haus/stundenplan", query_string=WEEK).text
    assert "Lesung" in shown
    assert "15:00–16:00" in shown
    assert "belegt" in shown
    for private in (
        "Entwurf",
        "Geburtstag",
        "Yıldız",
        "Vermietung",
        "Sprechzimmer",
        "Schuldner",
        "17:15",
        "/buchungen/",
    ):
        assert private not in shown
    assert client.get("/haus/stundenplan.pdf", query_string=WEEK).mimetype == "application/pdf"


def test_without_signing_in_only_the_public_page_is_open(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    """Titles are for staff; a tenant of a room is none."""
    for page in ("/stundenplan", "/stundenplan/haus.pdf"):
        assert client.get(page).status_code == 302
        assert sign_in(Role.TENANT, name=page).get(page).status_code in (302, 403)


def test_a_space_by_the_hour(signed_in: FlaskClient, database: Database) -> None:
    """Its own page for a week; one that is not there is not found."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        make_booking(session, hall, "10:00", "12:00", title="Chor")
    shown = signed_in.get(f"/stundenplan/raum/{hall.id}", query_string=WEEK).text
    assert re.search(r'<td class="week__used" rowspan="4">', shown)
    assert "Chor" in shown
    for page in ("", "/raum.pdf"):
        assert signed_in.get(f"/stundenplan/raum/nirgends{page}").status_code == 404


def test_a_guest_space_shows_when_it_is_not_ours(signed_in: FlaskClient, database: Database) -> None:
    """Outside the hours agreed with the school the page is hatched; our own rooms are never."""
    with database.transaction() as session:
        gym = make_space(session, "Turnhalle", is_guest_space=True, host_building="Schule")
        guest_hours.add_hours(session, gym.id, GuestHoursEntry(opens_local="18:00", closes_local="22:00"), [0])
        hall = make_space(session, "Saal")
    shown = signed_in.get(f"/stundenplan/raum/{gym.id}", query_string=WEEK).text
    assert shown.count('week__away"></td>') == 7 * 28 - 8, "only Monday from six to ten is ours"
    assert "gehört der Gastraum nicht uns" in shown
    assert "week__away" not in signed_in.get(f"/stundenplan/raum/{hall.id}", query_string=WEEK).text
    assert pages_of(signed_in.get(f"/stundenplan/raum/{gym.id}/raum.pdf", query_string=WEEK).data) == 1


def test_the_ordinary_week_shows_what_comes_again(database: Database) -> None:
    """Every week, or two of five; a single party is left out, and so is what changes its time."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        for week in range(5):
            make_booking(session, hall, "18:00", "20:00", DAY + timedelta(weeks=week), title="Chor")
        for week in (0, 2):
            make_booking(session, hall, "10:00", "11:00", DAY + timedelta(weeks=week, days=2), title="Runder Tisch")
        make_booking(session, hall, "14:00", "23:00", DAY + timedelta(days=5), title="Fest")
    with database.reading() as session:
        week = service.ordinary_week(session, NOW, ZONE)
    found = {piece.use.title: (number, piece.use.weeks) for number, day in enumerate(week.by_day) for piece in day}
    assert found == {"Chor": (0, 5), "Runder Tisch": (2, 2)}


def test_the_ordinary_week_keeps_its_hour_when_the_clocks_change(database: Database) -> None:
    """Six in the evening is six in the evening, summer and winter."""
    autumn = DAY.replace(month=10, day=19)
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        for week in range(2):
            make_booking(session, hall, "18:00", "20:00", autumn + timedelta(weeks=week), title="Chor")
    with database.reading() as session:
        week = service.ordinary_week(session, local_slot("08:00", "09:00", autumn).starts_at, ZONE)
    assert [(piece.starts_min, piece.use.weeks) for piece in week.by_day[0]] == [(18 * 60, 2)]


@pytest.mark.parametrize("named", ["2026-13-45", "gestern", "0001-01-01", "9999-12-31", ""])
def test_a_nonsense_week_is_this_week(signed_in: FlaskClient, database: Database, named: str) -> None:
    """An address typed wrong shows something sensible."""
    with database.transaction() as session:
        make_space(session)
    for page in ("/stundenplan", "/haus/stundenplan"):
        answer = signed_in.get(page, query_string={"woche": named})
        assert answer.status_code == 200
        assert re.search(r'aria-current="page">Diese Woche', answer.text)


def test_a_week_takes_at_most_six_queries(database: Database, signed_in: FlaskClient) -> None:
    """However many spaces and bookings there are."""
    with database.transaction() as session:
        for number in range(12):
            room = make_space(session, f"Raum {number}")
            for hour in range(9, 15):
                make_booking(session, room, f"{hour:02}:00", f"{hour + 1:02}:00")
    for page in ("/stundenplan", f"/stundenplan/raum/{room.id}", "/haus/stundenplan"):
        with counted(database) as queries:
            assert signed_in.get(page, query_string=WEEK).status_code == 200
        assert len(queries) <= 6, queries


def test_the_papers_are_one_page(signed_in: FlaskClient, database: Database) -> None:
    """A quiet week, in German, for staff and for the notice board."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        make_booking(session, hall, "10:00", "12:00", title="Größe, Übung & Straße")
    for page in ("/stundenplan/haus.pdf", f"/stundenplan/raum/{hall.id}/raum.pdf", "/haus/stundenplan.pdf"):
        for week in (DAY.isoformat(), "ueblich"):
            answer = signed_in.get(page, query_string={"woche": week})
            assert answer.mimetype == "application/pdf"
            assert pages_of(answer.data) == 1


def test_a_full_week_still_is_one_page(signed_in: FlaskClient, database: Database) -> None:
    """Fourteen spaces, every hour taken, long titles: the letters shrink, the page stays one."""
    title = "Gemeinsames Frühstück der Nachbarschaftsinitiative für ein lebenswertes Quartier"
    with database.transaction() as session:
        made = [make_space(session, f"Raum {number}") for number in range(14)]
    uses = [
        Use(space.id, *local_slot(f"{hour:02}:00", f"{hour + 1:02}:00", DAY + timedelta(days=day)), title, "rental")
        for space in made
        for day in range(7)
        for hour in range(9, 20, 2)
    ]
    week = lay_out(DAY, made, uses, ZONE)
    with signed_in.application.test_request_context("/?sprache=de"):
        assert pages_of(sheets.house_pdf(week, "Haus", at=NOW, ordinary=False)) == 1
        assert (
            pages_of(sheets.space_pdf(week, week.rows[0], by_the_hour(week.rows[0]), "Haus", at=NOW, ordinary=False))
            == 1
        )


def test_typst_has_letters_for_every_language_of_the_houses() -> None:
    """On a machine without fonts of its own: Latin with its marks, Cyrillic and Arabic are embedded."""
    words = {"de": "Größe Übung Straße", "tr": "Çığ İş", "bg": "Клуб за четене", "ar": "شاي وحكايات"}
    fonts = '("Fira Sans", "Libertinus Serif", "DejaVu Sans Mono")'
    for text in words.values():
        said = f"#text(font: {fonts}, fallback: false, {json.dumps(text, ensure_ascii=False)})"
        page = f"#set page(width: 9cm, height: auto)\n{said}"
        made: Any = typst.compile(page.encode(), format="svg", ignore_system_fonts=True)
        shapes = made.decode().count("<symbol ")  # a letter that is missing has the shape of every other missing one
        assert shapes >= 5, text


def test_the_page_of_a_space_tells_its_coming_bookings(signed_in: FlaskClient, database: Database) -> None:
    """Also those of its halves; a request says that it is one."""
    soon = NOW.date() + timedelta(days=1)
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        half = make_space(session, "Nord", hall)
        make_booking(session, half, day=soon, title="Chor")
    with database.reading() as session:
        (found,) = service.coming_in(session, hall, NOW, 28)
        assert found.title == "Chor"
        assert service.coming_in(session, hall, NOW + timedelta(days=9), 28) == []
    assert f"/stundenplan/raum/{hall.id}" in signed_in.get(f"/raeume/{hall.id}").text


def test_the_page_of_equipment_names_the_bookings_it_goes_with(signed_in: FlaskClient, database: Database) -> None:
    """Forty chairs go to the concert in the hall."""
    day = DAY.replace(year=2190)
    with database.transaction() as session:
        hall, chairs = make_space(session, "Saal"), make_item(session, "Stühle", 40)
        booking = make_booking(session, hall, "19:00", "22:00", day, title="Konzert")
        equipment.reserve(session, booking.id, chairs.id, 40, local_slot("19:00", "22:00", day))
    shown = signed_in.get(f"/ausstattung/{chairs.id}").text
    assert f'href="/buchungen/{booking.id}">Konzert' in shown
    assert "Saal" in shown

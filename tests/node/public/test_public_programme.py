"""The programme for everybody: by list, week and month, narrowed, and as files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listening

from node.programme import service as programme
from node.programme.models import Event
from node.public import grid
from shared.database import Database
from shared.ids import new_id
from shared.time import at_local, now, to_wire
from tests.factories import NOW, ZONE, make_event, make_space

QUERIES_MAX = 12
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def on(days: int) -> date:
    """Return the day so many days from today."""
    return now().astimezone(ZONE).date() + timedelta(days=days)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Gather every statement that the block sends."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    listening.listen(database.engine, "before_cursor_execute", note)
    yield asked
    listening.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def programme_of_years(database: Database) -> Database:
    """Two thousand events, as a busy house has them in some years."""
    with database.transaction() as session:
        spaces = [make_space(session, name=f"Raum {number}").id for number in range(12)]
        for number in range(2_000):
            begins = now() + timedelta(hours=2 * number)
            times = {"starts_at": begins, "ends_at": begins + timedelta(hours=2), "updated_at": now()}
            theme = ("family", "sport")[number % 2]
            place = {"space_id": spaces[number % 12], "theme": theme, "state": "published"}
            session.add(Event(id=new_id(), title=f"Termin {number}", summary="Worum es geht.", **times, **place))
    return database


@pytest.mark.parametrize(
    "path",
    [
        "/haus",
        "/haus/programm",
        "/haus/programm?seite=60",
        "/haus/programm?thema=sport&suche=Termin",
        "/haus/programm/woche",
        "/haus/programm/monat",
        "/haus/programm.atom",
        "/haus/programm.ics",
    ],
)
def test_a_long_programme_takes_few_queries(client: FlaskClient, programme_of_years: Database, path: str) -> None:
    """As many for two thousand events as for two."""
    client.get(path)
    with counted(programme_of_years) as asked:
        assert client.get(path).status_code == 200
    assert len(asked) <= QUERIES_MAX


def test_the_list_stands_by_days(client: FlaskClient, database: Database) -> None:
    """Each day once, today marked, what goes on since yesterday under today."""
    with database.transaction() as session:
        make_event(session, "Nachtlager", "20:00", "23:45", on(0))
        make_event(session, "Frühstück", "10:00", "12:00", on(1))
        make_event(session, "Chor", "18:00", "20:00", on(1))
    page = client.get("/haus/programm").text
    assert page.count(f'id="tag-{on(1)}"') == 1
    assert page.index("Frühstück") < page.index("Chor")
    assert "10:00–12:00" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("gruppe=children", {"Kinderturnen", "Fest"}),
        ("sprache=tr", {"Kinderturnen"}),
        ("kostenlos=1", {"Kinderturnen", "Fest"}),
        ("stufenlos=1", {"Lesung"}),
        ("online=1", {"Lesung"}),
        ("suche=lesen", {"Lesung"}),
        ("suche=100%25", set()),
        ("thema=sport&gruppe=seniors", set()),
        ("thema=quatsch&gruppe=quatsch&sprache=quatsch", {"Kinderturnen", "Fest", "Lesung"}),
    ],
)
def test_the_programme_is_narrowed(client: FlaskClient, database: Database, asked: str, found: set[str]) -> None:
    """What is for everyone is for each group too; nonsense in the address asks for nothing."""
    with database.transaction() as session:
        make_event(session, "Kinderturnen", day=on(1), theme="sport", target_groups=("children",), languages=("tr",))
        make_event(session, "Fest", day=on(2), target_groups=("everyone",))
        make_event(
            session,
            "Lesung",
            day=on(3),
            target_groups=("adults",),
            accessibility=("step_free",),
            attendance="hybrid",
            online_url="https://example.org",
            cost_cents=500,
            description="Wir lesen vor.",
        )
    page = client.get(f"/haus/programm?{asked}").text
    assert {title for title in ("Kinderturnen", "Fest", "Lesung") if title in page} == found
    calendar = client.get(f"/haus/programm.ics?{asked}").text
    assert {title for title in ("Kinderturnen", "Fest", "Lesung") if f"SUMMARY:{title}" in calendar} == found


def test_filters_go_along_to_the_other_views_and_pages(client: FlaskClient, database: Database) -> None:
    """From the list to the month, and to the file one subscribes to."""
    with database.transaction() as session:
        make_event(session, "Lauftreff", day=on(1), theme="sport")
    page = client.get("/haus/programm?thema=sport&kostenlos=1").text
    for path in ("/haus/programm/monat", "/haus/programm/woche", "/haus/programm.ics", "/haus/programm.atom"):
        assert f'href="{path}?thema=sport&amp;kostenlos=1"' in page
    assert client.get("/haus/programm?sprache=ro").text.count("Zu diesen Filtern passt nichts") == 1


def test_a_week_and_a_month_show_their_days(client: FlaskClient, database: Database) -> None:
    """The week of a date, the month by its name; nonsense is now."""
    with database.transaction() as session:
        make_event(session, "Lichterfest", day=date(2027, 2, 3))
        make_event(session, "Danach", day=date(2027, 2, 15))
    week = client.get("/haus/programm/woche?tag=2027-02-04").text
    assert "Lichterfest" in week
    assert "Danach" not in week
    assert "tag=2027-01-25" in week
    month = client.get("/haus/programm/monat?monat=2027-02").text
    assert "Februar 2027" in month
    assert "Danach" in month
    for nonsense in ("/haus/programm/woche?tag=gestern", "/haus/programm/monat?monat=9999-99"):
        assert client.get(nonsense).status_code == 200


def test_what_was_cancelled_is_seen_as_cancelled_everywhere(client: FlaskClient, database: Database) -> None:
    """With its reason: in the list, the grids, on its page, in the calendar and the feed."""
    with database.transaction() as session:
        event = make_event(session, "Lesung", day=on(1))
        programme.cancel_event(session, event.id, "Autorin erkrankt", now=now())
        event_id = event.id
    for path in ("/haus/programm", f"/haus/programm/{event_id}", "/haus/programm.atom"):
        assert "Autorin erkrankt" in client.get(path).text
    assert "findet nicht statt" in client.get(f"/haus/programm/{event_id}").text
    assert "Abgesagt" in client.get(f"/haus/programm/monat?monat={on(1):%Y-%m}").text
    assert "STATUS:CANCELLED" in client.get("/haus/programm.ics").text


def test_a_change_reaches_whoever_subscribed(client: FlaskClient, database: Database) -> None:
    """An unchanged file is not sent again, a changed one is, also when only a room was renamed."""
    with database.transaction() as session:
        space = make_space(session, name="Saal")
        event = make_event(session, "Lesung", day=on(1), space=space)
        event_id = event.id
    mark = client.get("/haus/programm.ics").headers["ETag"]
    assert client.get("/haus/programm.ics", headers={"If-None-Match": mark}).status_code == 304
    with database.transaction() as session:
        programme.cancel_event(session, event_id, "", now=now())
    changed = client.get("/haus/programm.ics", headers={"If-None-Match": mark})
    assert changed.status_code == 200
    with database.transaction() as session:
        session.merge(space).name = "Großer Saal"
    assert client.get("/haus/programm.ics", headers={"If-None-Match": changed.headers["ETag"]}).status_code == 200


def test_the_feed_is_atom_with_what_changed_last_first(client: FlaskClient, database: Database) -> None:
    """Ids never change; nothing in a title can break out of the feed."""
    earlier = datetime(2026, 1, 1, tzinfo=UTC)
    with database.transaction() as session:
        old = make_event(session, "Alt & <b>gut</b>\x0b", day=on(1), now=earlier)
        new = make_event(session, "Neu", day=on(9))
        ids = [f"urn:uuid:{new.id}", f"urn:uuid:{old.id}"]
    answer = client.get("/haus/programm.atom")
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)
    assert [found.text for found in root.findall("a:entry/a:id", ATOM)] == ids
    assert root.findall("a:entry/a:title", ATOM)[1].text == "Alt & <b>gut</b>"
    assert root.findtext("a:updated", "", ATOM) == to_wire(NOW)
    again = client.get("/haus/programm.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_an_event_page_speaks_the_readers_language(client: FlaskClient, database: Database) -> None:
    """Where the house has written it; else its own."""
    with database.transaction() as session:
        words = {"en": programme.Words("Repair café", "We mend together.")}
        event = make_event(session, "Reparaturcafé", day=on(1))
        programme.translate_event(session, event.id, words, now=now())
        event_id = event.id
    assert "Reparaturcafé" in client.get(f"/haus/programm/{event_id}").text
    client.set_cookie("stadtherz_sprache", "en")
    assert "We mend together." in client.get(f"/haus/programm/{event_id}").text
    assert "Repair café" in client.get("/haus/programm").text


@pytest.mark.parametrize(("registration", "shown"), [("none", False), ("wanted", True), ("required", True)])
def test_the_button_of_registration_stands_where_it_is_asked_for(
    client: FlaskClient, database: Database, registration: str, shown: bool
) -> None:
    """And not on what was cancelled."""
    with database.transaction() as session:
        event = make_event(session, day=on(2), registration=registration, capacity=7)
        event_id = event.id
    link = f"/haus/programm/{event_id}/anmelden"
    page = client.get(f"/haus/programm/{event_id}").text
    assert (f'href="{link}"' in page) is shown
    assert ("7 Plätze sind frei" in page) is shown
    with database.transaction() as session:
        programme.cancel_event(session, event_id, "", now=now())
    assert f'href="{link}"' not in client.get(f"/haus/programm/{event_id}").text


def test_the_other_dates_of_a_series_are_a_link_away(client: FlaskClient, database: Database) -> None:
    """Those that come, not itself."""
    series_id = new_id()
    with database.transaction() as session:
        events = [make_event(session, "Chor", day=on(7 * week), series_id=series_id) for week in (-1, 1, 2)]
        ids = [event.id for event in events]
    page = client.get(f"/haus/programm/{ids[1]}").text
    assert f'href="/haus/programm/{ids[2]}"' in page
    assert f'href="/haus/programm/{ids[0]}"' not in page


class Row:
    """An event as a grid reads it."""

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        self.starts_at, self.ends_at = starts_at, ends_at


def test_a_grid_shows_several_days_and_keeps_a_late_night_on_its_evening() -> None:
    """A camp of three days stands on each; a party until two is of the evening it began."""
    monday = date(2026, 11, 23)

    def wall(day: int, hour: int) -> datetime:
        return at_local(monday + timedelta(days=day), datetime.min.time().replace(hour=hour), ZONE)

    camp, party = Row(wall(0, 10), wall(2, 16)), Row(wall(1, 20), wall(2, 2))
    (week,) = grid.weeks((monday, monday + timedelta(days=6)), [camp, party], monday, ZONE)
    found = [[row for row, _before in cell.rows] for cell in week[:3]]
    assert found == [[camp], [camp, party], [camp]]
    assert [cell.is_today for cell in week[:2]] == [True, False]


def test_a_month_is_whole_weeks() -> None:
    """From the Monday before the first to the Sunday after the last."""
    assert grid.days_of_month(date(2026, 11, 1)) == (date(2026, 10, 26), date(2026, 12, 6))
    assert grid.days_of_month(date(2027, 2, 1)) == (date(2027, 2, 1), date(2027, 2, 28))
    assert grid.after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert grid.before(date(2027, 1, 1)) == date(2026, 12, 1)


def test_every_page_of_the_house_leads_to_the_others(client: FlaskClient, database: Database) -> None:
    """House, programme, rooms, hours: one of them is here."""
    for path in ("/haus", "/haus/programm", "/haus/raeume", "/haus/oeffnungszeiten"):
        page = client.get(path).text
        assert re.search(rf'class="site-nav__link" href="{path}" aria-current="page"', page)

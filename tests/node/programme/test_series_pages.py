"""Series of events as staff make them: say it, see every date, choose, write; change this and the following."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Role
from node.programme.models import Event
from node.series.models import EventSeries
from node.spaces.models import Space
from shared.database import Database
from shared.time import now
from tests.factories import ZONE, make_booking, make_space

SignIn = Callable[..., FlaskClient]
FIRST = now().astimezone(ZONE).date() + timedelta(days=30)  # what has begun cannot be changed, so: far ahead
DAYS = [FIRST + timedelta(weeks=week) for week in range(4)]


def typed(**said: str) -> dict[str, str]:
    """Return what somebody types into the form: four weeks of sewing, whatever holiday it is."""
    usual = {"title": "Nähkurs", "day": FIRST.isoformat(), "starts": "10:00", "ends": "12:00", "kind": "offer"}
    repeats = {"repeat": "weekly", "interval": "1", "until": DAYS[-1].isoformat(), "count": "", "position": ""}
    return {**usual, **repeats, "attendance": "on_site", "space_id": "", "theme": "", **said}


def dates(database: Database, state: str = "published") -> list[tuple[date, str]]:
    """Return day and title of all events of a state."""
    with database.reading() as session:
        found = session.scalars(select(Event).where(Event.state == state).order_by(Event.starts_at))
        return [(event.starts_at.astimezone(ZONE).date(), event.title) for event in found]


def series_page(database: Database) -> str:
    """Return the address of the series that goes on today."""
    with database.reading() as session:
        listed = session.scalars(select(EventSeries).order_by(EventSeries.made_at, EventSeries.id)).all()
        followed = {series.follows_id for series in listed}
        (last,) = [series.id for series in listed if series.id not in followed]
        return f"/programm/serie/{last}"


@pytest.fixture
def hall(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, "Saal")


@pytest.fixture
def begun(signed_in: FlaskClient, database: Database) -> str:
    """The address of a published series of four weeks."""
    return str(signed_in.post("/programm/serie/neu", data=typed(step="publish")).location)


def test_the_form_of_one_event_becomes_that_of_a_series(signed_in: FlaskClient) -> None:
    """Nothing that was typed is lost on the way."""
    page = signed_in.post("/programm/serie/neu", data={"title": "Nähkurs", "partners": "VHS", "step": "form"}).text
    assert 'value="Nähkurs"' in page
    assert 'value="VHS"' in page
    assert 'name="repeat"' in page


def test_every_date_is_shown_before_anything_is_written(
    signed_in: FlaskClient, database: Database, hall: Space
) -> None:
    """A taken date says what is in its way and offers what is free; the choice is carried out."""
    with database.transaction() as session:
        make_booking(session, hall, "11:00", "13:00", DAYS[1], title="Chorprobe", now=now())
    data = typed(space_id=hall.id)
    preview = signed_in.post("/programm/serie/neu", data=data).text
    assert "Chorprobe" in preview
    assert dates(database) == []
    name = f"wahl-{DAYS[1].isoformat()}"
    offered = re.search(rf'name="{name}">(.*?)</select>', preview, re.DOTALL)
    assert offered
    (choice, *_) = [value for value in re.findall(r'value="([^"]+)"', offered[1]) if hall.id in value]
    signed_in.post("/programm/serie/neu", data={**data, name: choice, "step": "publish"})
    assert [day for day, _title in dates(database)] == DAYS
    with database.reading() as session:
        moved = session.scalars(select(Event).where(Event.occurrence_on == DAYS[1])).one()
        assert moved.starts_at.astimezone(ZONE) != datetime.combine(DAYS[1], moved.starts_at.time(), ZONE)
        assert moved.space_id == hall.id


def test_a_date_that_failed_is_missing_until_somebody_makes_up_for_it(
    signed_in: FlaskClient, database: Database, hall: Space
) -> None:
    """The page of the series names it; a free time of that day brings it back."""
    with database.transaction() as session:
        make_booking(session, hall, "11:00", "13:00", DAYS[1], title="Chorprobe", now=now())
    address = signed_in.post("/programm/serie/neu", data=typed(space_id=hall.id, step="publish")).location
    page = signed_in.get(address).text
    assert "1 Termin fehlt" in page
    missing = f"{address}/termin/{DAYS[1].isoformat()}"
    choices = re.findall(r'name="wahl" value="([^"]+)"', signed_in.get(missing).text)
    assert signed_in.post(missing, data={"wahl": choices[0]}).status_code == 302
    assert len(dates(database)) == 4
    assert signed_in.get(missing).status_code == 404


def test_a_missing_date_can_be_let_go(signed_in: FlaskClient, database: Database, hall: Space) -> None:
    """It is then left out by wish, and nobody waits for it."""
    with database.transaction() as session:
        make_booking(session, hall, "11:00", "13:00", DAYS[1], now=now())
    address = signed_in.post("/programm/serie/neu", data=typed(space_id=hall.id, step="publish")).location
    signed_in.post(f"{address}/termin/{DAYS[1].isoformat()}", data={"wahl": "leave"})
    page = signed_in.get(address).text
    assert "1 Termin fehlt" not in page
    assert len(dates(database)) == 3


def test_this_and_following_are_changed_and_the_earlier_ones_stay(
    signed_in: FlaskClient, database: Database, begun: str
) -> None:
    """From the third date on it has another name; a date changed on its own stays as it is and says so."""
    with database.reading() as session:
        own = session.scalars(select(Event).where(Event.occurrence_on == DAYS[3])).one().id
    event = {**typed(title="Nähfest", day=DAYS[3].isoformat())}
    for name in ("repeat", "interval", "until", "count", "position"):
        del event[name]
    signed_in.post(f"/programm/{own}/bearbeiten", data=event)
    change = f"{begun}/aendern?ab={DAYS[2].isoformat()}"
    data = typed(title="Nähtreff", day=DAYS[2].isoformat(), repeat="weekly", keep_own="y")
    preview = signed_in.post(change, data=data).text
    assert "Einzeln geändert: " in preview
    signed_in.post(change, data={**data, "step": "write"})
    names = ["Nähkurs", "Nähkurs", "Nähtreff", "Nähfest"]
    assert dates(database) == list(zip(DAYS, names, strict=True))
    assert "einzeln geändert" in signed_in.get(series_page(database)).text


def test_all_coming_dates_are_cancelled_with_the_reason(signed_in: FlaskClient, database: Database, begun: str) -> None:
    """The public reads it on each; without a reason nothing is cancelled."""
    assert signed_in.post(f"{begun}/absagen", data={"reason": ""}).status_code == 422
    assert "4 kommende Termine" in signed_in.get(f"{begun}/absagen").text
    signed_in.post(f"{begun}/absagen", data={"reason": "Die Nähmaschine ist kaputt", "also_own": "y"})
    assert [day for day, _title in dates(database, "cancelled")] == DAYS
    with database.reading() as session:
        assert set(session.scalars(select(Event.cancel_reason))) == {"Die Nähmaschine ist kaputt"}


def test_cancelling_from_a_date_on_leaves_the_earlier_ones(
    signed_in: FlaskClient, database: Database, begun: str
) -> None:
    """This and the following."""
    data = {"reason": "Umzug", "also_own": "y"}
    signed_in.post(f"{begun}/absagen?ab={DAYS[2].isoformat()}", data=data)
    assert [day for day, _title in dates(database)] == DAYS[:2]


def test_a_series_of_drafts_is_published_with_one_button(sign_in: SignIn, database: Database) -> None:
    """The reception writes drafts; the office publishes; then the reception cannot change it any more."""
    reception = sign_in(Role.RECEPTION)
    assert reception.post("/programm/serie/neu", data=typed(step="publish")).status_code == 403
    address = reception.post("/programm/serie/neu", data=typed(step="write")).location
    assert [day for day, _title in dates(database, "draft")] == DAYS
    assert reception.post(f"{address}/veroeffentlichen").status_code == 403
    assert sign_in(Role.OFFICE).post(f"{address}/veroeffentlichen").status_code == 302
    assert [day for day, _title in dates(database)] == DAYS
    assert reception.get(f"{address}/aendern").status_code == 403
    assert reception.post(f"{address}/absagen", data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"until": ""},
        {"until": "2020-01-01"},
        {"count": "3"},
        {"title": ""},
        {"interval": "99"},
        {"until": "2190-01-01"},
    ],
)
def test_what_cannot_be_a_series_is_asked_again(
    signed_in: FlaskClient, database: Database, said: dict[str, str]
) -> None:
    """With the rest of the form as it was typed."""
    answer = signed_in.post("/programm/serie/neu", data=typed(partners="VHS", **said, step="publish"))
    assert answer.status_code in (409, 422)
    assert 'value="VHS"' in answer.text
    assert dates(database) == []


def test_an_event_of_a_series_leads_to_its_series(signed_in: FlaskClient, database: Database, begun: str) -> None:
    """This, this and following, all: each is one link away."""
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.occurrence_on == DAYS[1])).one().id
    page = signed_in.get(f"/programm/{event}").text
    for address in (begun, f"{begun}/aendern?ab={DAYS[1].isoformat()}", f"/programm/{event}/bearbeiten"):
        assert f'href="{address}"' in page

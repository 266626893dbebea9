"""The day's grid and the forms of bookings, as staff use them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from node.bookings import service
from node.bookings.models import Booking
from node.core.accounts import Role
from node.spaces import service as spaces
from shared.database import Database
from shared.records.bookings import BookingState, Slot, SpaceTaken
from tests.factories import DAY, NOW, local_slot, make_booking, make_event, make_space

QUERIES_MAX = 12  # P14 of the goals


@pytest.fixture
def hall(database: Database) -> str:
    """A hall with one booking from ten to twelve; returns its id."""
    with database.transaction() as session:
        space = make_space(session, "Großer Saal")
        make_booking(session, space, "10:00", "12:00", title="Chorprobe")
        return space.id


def typed(space_id: str, starts: str, ends: str, **more: str) -> dict[str, str]:
    """Return what somebody types into the form."""
    return {"space_id": space_id, "day": DAY.isoformat(), "starts": starts, "ends": ends, "kind": "rental", **more}


def bookings_in(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        found = session.scalars(select(Booking).order_by(Booking.starts_at)).all()
        return [(booking.title, booking.state) for booking in found]


@contextmanager
def counted_queries(database: Database) -> Iterator[list[str]]:
    """Gather every SELECT that the block sends."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_free_time_is_one_link_to_a_filled_form(signed_in: FlaskClient, hall: str) -> None:
    """From a free gap it takes one tap to the form, which knows space, day and times."""
    page = signed_in.get(f"/buchungen?tag={DAY}").text
    link = re.search(r'href="(/buchungen/neu\?[^"]*von=12:00[^"]*)"', page)
    assert link is not None
    assert "12:00–22:00" in page
    form = signed_in.get(link[1].replace("&amp;", "&")).text
    assert re.search(rf'<option selected value="{hall}"', form)
    assert re.search(r'<option selected value="12:00"', form)
    assert re.search(r'<option selected value="13:00"', form)


def test_a_full_day_takes_few_queries(signed_in: FlaskClient, database: Database) -> None:
    """Twelve spaces with 150 bookings are drawn with at most twelve queries."""
    with database.transaction() as session:
        rooms = [make_space(session, f"Raum {number}") for number in range(12)]
        starts = local_slot("08:00", "09:00").starts_at
        for number in range(150):
            begin = starts + timedelta(minutes=60 * (number // 12))
            slot = service.BookingEntry(space_id=rooms[number % 12].id, slot=Slot(begin, begin + timedelta(minutes=45)))
            service.take_booking(session, slot, now=NOW)
    with counted_queries(database) as seen:
        page = signed_in.get(f"/buchungen?tag={DAY}")
    assert page.text.count('id="b-') == 150
    assert len(seen) <= QUERIES_MAX


def test_the_hall_is_shown_taken_while_a_half_is(signed_in: FlaskClient, database: Database) -> None:
    """Whoever looks at the hall's row sees that one of its halves is booked, and which."""
    with database.transaction() as session:
        whole = make_space(session, "Saal")
        half = make_space(session, "Saal links", whole)
        make_booking(session, half, title="Nähkurs")
    page = signed_in.get(f"/buchungen?tag={DAY}").text
    assert page.count('<span class="day__what">Nähkurs</span>') == 2
    assert "(Saal links)" in page


def test_a_booking_is_taken_with_one_form(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """The form books and leads back to the day."""
    answer = signed_in.post("/buchungen/neu", data=typed(hall, "12:00", "13:00", title="Nähkurs", persons="8"))
    assert answer.status_code == 302
    assert f"tag={DAY}" in answer.location
    assert ("Nähkurs", "confirmed") in bookings_in(database)


def test_a_conflict_is_explained_and_nothing_typed_is_lost(
    signed_in: FlaskClient, hall: str, database: Database
) -> None:
    """The page names the booking in the way, keeps the form and offers what is free."""
    answer = signed_in.post("/buchungen/neu", data=typed(hall, "11:00", "13:00", title="Nähkurs", note="Zehn Tische"))
    assert answer.status_code == 409
    assert "Chorprobe" in answer.text
    assert 'value="Nähkurs"' in answer.text
    assert "Zehn Tische" in answer.text
    assert 'name="instead"' in answer.text
    assert bookings_in(database) == [("Chorprobe", "confirmed")]


def test_one_click_on_an_alternative_books_it(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """Every alternative that is offered can be booked as it stands."""
    wish = typed(hall, "11:00", "13:00", title="Nähkurs")
    page = signed_in.post("/buchungen/neu", data=wish).text
    offered = re.findall(r'name="instead" value="([^"]+)"', page)
    assert offered
    answer = signed_in.post("/buchungen/neu", data={**wish, "instead": offered[0]})
    assert answer.status_code == 302
    assert ("Nähkurs", "confirmed") in bookings_in(database)


def test_another_space_is_offered_for_the_same_time(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """If a second room is free at that time it is among the choices."""
    with database.transaction() as session:
        make_space(session, "Nebenraum")
    page = signed_in.post("/buchungen/neu", data=typed(hall, "10:00", "11:00")).text
    assert re.search(r"Nebenraum, [^<]*10:00–11:00", page)


def test_a_booking_may_end_the_next_day(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """Past midnight is one booking; without the day beside it the form asks."""
    wish = typed(hall, "22:00", "02:00", title="Fest")
    assert signed_in.post("/buchungen/neu", data=wish).status_code == 422
    wish["ends_on"] = (DAY + timedelta(days=1)).isoformat()
    assert signed_in.post("/buchungen/neu", data=wish).status_code == 302
    with database.reading() as session:
        fest = session.scalars(select(Booking).where(Booking.title == "Fest")).one()
        assert fest.ends_at == local_slot("22:00", "02:00").ends_at


def test_moving_onto_another_booking_is_explained(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """An edit that collides is refused with the same explanation, and the booking stays."""
    with database.transaction() as session:
        later = make_booking(session, spaces.get_space(session, hall), "14:00", "15:00", title="Schach")
        address = f"/buchungen/{later.id}"
    answer = signed_in.post(address, data=typed(hall, "11:30", "12:30", title="Schach"))
    assert answer.status_code == 409
    assert "Chorprobe" in answer.text
    assert signed_in.post(address, data=typed(hall, "12:30", "13:30", title="Schach")).status_code == 302


def test_a_request_is_noted_and_then_confirmed(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """A request waits on the page of the day until somebody confirms it."""
    signed_in.post("/buchungen/neu", data=typed(hall, "10:00", "11:00", title="Bitte", state="requested"))
    with database.reading() as session:
        wanted = session.scalars(select(Booking).where(Booking.state == BookingState.REQUESTED)).one().id
    refused = signed_in.post(f"/buchungen/{wanted}/bestaetigen")
    assert refused.status_code == 409
    assert "Chorprobe" in refused.text
    signed_in.post(f"/buchungen/{wanted}", data=typed(hall, "12:00", "13:00", title="Bitte"))
    assert signed_in.post(f"/buchungen/{wanted}/bestaetigen").status_code == 302
    assert ("Bitte", "confirmed") in bookings_in(database)


def test_a_cancelled_booking_keeps_its_reason_and_frees_the_space(
    signed_in: FlaskClient, hall: str, database: Database
) -> None:
    """Cancelling says by whom and why, and the grid shows the time as free."""
    with database.reading() as session:
        booking_id = session.scalars(select(Booking.id)).one()
    signed_in.post(f"/buchungen/{booking_id}/absagen", data={"reason": "Wasserschaden"})
    page = signed_in.get(f"/buchungen/{booking_id}").text
    assert "Wasserschaden" in page
    assert "08:00–22:00" in signed_in.get(f"/buchungen?tag={DAY}").text


def test_a_booking_of_an_event_leads_to_the_event(signed_in: FlaskClient, database: Database) -> None:
    """What belongs to the programme is moved there, so that both stay together."""
    with database.transaction() as session:
        made = make_event(session, space=make_space(session))
        booking = service.find_booking_of_event(session, made.id)
        assert booking is not None
        booking_id, event_id = booking.id, made.id
    assert f"/programm/{event_id}/bearbeiten" in signed_in.get(f"/buchungen/{booking_id}").text


def test_a_space_is_not_taken_away_from_an_event(
    signed_in: FlaskClient, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    """The programme would go on naming it. Once the event is cancelled, or lost, nothing is in the way."""
    with database.transaction() as session:
        hall = make_space(session)
        booking = service.find_booking_of_event(session, make_event(session, space=hall).id)
        lost = make_booking(session, hall, "15:00", "16:00", event_id="0190b5a0-0000-7000-8000-000000000000")
        assert booking is not None
        address, hall_id, lost_address = f"/buchungen/{booking.id}", hall.id, f"/buchungen/{lost.id}"
    why = {"reason": "Grippe", "wanted_by": "house"}
    page = signed_in.get(address).text
    assert f"{address}/absagen" not in page
    assert "/bearbeiten" not in sign_in(Role.VOLUNTEER).get(address).text
    refused = signed_in.post(f"{address}/absagen", data=why)
    assert (refused.status_code, "gehört zu einem Termin" in refused.text) == (422, True)
    assert signed_in.post(address, data=typed(hall_id, "20:00", "21:00")).status_code == 409
    assert signed_in.post(f"{lost_address}/absagen", data=why).status_code == 302
    assert [state for _title, state in bookings_in(database)] == ["confirmed", "cancelled"]


def test_what_stands_becomes_no_rental_without_those_who_decide(
    sign_in: Callable[..., FlaskClient], hall: str, database: Database
) -> None:
    """Else a meeting that a volunteer took would be let by its second sending."""
    client = sign_in(Role.VOLUNTEER)
    client.post("/buchungen/neu", data=typed(hall, "13:00", "14:00", kind="internal", title="Treffen"))
    with database.reading() as session:
        address = f"/buchungen/{session.scalars(select(Booking.id).where(Booking.title == 'Treffen')).one()}"
    assert client.post(address, data=typed(hall, "13:00", "14:00", title="Treffen")).status_code == 422
    assert client.post(address, data=typed(hall, "13:00", "15:00", kind="internal")).status_code == 302


def test_volunteers_book_but_do_not_decide(sign_in: Callable[..., FlaskClient], hall: str, database: Database) -> None:
    """A volunteer's rental waits for somebody who may decide, a group's meeting stands at once."""
    client = sign_in(Role.VOLUNTEER)
    assert client.post("/buchungen/neu", data=typed(hall, "12:00", "13:00", title="Fest")).status_code == 302
    meeting = typed(hall, "14:00", "15:00", title="Treffen", kind="internal")
    assert client.post("/buchungen/neu", data=meeting).status_code == 302
    assert ("Fest", "requested") in bookings_in(database)
    assert ("Treffen", "confirmed") in bookings_in(database)
    with database.reading() as session:
        wanted = session.scalars(select(Booking).where(Booking.state == BookingState.REQUESTED)).one().id
    assert client.post(f"/buchungen/{wanted}/bestaetigen").status_code == 403
    assert client.post(f"/buchungen/{wanted}/ablehnen", data={"reason": "nein"}).status_code == 403
    blocked = typed(hall, "16:00", "17:00", kind="blocked")
    assert client.post("/buchungen/neu", data=blocked).status_code == 422


def test_who_may_not_see_persons_changes_a_booking_without_touching_them(
    sign_in: Callable[..., FlaskClient], hall: str, database: Database
) -> None:
    """A volunteer moves a booking; its contact is neither shown nor lost."""
    with database.transaction() as session:
        made = make_booking(session, spaces.get_space(session, hall), "14:00", "15:00", contact_name="Ülkü Yıldız")
        address = f"/buchungen/{made.id}"
    client = sign_in(Role.VOLUNTEER)
    assert "Yıldız" not in client.get(address).text
    moved = client.post(address, data=typed(hall, "15:00", "16:00", kind="internal"))
    assert moved.status_code == 302
    with database.reading() as session:
        booking = service.get_booking(session, address.rpartition("/")[2])
        assert (booking.starts_at, booking.contact_name) == (local_slot("15:00", "16:00").starts_at, "Ülkü Yıldız")


@pytest.mark.parametrize(
    "address",
    [
        "/buchungen?tag=unsinn",
        "/buchungen?tag=9999-12-31",
        "/buchungen?tag=0001-01-01",
        "/buchungen/neu?von=99:99&tag=x&raum=y",
        "/buchungen/nein",
    ],
)
def test_nonsense_in_an_address_is_no_error(signed_in: FlaskClient, hall: str, address: str) -> None:
    """Whoever mistypes an address gets a page."""
    assert signed_in.get(address).status_code in (200, 404)


def test_a_house_without_spaces_is_told_what_to_do(signed_in: FlaskClient) -> None:
    """An empty page says what will appear and where to begin."""
    assert "/raeume" in signed_in.get("/buchungen").text


def test_an_offered_choice_is_checked_again(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """An alternative that somebody else took meanwhile is refused like any other."""
    chosen = f"{hall} {DAY} 13:00 {DAY} 14:00"
    with database.transaction() as session:
        make_booking(session, spaces.get_space(session, hall), "13:00", "14:00")
        with pytest.raises(SpaceTaken):
            make_booking(session, spaces.get_space(session, hall), "13:00", "14:00")
    wish = typed(hall, "11:00", "12:00", instead=chosen)
    assert signed_in.post("/buchungen/neu", data=wish).status_code == 409

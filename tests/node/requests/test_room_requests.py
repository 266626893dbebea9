"""Somebody without an account asks for a room and follows the request by its secret link."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.bookings.service import BookingEntry
from node.core.audit import AuditEntry
from node.rentals import service as rentals
from node.requests import drafts, service
from node.requests.models import RequestDraft, RoomRequest
from node.requests.privacy import DRAFTS, REQUESTS
from node.spaces.models import Space
from shared.database import Database
from shared.records.bookings import BookingState
from shared.time import now
from tests.factories import NOW, local_slot, make_booking, make_space

DAY = now().date() + timedelta(days=20)
STEPS = "/haus/raum-anfragen"


@pytest.fixture
def hall(database: Database) -> str:
    """A hall for forty at tables; its id."""
    with database.transaction() as session:
        space = make_space(session, name="Saal", capacity=60, capacity_tables=40, buffer_after_min=30)
        make_space(session, name="Büro", kind="office", capacity=3)
        return space.id


def said(room: str, **other: str) -> dict[str, dict[str, str]]:
    """Return what is answered to each question."""
    return {
        "raum": {"raum": room},
        "anlass": {"anlass": "feier", "titel": "50. Geburtstag"},
        "tag": {"tag": other.get("tag", DAY.isoformat())},
        "zeit": {"von": other.get("von", "18:00"), "bis": other.get("bis", "22:00")},
        "personen": {"personen": other.get("personen", "30"), "bestuhlung": "tables"},
        "name": {"name": "Fatma Yıldız"},
        "kontakt": {"telefon": "0203 123456", "email": ""},
        "nachricht": {"nachricht": "Wir bringen Musik mit."},
    }


def answer_all(client: FlaskClient, room: str, **other: str) -> None:
    """Answer every question; each leads to the next."""
    for step, data in said(room, **other).items():
        answer = client.post(f"{STEPS}/{step}", data=data)
        assert answer.status_code == 302, (step, answer.text)


def send(client: FlaskClient) -> str:
    """Send what was answered; return the path of the request's page."""
    answer = client.post(f"{STEPS}/pruefen", data={"homepage": ""})
    assert answer.status_code == 303, answer.text
    return answer.location


def only_booking(database: Database) -> Booking:
    with database.reading() as session:
        return session.scalars(select(Booking)).one()


def test_a_request_is_a_booking_that_waits_for_the_house(client: FlaskClient, database: Database, hall: str) -> None:
    """One question a page, the answers once more, a reference, and contacts for the desk."""
    assert "Frage 1 von 8" in client.get(STEPS, follow_redirects=True).text
    answer_all(client, hall)
    check = client.get(f"{STEPS}/pruefen").text
    for shown in ("Saal", "Familienfeier, 50. Geburtstag", "30, An Tischen", "Fatma Yıldız", "0203 123456"):
        assert shown in check
    page = client.get(send(client)).text
    assert "Ihre Anfrage ist beim Haus" in page
    assert re.search(r"<strong>[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}</strong>", page)
    booking = only_booking(database)
    assert (booking.state, booking.contact_name, booking.contact_phone) == ("requested", "Fatma Yıldız", "0203 123456")
    assert (booking.persons, booking.title) == (30, "Familienfeier, 50. Geburtstag")
    assert booking.starts_at == local_slot("18:00", "22:00", DAY).starts_at


def test_whoever_asks_again_in_the_same_browser_makes_another_request(
    client: FlaskClient, database: Database, hall: str
) -> None:
    """The kiosk in the house has one session for everybody: the second is neither lost nor led to the first."""
    answer_all(client, hall)
    first = send(client)
    assert send(client) == first  # pressed twice
    answer_all(client, hall, tag=(DAY + timedelta(days=1)).isoformat())
    assert send(client) != first
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 2


def test_the_desk_sees_the_request_with_its_reference(
    client: FlaskClient, database: Database, signed_in: FlaskClient, hall: str
) -> None:
    """Among the open requests, and on the booking's page."""
    answer_all(client, hall)
    send(client)
    with database.reading() as session:
        assert [one.contact_name for one in bookings.open_requests(session, now())] == ["Fatma Yıldız"]
        reference = session.scalars(select(RoomRequest.reference)).one()
    page = signed_in.get(f"/buchungen/{only_booking(database).id}").text
    assert reference in page
    assert "0203 123456" in page


def test_answers_are_kept_and_every_one_can_be_changed(client: FlaskClient, database: Database, hall: str) -> None:
    """From the check and back to it; what was typed stands in the form."""
    answer_all(client, hall)
    assert 'value="Fatma Yıldız"' in client.get(f"{STEPS}/name?zurueck=pruefen").text
    answer = client.post(f"{STEPS}/name?zurueck=pruefen", data={"name": "F. Yıldız"})
    assert answer.location == f"{STEPS}/pruefen"
    send(client)
    assert only_booking(database).contact_name == "F. Yıldız"


def test_no_question_is_jumped_over(client: FlaskClient, hall: str) -> None:
    """Whoever comes to a later page, or has lost the draft, begins at the first question without an answer."""
    assert client.get(f"{STEPS}/name").location == STEPS
    assert client.get(f"{STEPS}/pruefen").location == f"{STEPS}/raum"
    client.post(f"{STEPS}/raum", data={"raum": hall})
    assert client.get(f"{STEPS}/pruefen").location == f"{STEPS}/anlass"
    assert client.post(f"{STEPS}/pruefen", data={"homepage": ""}).location == STEPS


def test_a_room_is_named_by_the_link_of_its_description(client: FlaskClient, database: Database, hall: str) -> None:
    """It is chosen beforehand, and nothing is kept before somebody answers: programs follow links too."""
    page = client.get(f"{STEPS}?raum={hall}", follow_redirects=True).text
    assert re.search(rf'<input[^>]*checked[^>]*value="{hall}"', page)
    assert "checked" not in client.get(f"{STEPS}?raum=nirgends", follow_redirects=True).text
    with database.reading() as session:
        assert session.scalars(select(RequestDraft)).all() == []


@pytest.mark.parametrize(
    ("step", "data", "told"),
    [
        ("raum", {"raum": "nirgends"}, "Auswahl"),
        ("anlass", {"anlass": "sonst", "titel": ""}, "in wenigen Worten"),
        ("tag", {"tag": "2020-01-01"}, "vorbei"),
        ("tag", {"tag": "2040-01-01"}, "Stimmt das Jahr?"),
        ("zeit", {"von": "18:00", "bis": ""}, "Uhrzeit"),
        ("personen", {"personen": "viele", "bestuhlung": "tables"}, "ganze Zahl"),
        ("personen", {"personen": "41", "bestuhlung": "tables"}, "höchstens 40"),
        ("name", {"name": "  "}, "Namen"),
        ("kontakt", {"telefon": "", "email": ""}, "eines genügt"),
        ("kontakt", {"telefon": "", "email": "fatma"}, "name@example.org"),
    ],
)
def test_what_cannot_be_is_said_at_its_question(
    client: FlaskClient, hall: str, step: str, data: dict[str, str], told: str
) -> None:
    """The page comes back with what was typed."""
    answer_all(client, hall)
    answer = client.post(f"{STEPS}/{step}", data=data)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_taken_room_is_told_without_saying_by_whom(client: FlaskClient, database: Database, hall: str) -> None:
    """Only when it is free; the buffer of the other booking counts too."""
    with database.transaction() as session:
        slot = local_slot("17:00", "18:00", DAY)
        bookings.take_booking(
            session, BookingEntry(space_id=hall, slot=slot, title="Chor", contact_name="Ali"), now=NOW
        )
    for step in ("raum", "anlass", "tag"):
        client.post(f"{STEPS}/{step}", data=said(hall)[step])
    assert "18:30–24:00" in client.get(f"{STEPS}/zeit").text
    answer = client.post(f"{STEPS}/zeit", data={"von": "18:00", "bis": "22:00"})
    assert answer.status_code == 422
    assert "dann nicht frei" in answer.text
    assert "18:30–24:00" in answer.text
    for secret in ("Chor", "Ali"):
        assert secret not in answer.text
    assert client.post(f"{STEPS}/zeit", data={"von": "18:30", "bis": "22:00"}).status_code == 302


def test_the_house_recommends_what_is_free_and_large_enough(client: FlaskClient, database: Database, hall: str) -> None:
    """The smallest first; not the one that is taken, not the office."""
    with database.transaction() as session:
        make_space(session, name="Kaminzimmer", capacity=12)
        make_space(session, name="Werkstatt", capacity=35)
        taken = make_space(session, name="Café", capacity=80)
        make_booking(session, taken, "12:00", "20:00", DAY)
    answers = said("egal")
    for step in ("raum", "anlass", "tag", "zeit", "personen"):
        client.post(f"{STEPS}/{step}", data=answers[step])
    page = client.get(f"{STEPS}/vorschlag").text
    assert page.index("Werkstatt, bis 35") < page.index("Saal, bis 40")
    for missing in ("Kaminzimmer", "Café", "Büro"):
        assert missing not in page
    assert client.post(f"{STEPS}/vorschlag", data={"vorschlag": hall}).location == f"{STEPS}/name"


def test_nothing_free_says_what_can_be_changed(client: FlaskClient, hall: str) -> None:
    """Too many people for every room."""
    answers = said("egal", personen="500")
    for step in ("raum", "anlass", "tag", "zeit", "personen"):
        client.post(f"{STEPS}/{step}", data=answers[step])
    page = client.get(f"{STEPS}/vorschlag").text
    assert "Kein Raum des Hauses" in page
    assert f"{STEPS}/personen" in page


def test_what_no_longer_fits_is_said_before_it_is_sent(client: FlaskClient, database: Database, hall: str) -> None:
    """Somebody else was confirmed meanwhile: nothing is sent, and the page leads to the question."""
    answer_all(client, hall)
    with database.transaction() as session:
        bookings.take_booking(session, BookingEntry(space_id=hall, slot=local_slot("19:00", "20:00", DAY)), now=NOW)
    answer = client.post(f"{STEPS}/pruefen", data={"homepage": ""})
    assert answer.status_code == 409
    assert f"{STEPS}/zeit?zurueck=pruefen" in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RoomRequest)) == 0


def test_past_midnight_is_one_request(client: FlaskClient, database: Database, hall: str) -> None:
    """Until one o'clock means: on the next day."""
    answer_all(client, hall, von="20:00", bis="01:00")
    send(client)
    booking = only_booking(database)
    assert booking.ends_at - booking.starts_at == timedelta(hours=5)


def test_sending_twice_is_one_request(client: FlaskClient, database: Database, hall: str) -> None:
    """An impatient second touch leads to the same page."""
    answer_all(client, hall)
    first = send(client)
    assert send(client) == first
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 1
        assert session.scalar(select(func.count()).select_from(RequestDraft)) == 0


def test_the_house_rules_are_accepted_with_the_request(client: FlaskClient, database: Database, hall: str) -> None:
    """The version that was shown, by the name of whoever asks; without a yes there is no request."""
    with database.transaction() as session:
        rentals.write_rules(session, "Alle sind willkommen.", date(2020, 1, 1), now=NOW)
    answer_all(client, hall)
    assert client.get(f"{STEPS}/pruefen").location == f"{STEPS}/hausordnung"
    assert "Alle sind willkommen." in client.get(f"{STEPS}/hausordnung").text
    assert client.post(f"{STEPS}/hausordnung", data={}).status_code == 422
    client.post(f"{STEPS}/hausordnung", data={"ja": "y"})
    send(client)
    with database.reading() as session:
        (accepted,) = rentals.acceptances_of(session, only_booking(database).id)
    assert (accepted.version, accepted.accepted_by) == (1, "Fatma Yıldız")


def test_a_program_that_fills_every_field_sends_nothing(client: FlaskClient, database: Database, hall: str) -> None:
    """The field is hidden from people; a person whose browser filled it is told."""
    answer_all(client, hall)
    answer = client.post(f"{STEPS}/pruefen", data={"homepage": "https://example.org"})
    assert answer.status_code == 422
    assert "leer" in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 0


@pytest.mark.parametrize(
    ("decide", "told"),
    [
        (lambda session, at: bookings.confirm_booking(session, at, now=now()), "Bestätigt"),
        (lambda session, at: bookings.decline_booking(session, at, "Der Saal wird renoviert", now=now()), "renoviert"),
        (lambda session, at: bookings.cancel_booking(session, at, "Wasserschaden", now=now()), "Wasserschaden"),
    ],
)
def test_the_link_tells_what_the_house_decided(
    client: FlaskClient, database: Database, hall: str, decide: Callable[..., Booking], told: str
) -> None:
    """In plain words, with the reason."""
    answer_all(client, hall)
    page = send(client)
    with database.transaction() as session:
        decide(session, session.scalars(select(Booking.id)).one())
    assert told in client.get(page).text


def test_a_request_is_called_off_by_its_link(app: Flask, client: FlaskClient, database: Database, hall: str) -> None:
    """On any device, without an account; looking changes nothing, and once is enough."""
    answer_all(client, hall)
    page = send(client)
    other_device = app.test_client()
    assert other_device.get(f"{page}/absagen").status_code == 200
    assert only_booking(database).state == BookingState.REQUESTED
    shown = other_device.post(f"{page}/absagen", follow_redirects=True).text
    assert "Sie haben diese Anfrage abgesagt" in shown
    booking = only_booking(database)
    assert (booking.state, booking.called_off_by) == ("cancelled", "booker")
    assert "nicht mehr absagen" in other_device.post(f"{page}/absagen", follow_redirects=True).text


def test_a_reference_opens_nothing(client: FlaskClient, database: Database, hall: str) -> None:
    """Only the secret does; whatever leads nowhere looks the same."""
    answer_all(client, hall)
    secret = send(client).rpartition("/")[2]
    with database.reading() as session:
        found = session.scalars(select(RoomRequest)).one()
    assert secret not in (found.token_hash, found.reference)
    wrong = [client.get(f"/haus/raum-anfrage/{key}") for key in (found.reference, found.id, found.token_hash, "x")]
    assert {answer.status_code for answer in wrong} == {404}
    assert client.post(f"/haus/raum-anfrage/{found.reference}/absagen").status_code == 404


def test_the_page_of_a_request_is_kept_by_nobody(client: FlaskClient, hall: str) -> None:
    """Not by caches, not by search engines, and no other site hears of its address."""
    answer_all(client, hall)
    headers = client.get(send(client)).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_answers_are_forgotten_when_asked_to(client: FlaskClient, database: Database, hall: str) -> None:
    """The next person at a shared device sees an empty form."""
    answer_all(client, hall)
    client.post(f"{STEPS}/verwerfen")
    assert "Fatma" not in client.get(STEPS, follow_redirects=True).text
    with database.reading() as session:
        assert session.scalars(select(RequestDraft)).all() == []


def test_the_log_notes_the_request_and_not_the_way_to_it(client: FlaskClient, database: Database, hall: str) -> None:
    """One booking and one request came to be; nothing of what was typed stands in the log."""
    answer_all(client, hall)
    send(client)
    with database.reading() as session:
        noted = session.execute(select(AuditEntry.table_name, AuditEntry.changes)).all()
    tables = [row.table_name for row in noted]
    assert (tables.count("bookings"), tables.count("room_requests")) == (1, 1)
    assert "room_request_drafts" not in tables
    assert "Yıldız" not in str(noted)


def test_a_draft_that_nobody_touches_is_forgotten(database: Database) -> None:
    """After a day it is not read any more, and the job deletes it."""
    with database.transaction() as session:
        drafts.keep_answers(session, "key", {"name": "Fatma"}, NOW)
        assert drafts.answers_of(session, "key", NOW + timedelta(hours=23)) == {"name": "Fatma"}
        late = NOW + timedelta(hours=25)
        assert drafts.answers_of(session, "key", late) == {}
        assert drafts.drop_old(session, late) == 1
        assert drafts.drop_old(session, late) == 0


def test_the_person_is_found_exported_and_forgotten(client: FlaskClient, database: Database, hall: str) -> None:
    """Answers on their way by any word of them, a request by its reference; afterwards nothing is found."""
    answer_all(client, hall)
    with database.transaction() as session:
        (found,) = DRAFTS.find(session, "Yıldız")
        assert "0203 123456" in DRAFTS.export(session, found.id)["answers"]
        DRAFTS.erase(session, found.id, now())
        assert DRAFTS.find(session, "Yıldız") == []
    answer_all(client, hall)
    page = send(client)
    with database.transaction() as session:
        reference = session.scalars(select(RoomRequest.reference)).one()
        (found,) = REQUESTS.find(session, reference)
        assert REQUESTS.export(session, found.id)["reference"] == reference
        assert REQUESTS.expire(session, now() + timedelta(days=1), now()) == 1
        assert REQUESTS.expire(session, now() + timedelta(days=1), now()) == 0
    assert client.get(page).status_code == 404


def test_too_many_requests_from_one_address_are_slowed_down(app: Flask, hall: str) -> None:
    """Ten in an hour; the eleventh is asked to wait."""
    app.config["RATELIMIT_ENABLED"] = True
    app.extensions["stadtherz.limiter"].enabled = True
    client = app.test_client()
    answers = [client.post(f"{STEPS}/pruefen", data={"homepage": ""}).status_code for _ in range(11)]
    assert answers[:10] == [302] * 10
    assert answers[10] == 429


def test_a_room_that_staff_use_is_not_for_guests(client: FlaskClient, database: Database, hall: str) -> None:
    """Offices and stores are neither listed nor taken, whoever names them."""
    with database.reading() as session:
        office = session.scalars(select(Space.id).where(Space.name == "Büro")).one()
    assert client.post(f"{STEPS}/raum", data={"raum": office}).status_code == 422
    assert "Büro" not in client.get("/haus/raeume").text
    assert "Büro" not in client.get(f"{STEPS}/raum").text


def test_reading_secrets_back_is_impossible() -> None:
    """A secret grows out of the draft and the house's own secret, and of nothing else."""
    one, other = service.secret_of("a", "key"), service.secret_of("b", "key")
    assert len({one, other, service.secret_of("a", "other key")}) == 3
    assert service.secret_of("a", "key") == one

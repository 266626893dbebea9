"""Registrations as staff use them: lists, calls, ticking, moving; and what is forgotten afterwards."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Role
from node.core.audit import AuditEntry
from node.core.jobs import run_now
from node.privacy.models import RetentionTime
from node.programme import service as programme
from node.programme.models import Event
from node.registration import privacy, service
from node.registration.models import News, Registration, RegistrationTerms, State
from shared.database import Database
from shared.time import now
from tests.factories import ZONE
from tests.node.registration.conftest import join, make_gathering
from tests.node.registration.test_sign_up_pages import token_on

AHEAD = now().astimezone(ZONE).date() + timedelta(days=20)  # the pages ask the clock
CALLER = {"name": "Herr Şahin", "adults": "1", "children": "0", "phone": "0203 99887", "way": "phone", "note": "Enkel"}
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def gathering(database: Database) -> Event:
    """An event of four places in three weeks, two of them taken."""
    with database.transaction() as session:
        event = make_gathering(session, places=4, day=AHEAD)
        join(session, event, 2, name="Familie Krause", needs="Induktionsschleife", now=now())
        return event


def only(database: Database, name: str) -> Registration:
    with database.reading() as session:
        return session.scalars(select(Registration).where(Registration.name == name)).one()


def test_staff_see_the_coming_events_with_their_places(signed_in: FlaskClient, gathering: Event) -> None:
    """Taken, free, waiting."""
    page = signed_in.get("/anmeldungen").text
    assert "Nähcafé" in page
    assert "2 von 4 Plätzen" in page
    assert "2 frei" in page
    assert "Noch ist nichts vorbei" in signed_in.get("/anmeldungen?ansicht=vorbei").text


def test_staff_register_a_caller_once(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """With a note, under their own name, however often the button is pressed."""
    page = signed_in.get(f"/anmeldungen/termin/{gathering.id}/neu").text
    sent = {**CALLER, "form_token": token_on(page)}
    for _twice in range(2):
        assert signed_in.post(f"/anmeldungen/termin/{gathering.id}/neu", data=sent).status_code == 302
    made = only(database, "Herr Şahin")
    assert (made.state, made.way, made.note, made.registered_by) == (State.REGISTERED, "phone", "Enkel", "Person lead")
    assert "Herr Şahin" in signed_in.get(f"/anmeldungen/termin/{gathering.id}").text


def test_a_wrong_entry_at_the_counter_keeps_what_was_typed(signed_in: FlaskClient, gathering: Event) -> None:
    """Also the note."""
    answer = signed_in.post(f"/anmeldungen/termin/{gathering.id}/neu", data={**CALLER, "phone": "", "form_token": ""})
    assert answer.status_code == 422
    assert "Herr Şahin" in answer.text
    assert "Enkel" in answer.text


@pytest.mark.parametrize("path", ["", "/anrufen", "/termin/x", "/termin/x/liste", "/x", "/termin/x/neu"])
def test_names_are_for_staff_only(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    """A visitor is asked to sign in, a tenant of a room is told that this is not theirs."""
    assert client.get(f"/anmeldungen{path}").status_code == 302
    assert sign_in(Role.TENANT).get(f"/anmeldungen{path}").status_code == 403


def test_the_terms_are_the_offices(sign_in: SignIn) -> None:
    """Reception takes registrations but does not decide how lines go."""
    reception = sign_in(Role.RECEPTION)
    assert reception.get("/anmeldungen").status_code == 200
    assert reception.get("/anmeldungen/regeln").status_code == 403


def test_a_look_at_one_group_is_noted(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """Whoever looked stands in the log."""
    family = only(database, "Familie Krause")
    assert "Induktionsschleife" in signed_in.get(f"/anmeldungen/{family.id}").text
    with database.reading() as session:
        looks = select(AuditEntry).where(AuditEntry.action == "looked", AuditEntry.record_id == family.id)
        assert len(session.scalars(looks).all()) == 1


def test_the_log_has_no_names(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """It says that something changed, never what a person is called or needs."""
    with database.reading() as session:
        written = [repr(entry.changes) for entry in session.scalars(select(AuditEntry))]
    assert written
    assert not [text for text in written if "Krause" in text or "Induktions" in text or "0203" in text]


def test_staff_change_a_group_and_its_number(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """Too many is refused in words, and what was typed stays."""
    family = only(database, "Familie Krause")
    said = {"name": "Familie Krause", "phone": "0203 1 2 3 4", "adults": "3", "children": "1", "needs": "", "note": ""}
    assert signed_in.post(f"/anmeldungen/{family.id}", data=said).status_code == 302
    assert only(database, "Familie Krause").persons == 4
    refused = signed_in.post(f"/anmeldungen/{family.id}", data={**said, "children": "2", "note": "kommt später"})
    assert refused.status_code == 409
    assert "nur 4 Plätze" in refused.text
    assert "kommt später" in refused.text


def test_the_calls_of_today(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """An offer stands there with a telephone link until somebody was reached."""
    with database.transaction() as session:
        waiting = join(session, gathering, 3, name="Frau Popescu", phone="0203 / 55 44 33", now=now())
        (family,) = service.registrations_of(session, gathering.id, (State.REGISTERED,))
        service.cancel_registration(session, family.id, now=now())
    page = signed_in.get("/anmeldungen/anrufen").text
    assert 'href="tel:0203554433"' in page
    assert "Frau Popescu" in page
    assert "1 Anruf zu erledigen" in signed_in.get("/anmeldungen").text
    signed_in.post(f"/anmeldungen/{waiting.id}/erreicht")
    assert "Niemand wartet auf einen Anruf" in signed_in.get("/anmeldungen/anrufen").text
    assert only(database, "Frau Popescu").told_by == "Person lead"


def test_an_answer_on_the_phone_is_entered_for_them(
    signed_in: FlaskClient, database: Database, gathering: Event
) -> None:
    """Comes, does not come."""
    with database.transaction() as session:
        waiting = join(session, gathering, 3, name="Frau Popescu", now=now())
        (family,) = service.registrations_of(session, gathering.id, (State.REGISTERED,))
        service.cancel_registration(session, family.id, now=now())
    signed_in.post(f"/anmeldungen/{waiting.id}/platz")
    assert only(database, "Frau Popescu").state == State.REGISTERED
    signed_in.post(f"/anmeldungen/{waiting.id}/absagen")
    assert only(database, "Frau Popescu").state == State.CANCELLED
    assert "inzwischen geändert" in signed_in.post(f"/anmeldungen/{waiting.id}/absagen", follow_redirects=True).text


def test_a_group_is_moved_to_another_event(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """Chosen from the coming ones; choosing none is told."""
    family = only(database, "Familie Krause")
    with database.transaction() as session:
        other = make_gathering(session, day=AHEAD + timedelta(days=7))
    assert signed_in.post(f"/anmeldungen/{family.id}/verschieben", data={"event_id": ""}).status_code == 422
    signed_in.post(f"/anmeldungen/{family.id}/verschieben", data={"event_id": other.id})
    assert only(database, "Familie Krause").event_id == other.id


def test_a_lost_link_is_replaced(
    signed_in: FlaskClient, client: FlaskClient, gathering: Event, database: Database
) -> None:
    """The new one is shown once and works."""
    family = only(database, "Familie Krause")
    page = signed_in.post(f"/anmeldungen/{family.id}/link").text
    link = page.split('class="keep__link"><a href="')[1].split('"')[0]
    assert "Familie Krause" in client.get(link).text
    assert only(database, "Familie Krause").link_hash != family.link_hash


def test_ticking_and_heads(signed_in: FlaskClient, database: Database, gathering: Event) -> None:
    """Two of the family are here, three just came; zero is not "not counted"."""
    family = only(database, "Familie Krause")
    page = signed_in.get(f"/anmeldungen/termin/{gathering.id}/liste").text
    assert "Familie Krause" in page
    signed_in.post(f"/anmeldungen/{family.id}/da", data={"came": "2"})
    for step in ("1", "1", "1", "-1"):
        signed_in.post(f"/anmeldungen/termin/{gathering.id}/dazu", data={"step": step})
    assert "Davon da: 2. Ohne Anmeldung: 2." in signed_in.get(f"/anmeldungen/termin/{gathering.id}/liste").text
    signed_in.post(f"/anmeldungen/termin/{gathering.id}/dazu", data={"headcount": ""})
    signed_in.post(f"/anmeldungen/{family.id}/da", data={"came": ""})
    assert "Davon da: –. Ohne Anmeldung: –." in signed_in.get(f"/anmeldungen/termin/{gathering.id}/liste").text
    assert signed_in.post(f"/anmeldungen/{family.id}/da", data={"came": "x"}).status_code == 400
    assert signed_in.post(f"/anmeldungen/termin/{gathering.id}/dazu", data={"headcount": "-3"}).status_code == 422


def test_a_capacity_below_what_is_taken_is_refused_in_words_at_the_programme(
    signed_in: FlaskClient, database: Database, gathering: Event
) -> None:
    """The form of the event says how many places are given away, and keeps what was typed."""
    day, hours = AHEAD.isoformat(), {"starts": "10:00", "ends": "12:00"}
    said = {"title": "Nähcafé", "kind": "event", "day": day, **hours, "attendance": "on_site", "capacity": "1",
            "registration": "required", "space_id": "", "theme": ""}  # fmt: skip
    answer = signed_in.post(f"/programm/{gathering.id}/bearbeiten", data=said)
    assert answer.status_code == 409
    assert "2 Plätze" in answer.text


def test_the_terms_of_the_house_are_kept(signed_in: FlaskClient, database: Database) -> None:
    """And shown again; nonsense is refused."""
    said = {"rule": "who_fits", "offer_hours": "24", "offers_end_hours": "2", "last_call_hours": "12"}
    assert signed_in.get("/anmeldungen/regeln").status_code == 200
    for _again in range(2):
        assert signed_in.post("/anmeldungen/regeln", data=said).status_code == 302
    with database.reading() as session:
        kept = session.scalars(select(RegistrationTerms)).one()
    assert (kept.rule, kept.offer_hours) == ("who_fits", 24)
    assert signed_in.post("/anmeldungen/regeln", data={**said, "offer_hours": "0"}).status_code == 422


def test_the_job_moves_the_line(app, database: Database) -> None:
    """An offer past its deadline expires without anybody looking."""
    begun = now() - timedelta(hours=60)
    with database.transaction() as session:
        event = make_gathering(session, places=2, day=AHEAD)
        first, second = join(session, event, 2, now=begun), join(session, event, 2, name="Zweite", now=begun)
        service.cancel_registration(session, first.id, now=begun)
    run_now(app, "registration offers")
    assert only(database, "Zweite").state == State.EXPIRED
    assert second.id == only(database, "Zweite").id


def test_a_person_is_found_told_and_forgotten(database: Database, gathering: Event) -> None:
    """Erasing gives the places of a coming event up; the numbers stay, the link is dead."""
    family = only(database, "Familie Krause")
    with database.transaction() as session:
        assert [found.id for found in privacy.find(session, "krause")] == [family.id]
        assert privacy.export(session, family.id)["needs"] == "Induktionsschleife"
        privacy.erase(session, family.id, now())
        privacy.erase(session, family.id, now())
        assert privacy.find(session, "krause") == []
        erased = session.get_one(Registration, family.id)
        assert (erased.name, erased.phone, erased.needs, erased.state) == ("", "", "", State.CANCELLED)
        assert erased.persons == 2
        assert erased.link_hash != family.link_hash
        assert service.places_of(session, session.get_one(Event, gathering.id)).free == 4


def test_after_its_time_the_house_forgets_who_came_and_keeps_how_many(database: Database) -> None:
    """Once; the numbers of the event are as they were."""
    held = now() - timedelta(days=40)
    with database.transaction() as session:
        event = make_gathering(session, places=4, day=held.date(), now=held - timedelta(days=20))
        family = join(session, event, 2, 1, now=held - timedelta(days=10))
        service.tick(session, family.id, 3, now=event.starts_at)
        figures = (service.find_figures(session, event.id).registered, service.find_figures(session, event.id).attended)
        assert privacy.expire(session, event.ends_at, now()) == 0
        assert privacy.expire(session, now() - timedelta(days=30), now()) == 1
        assert privacy.expire(session, now() - timedelta(days=30), now()) == 0
        assert (family.name, family.phone, family.came, family.news) == ("", "", 3, News.NONE)
        kept = service.find_figures(session, event.id)
        assert (kept.registered, kept.attended) == figures == (3, 3)


def test_a_cancelled_event_stays_listed_until_everybody_knows(
    signed_in: FlaskClient, database: Database, gathering: Event
) -> None:
    """With its reason beside each telephone number."""
    with database.transaction() as session:
        programme.cancel_event(session, gathering.id, "Wasserschaden", now=now())
    assert "Wasserschaden" in signed_in.get("/anmeldungen/anrufen").text
    assert "fällt aus" in signed_in.get(f"/anmeldungen/termin/{gathering.id}").text


def test_what_is_new_since_the_page_was_shown_is_still_to_be_told(
    signed_in: FlaskClient, database: Database, gathering: Event
) -> None:
    """Somebody was told of another time while a colleague called the event off."""
    with database.transaction() as session:
        moved = replace(programme.entry_of(programme.get_event(session, gathering.id)), place="Garten")
        programme.edit_event(session, gathering.id, moved, now=now())
    page = signed_in.get("/anmeldungen/anrufen").text
    about = re.findall(r'name="about" value="([^"]+)"', page)[0]
    with database.transaction() as session:
        programme.cancel_event(session, gathering.id, "Wasserschaden", now=now())
    told = f"/anmeldungen/{only(database, 'Familie Krause').id}/erreicht"
    answer = signed_in.post(told, data={"about": about}, follow_redirects=True)
    assert "inzwischen etwas Neues" in answer.text
    assert "Familie Krause" in answer.text
    about = re.findall(r'name="about" value="([^"]+)"', answer.text)[0]
    signed_in.post(told, data={"about": about})
    assert only(database, "Familie Krause").told_at is not None


def test_many_calls_stand_on_several_pages(signed_in: FlaskClient, database: Database) -> None:
    """A festival is called off: the telephone list stays one that a phone can show."""
    with database.transaction() as session:
        festival = make_gathering(session, None, (now() + timedelta(days=9)).date())
        for number in range(31):
            join(session, festival, name=f"Gruppe {number:02}", now=now())
        programme.cancel_event(session, festival.id, "Sturm", now=now())
    first, second = (signed_in.get(f"/anmeldungen/anrufen?seite={page}").text for page in (1, 2))
    assert [page.count("groups__item") for page in (first, second)] == [30, 1]
    assert "31 Anrufe zu erledigen" in signed_in.get("/anmeldungen").text


def test_the_form_says_how_long_the_house_keeps_names(
    signed_in: FlaskClient, client: FlaskClient, database: Database, gathering: Event
) -> None:
    """Thirty days, or what the lead has chosen."""
    assert "30 Tage nach der Veranstaltung" in client.get(f"/haus/programm/{gathering.id}/anmelden").text
    with database.transaction() as session:
        session.add(RetentionTime(key="registrations", days=7))
    assert "7 Tage nach der Veranstaltung" in client.get(f"/haus/programm/{gathering.id}/anmelden").text


def test_the_start_page_says_that_somebody_waits_for_a_call(
    signed_in: FlaskClient, database: Database, gathering: Event
) -> None:
    """Only while there is somebody to call."""
    assert "Heute anrufen" not in signed_in.get("/heute").text
    with database.transaction() as session:
        programme.cancel_event(session, gathering.id, "Wasserschaden", now=now())
    page = signed_in.get("/heute").text
    assert "Heute anrufen" in page
    assert "1 Person wartet" in page

"""A week at once: copied into another one, and as a sheet for the notice board."""

import re
import zlib
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Role
from node.programme import copying, service
from node.programme.models import Event
from node.programme.service import Words
from shared.database import Database
from shared.records.bookings import SpaceTaken
from tests.factories import DAY, NOW, ZONE, local_slot, make_booking, make_event, make_space
from tests.node.programme.pictures import PNG

NEXT = DAY + timedelta(days=7)


def titles(database: Database, monday: date) -> dict[str, str]:
    """Return the state of each event of a week by its title."""
    with database.reading() as session:
        return {event.title: event.state for event in copying.events_of_week(session, monday, ZONE)}


def form_of(page: str) -> dict[str, list[str]]:
    """Return what the browser would send of the page's form, with what is ticked."""
    ticked = re.findall(r'name="event" value="([^"]+)"[^>]* checked', page)
    return {"von": [DAY.isoformat()], "nach": [NEXT.isoformat()], "event": ticked}


def pages_in(pdf: bytes) -> int:
    """Return how many pages a PDF has; its objects may stand in compressed streams."""
    packed = [match[1] for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)]
    plain = pdf + b"".join(zlib.decompressobj().decompress(part) for part in packed if part[:1] == b"x")
    return len(re.findall(rb"/Type\s*/Page\b", plain))


def test_a_week_is_copied_with_its_spaces_pictures_and_languages(database: Database) -> None:
    """At the same wall times, each event a draft that has all the first one had."""
    with database.transaction() as session:
        hall = make_space(session)
        event = make_event(session, space=hall)
        service.keep_image(session, event, PNG, "Ein Kuchen", now=NOW)
        service.translate_event(session, event.id, {"tr": Words("Kahvaltı")}, now=NOW)
        (copied,) = copying.copy_week(session, [event.id], DAY, NEXT, ZONE, now=NOW)
        assert copied.event is not None
        assert (copied.event.starts_at, copied.event.space_id) == (
            local_slot("10:00", "12:00", NEXT).starts_at,
            hall.id,
        )
        assert (copied.event.image_alt, copied.event.state) == ("Ein Kuchen", "draft")
        assert service.texts_of(session, copied.event.id) == {"tr": Words("Kahvaltı")}


def test_ten_o_clock_is_copied_as_ten_o_clock_across_summer_time(database: Database) -> None:
    """The clocks change between the two weeks; the wall time stays."""
    with database.transaction() as session:
        event = make_event(session, day=date(2027, 3, 26))
        copied = copying.copy_week(session, [event.id], date(2027, 3, 22), date(2027, 3, 29), ZONE, now=NOW)
        assert f"{copied[0].entry.slot.starts_at.astimezone(ZONE):%d.%m. %H:%M}" == "02.04. 10:00"


def test_what_collides_is_told_with_what_is_free_and_the_rest_is_copied(database: Database) -> None:
    """One space is taken next week: that event is named with the culprit, the other one is there."""
    with database.transaction() as session:
        hall, room = make_space(session), make_space(session, "Nebenraum")
        taken, free = make_event(session, "Chor", space=hall), make_event(session, "Tanz", space=room)
        culprit = make_booking(session, hall, "11:00", "13:00", NEXT)
        copied = copying.copy_week(session, [taken.id, free.id], DAY, NEXT, ZONE, now=NOW)
        by_title = {one.origin.title: one for one in copied}
        assert by_title["Tanz"].event is not None
        failed = by_title["Chor"]
        assert isinstance(failed.refusal, SpaceTaken)
        assert failed.conflict is not None
        assert failed.conflict.culprit is culprit
        assert failed.conflict.times
    assert titles(database, NEXT) == {"Tanz": "draft"}


def test_copying_again_copies_nothing_twice(database: Database) -> None:
    """What is there already is said to be there; what was cancelled there may be held after all."""
    with database.transaction() as session:
        event = make_event(session)
        (first,) = copying.copy_week(session, [event.id], DAY, NEXT, ZONE, now=NOW, publish=True)
        (again,) = copying.copy_week(session, [event.id], DAY, NEXT, ZONE, now=NOW)
        assert again.there is first.event
        assert first.event is not None
        service.cancel_event(session, first.event.id, "Sturm", now=NOW)
        (after_all,) = copying.copy_week(session, [event.id], DAY, NEXT, ZONE, now=NOW)
        assert after_all.event is not None


def test_staff_choose_what_of_a_week_is_copied(signed_in: FlaskClient, database: Database) -> None:
    """What takes place is ticked, what was cancelled or is there already is not; the page answers for each."""
    with database.transaction() as session:
        make_event(session, "Chor")
        off = make_event(session, "Fest")
        service.cancel_event(session, off.id, "Sturm", now=NOW)
        make_event(session, "Tanz")
        make_event(session, "Tanz", day=NEXT)
    page = signed_in.get(f"/programm/woche?von={DAY}&nach={NEXT}").text
    form = form_of(page)
    assert len(form["event"]) == 1
    answer = signed_in.post("/programm/woche", data={**form, "publish": "1"})
    assert "1 Termin kopiert" in answer.text
    assert "2 Termine wurden nicht gewählt" in answer.text
    assert titles(database, NEXT) == {"Chor": "published", "Tanz": "published"}


def test_a_conflict_of_a_copied_week_is_one_click_from_its_solution(signed_in: FlaskClient, database: Database) -> None:
    """The page names what is in the way; a free time opens the form with everything filled in."""
    with database.transaction() as session:
        hall = make_space(session)
        make_event(session, "Chor", space=hall)
        make_booking(session, hall, "11:00", "13:00", NEXT, title="Hochzeit")
    page = signed_in.post("/programm/woche", data=form_of(signed_in.get(f"/programm/woche?von={DAY}").text)).text
    assert "Hochzeit" in page
    offered = re.findall(r'href="(/programm/neu[^"]*anders=[^"]+)"', page)
    form = signed_in.get(offered[0].replace("&amp;", "&")).text
    assert 'value="Chor"' in form
    assert 'name="origin"' in form


@pytest.mark.parametrize("data", [{}, {"event": "unbekannt"}])
def test_copying_nothing_or_the_unknown_is_asked_again(
    signed_in: FlaskClient, database: Database, data: dict[str, str]
) -> None:
    """The choice comes back with what is wrong."""
    with database.transaction() as session:
        make_event(session)
    answer = signed_in.post("/programm/woche", data={"von": DAY.isoformat(), "nach": NEXT.isoformat(), **data})
    assert answer.status_code == 422
    assert titles(database, NEXT) == {}


def test_who_may_only_write_drafts_copies_drafts(sign_in: object, database: Database) -> None:
    """The reception copies a week as drafts; publishing them is not for its role."""
    with database.transaction() as session:
        event = make_event(session)
    reception = sign_in(Role.RECEPTION)  # type: ignore[operator]
    data = {"von": DAY.isoformat(), "nach": NEXT.isoformat(), "event": event.id}
    assert "publish" not in reception.get(f"/programm/woche?von={DAY}").text
    assert reception.post("/programm/woche", data={**data, "publish": "1"}).status_code == 403
    assert reception.post("/programm/woche", data=data).status_code == 200
    assert titles(database, NEXT) == {"Offenes Frühstück": "draft"}


def test_the_sheet_shows_the_week_and_a_draft_only_if_asked_for(signed_in: FlaskClient, database: Database) -> None:
    """Published and cancelled events, with the reason; the draft that somebody looks at stands among them."""
    with database.transaction() as session:
        make_event(session, "Chor", capacity=5, registration="required", partners="Stadtbibliothek", age_min=6)
        off = make_event(session, "Fest")
        service.cancel_event(session, off.id, "Sturm", now=NOW)
        draft = make_event(session, "Idee", published=False)
        make_event(session, "Anderswann", day=NEXT)
    sheet = signed_in.get(f"/programm/aushang?tag={DAY + timedelta(days=2)}").text
    for text in ("Chor", "Nur mit Anmeldung", "Stadtbibliothek", "ab 6 Jahren", "Abgesagt: Sturm"):
        assert text in sheet
    for text in ("Idee", "Anderswann"):
        assert text not in sheet
    assert "Idee" in signed_in.get(f"/programm/aushang?mit={draft.id}").text


@pytest.mark.parametrize("count", [1, 20, 60])
def test_the_sheet_is_one_page_of_pdf_however_much_is_on(
    signed_in: FlaskClient, database: Database, count: int
) -> None:
    """The more is on, the smaller it is set; sixty events of a week still fit on one page."""
    with database.transaction() as session:
        for number in range(count):
            make_event(session, f"Termin Nr. {number}", day=DAY + timedelta(days=number % 7), place="Großer Saal")
    answer = signed_in.get(f"/programm/aushang.pdf?tag={DAY}")
    assert answer.mimetype == "application/pdf"
    assert pages_in(answer.data) == 1


def test_an_empty_week_says_what_will_stand_there(signed_in: FlaskClient) -> None:
    """No blank page."""
    assert "Für diese Woche ist nichts veröffentlicht" in signed_in.get(f"/programm/aushang?tag={DAY}").text


def test_a_copy_by_form_keeps_the_picture(signed_in: FlaskClient, database: Database) -> None:
    """A copy by the form of one event keeps picture and languages too."""
    with database.transaction() as session:
        event = make_event(session)
        service.keep_image(session, event, PNG, "Ein Kuchen", now=NOW)
    data = {"title": "Neu", "day": NEXT.isoformat(), "starts": "10:00", "ends": "12:00", "origin": event.id}
    signed_in.post(
        "/programm/neu", data={**data, "kind": "offer", "attendance": "on_site", "space_id": "", "theme": ""}
    )
    with database.reading() as session:
        made = session.scalars(select(Event).where(Event.title == "Neu")).one()
        assert made.image_alt == "Ein Kuchen"

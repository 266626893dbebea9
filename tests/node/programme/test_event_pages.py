"""The page of one event: its picture, its other languages, and who may change what."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from node.core.accounts import Role
from node.programme import service
from node.programme.models import Event
from node.programme.service import Words
from shared.database import Database
from tests.factories import DAY, NOW, make_event
from tests.node.programme.pictures import PNG

SignIn = Callable[..., FlaskClient]
TYPED = {
    "title": "Nähkurs", "day": DAY.isoformat(), "starts": "10:00", "ends": "12:00",
    "kind": "offer", "attendance": "on_site", "space_id": "", "theme": "",
}  # fmt: skip


def written(database: Database, *, published: bool = True, with_picture: bool = False) -> str:
    """Return the address of an event's page."""
    with database.transaction() as session:
        event = make_event(session, published=published)
        if with_picture:
            service.keep_image(session, event, PNG, "Ein Kuchen", now=NOW)
        return f"/programm/{event.id}"


def event_at(database: Database, address: str) -> Event:
    with database.transaction() as session:
        return service.get_event(session, address.rsplit("/", 1)[1])


def upload(content: bytes, alt: str) -> dict[str, object]:
    return {"picture": FileStorage(io.BytesIO(content), "bild.png"), "alt": alt}


def test_everything_typed_about_an_event_is_kept(signed_in: FlaskClient, database: Database) -> None:
    """Ages, places, registration with its last day, partners: written, shown, and back in the form."""
    said = {
        "age_min": "6", "age_max": "12", "capacity": "15", "registration": "required",
        "closes_on": DAY.isoformat(), "closes_at": "09:00", "partners": "Stadtbibliothek",
    }  # fmt: skip
    address = signed_in.post("/programm/neu", data={**TYPED, **said}).location
    event = event_at(database, address)
    assert (event.age_min, event.age_max, event.capacity, event.registration) == (6, 12, 15, "required")
    page = signed_in.get(address).text
    for text in ("6 bis 12 Jahre", "Stadtbibliothek", "Nur mit Anmeldung, bis 23.11.2026, 09:00"):
        assert text in page
    form = signed_in.get(f"{address}/bearbeiten").text
    for value in ("6", "12", "15", "Stadtbibliothek"):
        assert f'value="{value}"' in form


@pytest.mark.parametrize(
    "said",
    [
        {"age_min": "12", "age_max": "6"},
        {"age_min": "alt"},
        {"capacity": "0"},
        {"registration": "vielleicht"},
        {"closes_on": "2026-11-24"},
    ],
)
def test_what_cannot_be_is_asked_again(signed_in: FlaskClient, said: dict[str, str]) -> None:
    """Each mistake comes back beside its field."""
    answer = signed_in.post("/programm/neu", data={**TYPED, **said})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_whole_last_day_of_registration_comes_back_as_that_day(signed_in: FlaskClient, database: Database) -> None:
    """ "Until the 22nd" without a time is the end of the 22nd, in the form too."""
    address = signed_in.post("/programm/neu", data={**TYPED, "closes_on": "2026-11-22"}).location
    closes_at = event_at(database, address).registration_closes_at
    assert closes_at is not None
    assert f"{closes_at:%d.%m. %H:%M}" == "22.11. 23:00"  # midnight in Berlin
    assert 'value="2026-11-22"' in signed_in.get(f"{address}/bearbeiten").text


def test_a_picture_is_added_shown_and_taken_away(
    signed_in: FlaskClient, client: FlaskClient, database: Database
) -> None:
    """With its description; a visitor may keep it for a while and is told when it has not changed."""
    address = written(database)
    signed_in.post(f"{address}/bild", data=upload(PNG, "Ein Kuchen"))
    assert 'alt="Ein Kuchen"' in signed_in.get(address).text
    answer = client.get(f"{address}/bild")
    assert (answer.data, answer.mimetype, answer.headers["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert "max-age=3600" in answer.headers["Cache-Control"]
    again = client.get(f"{address}/bild", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    signed_in.post(f"{address}/bild", data={"alt": "Zwei Kuchen"})
    assert event_at(database, address).image_alt == "Zwei Kuchen"
    signed_in.post(f"{address}/bild", data={"away": "y"})
    assert client.get(f"{address}/bild").status_code == 404


@pytest.mark.parametrize(
    ("content", "alt", "said"),
    [
        (PNG, "", "Bitte beschreiben Sie das Bild"),
        (b"<svg/>", "Ein Kuchen", "Das ist kein vollständiges Bild"),
        (PNG + b"\0" * service.IMAGE_BYTES_MAX, "Ein Kuchen", "größer als 2 MB"),
        (b"", "Ein Kuchen", "Bitte wählen Sie ein Bild"),
    ],
)
def test_a_picture_that_will_not_do_is_explained(
    signed_in: FlaskClient, database: Database, content: bytes, alt: str, said: str
) -> None:
    """What is wrong with it and what to do; the description stays typed."""
    address = written(database)
    data = upload(content, alt) if content else {"alt": alt}
    boundary, body = encode_multipart(data)  # ourselves: the client would leave a large file open
    answer = signed_in.post(f"{address}/bild", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 422
    assert said in answer.text
    assert event_at(database, address).image_alt == ""


def test_the_picture_of_a_draft_is_for_staff_alone(
    client: FlaskClient, signed_in: FlaskClient, database: Database
) -> None:
    """As the draft itself."""
    address = written(database, published=False, with_picture=True)
    assert client.get(f"{address}/bild").status_code == 404
    assert signed_in.get(f"{address}/bild").data == PNG


def test_other_languages_are_written_on_one_page(signed_in: FlaskClient, database: Database) -> None:
    """What has a title is said; a text without a title is asked again and not lost."""
    address = written(database)
    data = {"in_tr-title": "Kahvaltı", "in_ar-title": "فطور", "in_ar-summary": "للجميع"}
    signed_in.post(f"{address}/sprachen", data=data)
    with database.reading() as session:
        texts = service.texts_of(session, address.rsplit("/", 1)[1])
    assert texts == {"ar": Words("فطور", "للجميع"), "tr": Words("Kahvaltı")}
    answer = signed_in.post(f"{address}/sprachen", data={"in_tr-summary": "Herkes gelebilir"})
    assert answer.status_code == 422
    assert "Herkes gelebilir" in answer.text
    assert "العربية" in signed_in.get(address).text


def test_reception_writes_drafts_and_the_office_publishes(sign_in: SignIn, database: Database) -> None:
    """Least rights: what the public sees is changed, published and cancelled by those who may publish."""
    reception = sign_in(Role.RECEPTION)
    draft, shown = written(database, published=False), written(database)
    assert reception.post(f"{draft}/bearbeiten", data=TYPED).status_code == 302
    for address in (f"{shown}/bearbeiten", f"{shown}/sprachen", f"{shown}/bild"):
        assert reception.post(address, data=TYPED).status_code == 403
    assert reception.post(f"{draft}/veroeffentlichen").status_code == 403
    assert reception.post(f"{shown}/absagen", data={"reason": "x"}).status_code == 403
    assert reception.post("/programm/neu", data={**TYPED, "publish": "1"}).status_code == 403
    assert "/veroeffentlichen" not in reception.get(draft).text
    office = sign_in(Role.OFFICE)
    assert office.post(f"{draft}/veroeffentlichen").status_code == 302
    assert event_at(database, draft).state == "published"


def test_a_volunteer_reads_and_writes_nothing(sign_in: SignIn, database: Database) -> None:
    """Whoever helps at the counter sees the programme and has no button in it."""
    volunteer = sign_in(Role.VOLUNTEER)
    address = written(database, published=False)
    assert volunteer.get(address).status_code == 200
    assert volunteer.get("/programm/neu").status_code == 403
    assert volunteer.post(f"{address}/verwerfen").status_code == 403

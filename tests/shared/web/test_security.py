"""What guards every page: headers, cookies, tokens, limits on size, and plain error pages."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

import pytest

from shared.time import now
from shared.web.site import FORM_BYTES_MAX
from tests.shared.web.conftest import PASSWORD, token_of

HERE = {"Origin": "http://localhost"}


def test_scripts_and_styles_come_from_our_own_files_only(town: Any) -> None:
    """The policy allows nothing inline and nothing from elsewhere, on errors too."""
    for path in ("/notes", "/nothing", "/web/css/page.css"):
        with town.visitor().get(path) as answer:
            headers = answer.headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
        assert policy["img-src"] == "'self' data:"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_of_people_are_not_kept_by_others(town: Any) -> None:
    """A page may not be stored by a cache between; a static file with its mark may be kept for good."""
    client = town.visitor()
    page = client.get("/notes")
    assert page.headers["Cache-Control"] == "no-cache, private"
    sheet = page.text.split('href="/web/css/page.css', 1)[1].split('"', 1)[0]
    with client.get(f"/web/css/page.css{sheet}") as kept, client.get("/web/css/page.css") as asked:
        assert kept.headers["Cache-Control"].endswith("immutable")
        assert "immutable" not in asked.headers["Cache-Control"]


def test_session_cookies_are_out_of_reach(make_town: Callable[..., Any]) -> None:
    """The session cookie is HttpOnly and SameSite, and Secure where the site has a certificate."""
    plain = make_town().visitor().get("/anmelden").headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    answer = make_town(secure_cookies=True).visitor().get("/anmelden")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [("/notes/%00", {}, 404), ("/anmelden", {"name": "\0"}, 400), ("/anmelden", {"\0": "name"}, 400)],
)
def test_no_nul_gets_as_far_as_a_database(path: str, values: dict[str, str], status: int, town: Any) -> None:
    """PostgreSQL takes none in a text; nobody has typed one."""
    client = town.visitor()
    answer = client.post(path, data=values, headers=HERE) if values else client.get(path)
    assert answer.status_code == status


def test_a_form_without_token_changes_nothing_and_loses_nothing(town: Any) -> None:
    """A form of ours whose session ended comes back with everything typed, and the second try arrives."""
    client = town.visitor()
    answer = client.post("/notes?a=1", data={"note": 'Tür <b>"zu"</b>'}, headers=HERE)
    assert answer.status_code == 400
    assert town.notes == []
    assert 'action="/notes?a=1"' in answer.text
    assert 'name="note" value="Tür &lt;b&gt;&#34;zu&#34;&lt;/b&gt;"' in answer.text
    again = {"note": 'Tür <b>"zu"</b>', "csrf_token": token_of(answer.text)}
    assert client.post("/notes", data=again, headers=HERE).text == "saved"
    assert town.notes == ['Tür <b>"zu"</b>']


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site", **HERE}],
)
def test_a_form_of_another_site_gets_nothing_back(town: Any, headers: dict[str, str]) -> None:
    """A foreign form is refused, and what it carries is not offered to be sent."""
    answer = town.visitor().post("/notes", data={"note": "planted"}, headers=headers)
    assert answer.status_code == 400
    assert "planted" not in answer.text
    assert town.notes == []


def test_what_was_typed_arrives_after_signing_in_in_between(town: Any) -> None:
    """The kept form is sent once with the token of before the sign-in, once with the fresh one, and nothing is lost."""
    client = town.visitor()
    kept = client.post("/desk", data={"note": "long text"}, headers=HERE)
    assert kept.headers["Cache-Control"] == "no-store"
    town.staff()
    sign_in = {"name": "Anna", "password": PASSWORD, "csrf_token": token_of(client.get("/anmelden").text)}
    assert client.post("/anmelden", data=sign_in).status_code == 302
    again = client.post("/desk", data={"note": "long text", "csrf_token": token_of(kept.text)}, headers=HERE)
    assert again.status_code == 400
    assert "In einem neuen Fenster anmelden" not in again.text
    done = client.post("/desk", data={"note": "long text", "csrf_token": token_of(again.text)}, headers=HERE)
    assert done.text == "saved"
    assert town.notes == ["long text"]


def test_a_file_has_to_be_chosen_again_and_that_is_said(town: Any) -> None:
    """Browsers fill no file in; the texts beside it are kept."""
    sent = {"note": "long text", "file": (BytesIO(b"BEGIN:VCALENDAR"), "kalender.ics")}
    answer = town.visitor().post("/notes", data=sent, headers=HERE, content_type="multipart/form-data")
    assert "Nur die Datei müssen Sie neu auswählen" in answer.text
    assert 'value="long text"' in answer.text
    without = town.visitor().post("/notes", data={"note": "long text"}, headers=HERE)
    assert "Nur die Datei müssen Sie neu auswählen" not in without.text


def test_a_session_ends_when_nobody_does_anything(make_town: Callable[..., Any]) -> None:
    """The cookie of somebody signed in ends after the hours of the site, counted from the last page."""
    client = make_town(session_hours=3).staff()
    cookie = client.get("/desk").headers["Set-Cookie"]
    expires = parsedate_to_datetime(cookie.split("Expires=", 1)[1].split(";", 1)[0])
    assert timedelta(hours=2, minutes=58) < expires - now() <= timedelta(hours=3, seconds=5)


def test_staff_whose_session_ended_is_told_to_sign_in_first(town: Any) -> None:
    """What was typed on a staff page is kept until the person has signed in elsewhere."""
    client = town.visitor()
    answer = client.post("/desk", data={"note": "long text"}, headers=HERE)
    assert "long text" in answer.text
    assert "In einem neuen Fenster anmelden" in answer.text
    still_out = client.post("/desk", data={"note": "long text", "csrf_token": token_of(answer.text)}, headers=HERE)
    assert still_out.status_code == 401
    assert "long text" in still_out.text
    assert town.notes == []


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [("/nothing", 404, "Diese Seite gibt es nicht"), ("/broken", 500, "unser Fehler"), ("/abmelden", 405, "Adresse")],
)
def test_errors_are_pages_that_say_what_to_do(town: Any, path: str, code: int, words: str) -> None:
    """An error is a page in the visitor's language, with its code and a way on."""
    answer = town.visitor().get(path)
    assert answer.status_code == code
    assert words in answer.text
    assert "Zur Übersicht" in answer.text
    assert "a mistake of ours" not in answer.text


def test_what_is_too_large_is_refused(town: Any) -> None:
    """A body over the limit gets a page that names the limit."""
    answer = town.visitor().post("/notes", data={"note": "x" * (FORM_BYTES_MAX + 1)}, headers=HERE)
    assert answer.status_code == 413
    assert "8 MB" in answer.text


def test_no_page_has_inline_scripts_or_styles(town: Any) -> None:
    """The shell keeps to its own policy."""
    client = town.staff()
    for path in ("/notes", "/konto", "/nothing"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick" not in page

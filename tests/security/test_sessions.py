"""A session: begun anew with a sign-in, over after half a day or with a sign-out, in a cookie that nobody else gets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.ids import is_record_id
from shared.time import now, to_wire
from shared.web.accounts import desk, guessable, known_browsers
from tests.security.conftest import PASSWORD, Place, sign_in, token_of

NAME = "Rosa Quittenbaum"


def cookie_of(place: Place, client: FlaskClient) -> str:
    found = client.get_cookie(place.app.config["SESSION_COOKIE_NAME"])
    return found.value if found else ""


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/konto").status_code == 200)


def sign_out(client: FlaskClient) -> Any:
    return client.post("/abmelden", data={"csrf_token": token_of(client.get("/konto").text)})


def test_a_kept_cookie_is_worthless_after_signing_out(place: Place) -> None:
    """Whoever copied it cannot go on; others of the same account can."""
    here = place.person(NAME)
    there = place.visitor()
    assert sign_in(there, NAME).status_code == 302
    copied = cookie_of(place, here)
    sign_out(here)
    thief = place.visitor()
    thief.set_cookie(place.app.config["SESSION_COOKIE_NAME"], copied)
    assert not is_in(thief)
    assert not is_in(here)
    assert is_in(there)


def test_ended_sessions_are_forgotten_when_they_are_over(place: Place) -> None:
    """The list does not grow from year to year."""
    long_ago = now() - timedelta(days=2)
    with place.database.transaction() as session:
        ended = place.app.extensions[desk.EXTENSION].ended
        session.add(ended(id="0" * 64, over_at=long_ago))
    sign_out(place.person(NAME))
    with place.database.reading() as session:
        assert [row.over_at > long_ago for row in session.query(ended)] == [True]


def test_a_session_is_over_after_half_a_day_whatever_is_done(place: Place) -> None:
    """A cookie that is renewed with each page does not live for ever."""
    client = place.person(NAME)
    with client.session_transaction() as session:
        session["began"] = to_wire(now() - desk.SESSION_MAX + timedelta(minutes=1))
    assert is_in(client)
    with client.session_transaction() as session:
        session["began"] = to_wire(now() - desk.SESSION_MAX)
    assert not is_in(client)


def test_a_session_of_before_is_not_taken_over(place: Place) -> None:
    """Who planted a cookie beforehand is not signed in with its victim; the form's token changes, too."""
    client = place.visitor()
    place.add_person(NAME)
    planted_token = token_of(client.get("/anmelden").text)
    planted = cookie_of(place, client)
    assert sign_in(client, NAME).status_code == 302
    thief = place.visitor()
    thief.set_cookie(place.app.config["SESSION_COOKIE_NAME"], planted)
    assert not is_in(thief)
    assert client.post("/abmelden", data={"csrf_token": planted_token}).status_code == 400
    assert is_in(client)


def test_a_cookie_is_for_this_site_and_out_of_reach(make_place: Callable[..., Place]) -> None:
    """Over https it has the prefix that no neighbour can set; scripts never see it."""
    place = make_place(secure_cookies=True)
    place.add_person(NAME)
    client = place.visitor()
    answer = sign_in(client, NAME, base_url="https://localhost", headers={"Referer": "https://localhost/anmelden"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert "; Path=/" in cookie
        assert "Domain=" not in cookie
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_no_cookie_tells_who_signed_in(place: Place) -> None:
    """Neither the session, which anybody can read who has it, nor the mark of the browser has a name in it."""
    client = place.person(NAME)
    with client.session_transaction() as session:
        assert "Quittenbaum" not in str(dict(session))
    mark = client.get_cookie(f"{place.app.config['SESSION_COOKIE_NAME']}_browser")
    assert mark is not None
    with place.app.test_request_context(headers={"Cookie": f"{mark.key}={mark.value}"}):
        assert is_record_id(known_browsers.of_request())


def test_strangers_lock_out_strangers_only(place: Place) -> None:
    """A name can be tried a hundred times an hour, from whatever addresses; whoever was here before still gets in."""
    known = place.person(NAME)
    sign_out(known)
    stranger, token = place.visitor(), ""
    token = token_of(stranger.get("/anmelden").text)
    form = {"name": f"  {NAME.upper()}", "password": "Wer weiß das schon?", "csrf_token": token}
    codes = [
        stranger.post("/anmelden", data=form, environ_overrides={"REMOTE_ADDR": f"198.51.100.{number}"}).status_code
        for number in range(101)
    ]
    assert codes == [422] * 100 + [429]
    late = place.visitor()
    assert sign_in(late, NAME, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 429
    assert sign_in(known, NAME).status_code == 302


def test_a_mark_of_a_browser_cannot_be_made_up(place: Place) -> None:
    """Without the site's secret it is that of a stranger."""
    name = f"{place.app.config['SESSION_COOKIE_NAME']}_browser"
    for text in ("", "x", "ImZvcmdlZCI.aaaa.bbbb"):
        with place.app.test_request_context(headers={"Cookie": f"{name}={text}"}):
            assert known_browsers.of_request() == known_browsers.STRANGER


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("Passwort2026!", True),
        ("p4ssw0rt1234", True),
        ("qwertzuiop123", True),
        ("01.01.1980 02:00", True),
        ("hallohallohallo", True),
        ("ababababababab", True),
        ("Stadtherz-Duisburg", True),
        ("Rosa.Quittenbaum.1", True),
        (PASSWORD, False),
        ("correct horse battery staple", False),
        ("Mein Hund heißt Fritz", False),
        ("🌻🌻 am Fenster, nachts", False),
    ],
)
def test_what_guessers_try_first_is_no_password(password: str, is_refused: bool) -> None:
    """Words that everybody takes, rows of the keyboard, the own name; a sentence of one's own is fine."""
    assert guessable.is_guessable(password, NAME) is is_refused


def test_a_guessable_password_is_refused_in_words(place: Place) -> None:
    """On the page of one's own account; nothing changes."""
    client = place.person(NAME)
    token = token_of(client.get("/konto").text)
    form = {"present": PASSWORD, "wanted": "Sommer2026!!", "repeated": "Sommer2026!!", "csrf_token": token}
    answer = client.post("/konto", data=form)
    assert answer.status_code == 422
    assert "beim Raten zuerst probiert" in answer.text
    assert sign_in(place.visitor(), NAME).status_code == 302


def test_a_long_password_is_checked_whole(place: Place) -> None:
    """128 characters, spaces and all: none is cut off."""
    long = ("Über den Rhein fährt ein Kahn. " * 5)[:128]
    client = place.person(NAME)
    token = token_of(client.get("/konto").text)
    form = {"present": PASSWORD, "wanted": long, "repeated": long, "csrf_token": token}
    assert client.post("/konto", data=form).status_code == 302
    assert sign_in(place.visitor(), NAME, long[:127]).status_code == 422
    assert sign_in(place.visitor(), NAME, long).status_code == 302

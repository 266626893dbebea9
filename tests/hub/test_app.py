"""The app of a hub as a visitor and as staff meet it."""

from flask.testing import FlaskClient


def test_a_fresh_(client: FlaskClient) -> None:
    """The health page answers as soon as the app is made."""
    assert client.get("/healthz").json["status"] == "ok"


def test_the_sign_in_page_is_shown_to_everybody(client: FlaskClient) -> None:
    """A visitor can reach the sign-in page, in German."""
    answer = client.get("/anmelden")
    assert answer.status_code == 200
    assert '<html lang="de" dir="ltr">' in answer.text


def test_whoever_signs_in_sees_the_own_account(signed_in: FlaskClient) -> None:
    """The account page greets the person who is signed in."""
    assert "Person" in signed_in.get("/konto").text


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(client: FlaskClient) -> None:
    """A staff page sends a visitor to the sign-in page, which knows the way back."""
    answer = client.get("/konto?a=1")
    assert answer.status_code == 302
    assert answer.location.endswith("/anmelden?weiter=/konto?a%3D1")

"""The page of the first start: what it asks, what it says when something is wrong, and that it ends as the centre."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.app import create_app
from node.config import load_node
from node.joining import first_start
from node.joining.founding import Place
from shared.joining.letters import Outcome
from tests.node.joining.conftest import StandIn, refusing, saying, welcoming

PAGE = "/erster-start"
PASSWORD = "ein Satz am Ruhrufer"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "node.toml"


@pytest.fixture
def app(file: Path) -> Flask:
    place = Place(file, file.parent / "data", {"web_port": 8123})
    made = first_start.first_app(place, create_app)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.extensions["stadtherz.limiter"].enabled = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def typed(hub: StandIn, **other: str) -> dict[str, str]:
    return {"code": hub.code.text, "name": "Leitung", "password": PASSWORD, "again": PASSWORD, **other}


def is_over(app: Flask) -> bool:
    return bool(app.extensions["stadtherz.first_start"].joined.is_set())


def test_every_way_leads_to_the_page(client: FlaskClient) -> None:
    """The address of the machine, and where people sign in later: there is nothing else yet."""
    for address in ("/", "/anmelden"):
        assert client.get(address).location == PAGE
    page = client.get(PAGE).text
    assert "Willkommen bei Stadtherz" in page
    assert 'href="/anmelden"' not in page
    assert client.get("/buchungen").status_code == 404


def test_the_page_speaks_english_too(client: FlaskClient) -> None:
    """Whoever sets the machine up may not read German."""
    client.get("/sprache/en")
    assert "This machine does not belong to a centre yet" in client.get(PAGE).text


def test_with_a_code_the_machine_becomes_the_centre(hub: StandIn, app: Flask, client: FlaskClient, file: Path) -> None:
    """The answer welcomes by name, shows the letters to compare and leads to the sign-in, where the account works."""
    done = client.post(PAGE, data=typed(hub, code=hub.code.link))
    assert done.status_code == 200, done.text
    assert "Willkommen, Ruhrort!" in done.text
    assert done.headers["Refresh"].endswith("url=/anmelden")
    assert 'href="/anmelden"' not in done.text  # for some seconds nobody listens there
    assert is_over(app)
    config = load_node(file, {})
    assert (config.centre_id, config.web_port, config.hub_url) == ("ruhrort", 8123, hub.url)
    centre = create_app(config)
    centre.config["WTF_CSRF_ENABLED"] = False
    signed = centre.test_client().post("/anmelden", data={"name": "Leitung", "password": PASSWORD})
    assert signed.status_code == 302
    centre.extensions["stadtherz.database"].dispose()
    assert client.post(PAGE, data=typed(hub)).status_code == 302  # a second click changes nothing
    assert len(hub.asked) == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"code": ""}, "Beitrittscode"),
        ({"code": "stadt.example/AAAA"}, "nicht der ganze Code"),
        ({"code": "stadt.example/2222-2222-2222-2222-2223"}, "Ein Buchstabe ist falsch"),
        ({"code": "2222-2222-2222-2222-2222"}, "auch die Adresse"),
        ({"password": "kurz", "again": "kurz"}, "mindestens 12 Zeichen"),
        ({"password": "passwort1234", "again": "passwort1234"}, "zuerst probiert"),
        ({"again": "ein anderer Satz"}, "verschieden"),
        ({"name": ""}, "Ihr Name"),
    ],
    ids=range(8),
)
def test_what_is_wrong_is_said_before_the_hub_is_asked(
    hub: StandIn, app: Flask, client: FlaskClient, other: dict[str, str], said: str
) -> None:
    """Beside its field, with everything that was typed; the code is not used up."""
    page = client.post(PAGE, data=typed(hub, **other))
    assert (page.status_code, said in page.text, hub.asked) == (422, True, [])
    assert f'value="{typed(hub, **other)["name"]}"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert not is_over(app)


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        (refusing(Outcome.EXPIRED), "Dieser Code ist abgelaufen"),
        (refusing(Outcome.USED, used_at="2026-11-23T09:00:00Z", fingerprint="AAAA BBBB CCCC"), "AAAA BBBB CCCC"),
        (refusing(Outcome.USED, used_at="then", fingerprint="AAAA"), "sofort die Stadt an"),
        (saying(0), "nicht rechtzeitig geantwortet"),
        (saying(404), "kein Netz von Stadtteilzentren"),
    ],
    ids=["expired", "used", "odd time", "hangs up", "no hub"],
)
def test_what_the_city_says_stands_beside_the_code(
    hub: StandIn, client: FlaskClient, file: Path, answering: object, said: str
) -> None:
    """In plain words, with what to do now; a second try works."""
    hub.answering = answering  # type: ignore[assignment]
    page = client.post(PAGE, data=typed(hub))
    assert (page.status_code, said in page.text) == (422, True), page.text
    assert not file.exists()
    hub.answering = welcoming
    assert client.post(PAGE, data=typed(hub)).status_code == 200


def test_a_folder_that_takes_no_files_is_told(hub: StandIn, app: Flask, client: FlaskClient, file: Path) -> None:
    """The disk is full, or the folder belongs to somebody else: in words, and the page stays."""
    file.mkdir()  # nothing can be written there
    page = client.post(PAGE, data=typed(hub))
    assert page.status_code == 500
    assert str(file) in page.text
    assert not is_over(app)


def test_tries_are_few(app: Flask) -> None:
    """Nobody on the network of the house uses the machine to try codes."""
    app.extensions["stadtherz.limiter"].enabled = True
    client = app.test_client()
    statuses = [client.post(PAGE, data={"code": "x"}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_another_sites_form_is_refused(app: Flask) -> None:
    """The page asks for its own token."""
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post(PAGE, data={"code": "x"}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 400

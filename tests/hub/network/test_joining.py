"""Join codes at the desk, and the door that takes them: who gets in, who does not, and what is said to whom."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.config import HubConfig
from hub.core.accounts import Role
from hub.core.audit import AuditEntry
from hub.core.broker import access_for
from hub.core.db import LEDGER
from hub.network import members
from hub.network.joining.models import Invitation
from hub.network.joining.taking import REPEAT_FOR
from hub.network.models import Member
from shared import topics
from shared.database import Database
from shared.joining import CodeKeys, JoinCode, fingerprint, read_code
from shared.joining.letters import PATH, Answer, Outcome, read_answer, write_request
from shared.keys import open_install
from shared.sealing import open_sealing_key
from shared.time import now
from shared.web.pagination import PER_PAGE

_CODE = re.compile(r"<code>([^<]*-[^<]*)</code>")
RUHRORT = {"centre_id": "ruhrort", "name": "Ruhrort", "hours": "48"}


class Machine:
    """A centre's machine, with keys of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.install, self.sealing = open_install(folder / "signing.key"), open_sealing_key(folder / "sealing.key")

    @property
    def letters(self) -> str:
        return fingerprint(self.install.instance, self.install.public_key.text)

    def request(self, code: JoinCode, centre_id: str = "", city: str = "") -> bytes:
        return write_request(code.keys, self.install, self.sealing.public_key, centre_id, city)

    def join(self, client: FlaskClient, code: JoinCode, centre_id: str = "", city: str = "") -> Answer:
        """Knock at the door and read the answer."""
        request = self.request(code, centre_id, city)
        return read_answer(client.post(PATH, data=request).data, request, code.keys, self.sealing)


@pytest.fixture
def machine(tmp_path: Path) -> Callable[[str], Machine]:
    return lambda name: Machine(tmp_path / name)


def shown(page: Any) -> JoinCode:
    """Return the code that a page shows."""
    found = _CODE.search(page.text)
    assert found, page.text
    return read_code(unescape(found[1]))


def invited(client: FlaskClient, **said: str) -> JoinCode:
    return shown(client.post("/netz/einladen", data={**RUHRORT, **said}))


def for_member(client: FlaskClient, what: str) -> JoinCode:
    return shown(client.post(f"/netz/zentren/ruhrort/{what}", data={"hours": "48"}))


def member(database: Database, centre_id: str = "ruhrort") -> Member:
    with database.reading() as session:
        return session.get_one(Member, centre_id)


def change(database: Database, **said: Any) -> None:
    """Let the only invitation be otherwise."""
    with database.transaction() as session:
        for name, value in said.items():
            setattr(session.scalars(select(Invitation)).one(), name, value)


# --- at the desk --------------------------------------------------------------------------


def test_a_code_is_shown_once_with_its_picture(signed_in: FlaskClient) -> None:
    """As text and as a picture, in an answer that no cache keeps; no other page shows it."""
    page = signed_in.post("/netz/einladen", data=RUHRORT)
    code = shown(page)
    assert code.hub_url == "http://localhost"
    assert "data:image/svg+xml" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    for address in ("/netz/einladungen", "/netz", "/protokoll"):
        assert code.groups not in signed_in.get(address).text


def test_the_database_keeps_nothing_that_lets_somebody_join(
    signed_in: FlaskClient, database: Database, machine: Any
) -> None:
    """Whoever copies the hub's database finds neither letters nor a key that a request could be signed with."""
    code = invited(signed_in)
    file = Path(str(database.url.database))
    database.dispose()
    stored = b"".join(path.read_bytes() for path in file.parent.glob("hub.sqlite*"))
    for secret in (code.letters, code.groups, code.letters[:-1], bytes(code.keys._key).hex()):
        assert secret.encode() not in stored
    with database.reading() as session:
        kept = session.scalars(select(Invitation)).one()
    assert kept.code_name.encode() in stored
    guessed = CodeKeys(kept.code_key)
    guessed.name = kept.code_name
    thief = machine("thief")
    request = write_request(guessed, thief.install, thief.sealing.public_key)
    assert orjson.loads(signed_in.post(PATH, data=request).data)["outcome"] == Outcome.UNKNOWN


def test_open_codes_are_listed_and_taken_back(signed_in: FlaskClient, client: FlaskClient, machine: Any) -> None:
    """With who made them and until when; what was taken back does not work any more."""
    code = invited(signed_in)
    page = signed_in.get("/netz/einladungen").text
    assert "Ruhrort" in page
    assert "Person administrator" in page
    address = re.search(r"/netz/einladungen/[0-9a-f-]+/zuruecknehmen", page)
    assert address
    assert "gilt nicht mehr" in signed_in.post(address[0], follow_redirects=True).text
    assert "nicht mehr offen" in signed_in.post(address[0], follow_redirects=True).text
    assert machine("new").join(client, code).outcome == Outcome.WITHDRAWN
    assert "zurückgenommen" in signed_in.get("/netz/einladungen?zeige=frueher").text


def test_many_codes_come_page_by_page(signed_in: FlaskClient) -> None:
    """A city that rolls out invites many houses in a week."""
    for number in range(PER_PAGE + 1):
        invited(signed_in, centre_id=f"haus-{number:02}", name=f"Haus {number:02}")
    first, second = (signed_in.get(f"/netz/einladungen?seite={page}").text for page in (1, 2))
    assert (first.count("Zurücknehmen"), second.count("Zurücknehmen")) == (PER_PAGE, 1)


def test_what_was_typed_wrongly_is_explained_and_kept(signed_in: FlaskClient, database: Database) -> None:
    """A short name that cannot be, a centre that belongs already, a duration that nobody offered."""
    wrong = signed_in.post("/netz/einladen", data={**RUHRORT, "centre_id": "Alt Hamborn"})
    assert (wrong.status_code, 'value="Alt Hamborn"' in wrong.text) == (422, True)
    assert "kleine Buchstaben" in wrong.text
    with database.transaction() as session:
        session.add(Member(centre_id="ruhrort", name="R", public_key="ed25519:" + "A" * 43, admitted_at=now()))
    assert "gehört schon zum Netz" in signed_in.post("/netz/einladen", data=RUHRORT).text
    assert signed_in.post("/netz/einladen", data={**RUHRORT, "centre_id": "mitte", "hours": "9999"}).status_code == 422


def test_a_new_code_takes_the_earlier_one_back(signed_in: FlaskClient, client: FlaskClient, machine: Any) -> None:
    """So a code that went astray is made worthless by making another one."""
    first, second = invited(signed_in), invited(signed_in)
    new = machine("new")
    assert new.join(client, first).outcome == Outcome.WITHDRAWN
    assert new.join(client, second).outcome == Outcome.WELCOME


def test_codes_are_for_members_only_where_they_need_one(signed_in: FlaskClient, sign_in: Any) -> None:
    """Another machine for a centre that never joined: there is no such page. A planner makes no codes."""
    assert signed_in.post("/netz/zentren/ruhrort/ersetzen", data={"hours": "48"}).status_code == 404
    planner = sign_in(Role.PLANNER)
    for address in ("/netz/einladen", "/netz/zentren/ruhrort/ersetzen", "/netz/zentren/ruhrort/zugangsdaten"):
        assert planner.post(address, data=RUHRORT).status_code == 403


def test_making_and_using_a_code_stand_in_the_log(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """Who made it, and that a centre joined; not the code."""
    code = invited(signed_in)
    machine("new").join(client, code)
    with database.reading() as session:
        deeds = {(entry.action, entry.table_name) for entry in session.scalars(select(AuditEntry))}
    assert {("created", "invitations"), ("joined", "members")} <= deeds
    assert "mit einem Code beigetreten" in signed_in.get("/protokoll").text


def test_the_page_of_the_picture_explains_and_asks_nothing(client: FlaskClient) -> None:
    """Whoever scans the code learns what to do with it."""
    assert "Ersten Start" in client.get("/beitreten").text or "ersten Start" in client.get("/beitreten").text


# --- at the door --------------------------------------------------------------------------


def test_a_machine_joins(
    signed_in: FlaskClient, client: FlaskClient, database: Database, config: HubConfig, machine: Any
) -> None:
    """It is bound to its centre with its keys, its feed is open, and it is told what it needs."""
    new = machine("new")
    answer = new.join(client, invited(signed_in))
    welcome = answer.welcome
    assert welcome is not None
    assert (welcome.centre_id, welcome.centre_name, welcome.city) == ("ruhrort", "Ruhrort", "duisburg")
    access = access_for(config, "ruhrort", 1)
    assert (welcome.broker_host, welcome.broker_port, welcome.broker_user) == (access.host, access.port, access.user)
    assert welcome.hub_public_key == open_install(config.key_file).public_key.text
    bound = member(database)
    assert (bound.instance, bound.public_key) == (new.install.instance, new.install.public_key.text)
    assert (bound.sealing_key, bound.access_number) == (new.sealing.public_key.text, 1)
    with database.reading() as session:
        assert LEDGER.feed_health(session, topics.hub_feed("ruhrort")) is not None
    assert new.letters in signed_in.get("/netz/zentren/ruhrort").text


def test_a_code_works_for_one_machine_only(signed_in: FlaskClient, client: FlaskClient, machine: Any) -> None:
    """The second one is told which installation was first; the desk sees that somebody tried."""
    code, first, second = invited(signed_in), machine("first"), machine("second")
    assert first.join(client, code).outcome == Outcome.WELCOME
    refused = second.join(client, code)
    assert (refused.outcome, refused.is_proven) == (Outcome.USED, True)
    assert refused.said["fingerprint"] == first.letters
    page = signed_in.get("/netz/zentren/ruhrort").text
    assert "Ein anderes Gerät kam mit dem Code" in page
    assert second.letters in signed_in.get("/netz/einladungen?zeige=frueher").text


def test_whose_answer_was_lost_may_ask_again_for_a_while(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """The same installation is told the same; later it is not, and its credentials were not changed meanwhile."""
    code, new = invited(signed_in), machine("new")
    first, again = new.join(client, code), new.join(client, code)
    assert again.welcome == first.welcome is not None
    assert member(database).access_number == 1
    change(database, used_at=now() - REPEAT_FOR - timedelta(seconds=1))
    late = new.join(client, code)
    assert (late.outcome, late.said["fingerprint"]) == (Outcome.USED, new.letters)


def test_a_request_played_again_leaves_the_broker_alone(
    app: Flask, signed_in: FlaskClient, client: FlaskClient, machine: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Each grant cuts a connected node off for a moment, so somebody who overheard a request must not cause one."""
    config = app.extensions["stadtherz.config"]
    nowhere = {"broker_host": "127.0.0.1", "broker_port": 9, "broker_admin_user": "stadtherz-admin"}
    app.extensions["stadtherz.config"] = replace(config, **nowhere)
    code, new = invited(signed_in), machine("new")
    for _ in range(3):
        assert new.join(client, code).outcome == Outcome.WELCOME
    assert caplog.text.count("ruhrort joined, but") == 1


def test_who_was_revoked_meanwhile_is_not_told_again(signed_in: FlaskClient, client: FlaskClient, machine: Any) -> None:
    """Though the same machine comes with the same code a moment later."""
    code, new = invited(signed_in), machine("new")
    new.join(client, code)
    signed_in.post("/netz/zentren/ruhrort/ausschliessen")
    assert new.join(client, code).outcome == Outcome.USED


def test_a_code_expires(signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any) -> None:
    """To the second."""
    code = invited(signed_in)
    change(database, expires_at=now())
    assert machine("new").join(client, code).outcome == Outcome.EXPIRED
    assert "abgelaufen" in signed_in.get("/netz/einladungen?zeige=frueher").text


def test_a_request_that_was_altered_or_replayed_is_refused(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """With a thief's key in the true request, or with the thief's own request and the true signature of the code."""
    code, new, thief = invited(signed_in), machine("new"), machine("thief")
    true, theirs = orjson.loads(new.request(code)), orjson.loads(thief.request(code))
    mixed = orjson.dumps({**theirs, "by_code": true["by_code"]})
    assert orjson.loads(client.post(PATH, data=mixed).data)["outcome"] == Outcome.UNKNOWN
    altered = orjson.dumps({**true, "letter": theirs["letter"]})
    assert client.post(PATH, data=altered).status_code == 400
    with database.reading() as session:
        assert session.get(Member, "ruhrort") is None
    new.join(client, code)
    assert b"geheim" not in client.post(PATH, data=new.request(code)).data  # a replay: sealed for the true machine
    assert member(database).instance == new.install.instance


def test_a_centre_with_data_joins_as_itself_only(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """A house that has worked without a city is refused under another name, and the code stays valid."""
    code, house = invited(signed_in), machine("house")
    for other in (("mitte", "duisburg"), ("ruhrort", "essen")):
        refused = house.join(client, code, *other)
        assert (refused.outcome, refused.said["centre_id"]) == (Outcome.OTHER_CENTRE, "ruhrort")
    assert house.join(client, code, "ruhrort", "duisburg").outcome == Outcome.WELCOME


def test_another_machine_takes_the_place(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """It is bound, the old one is out with its key, and the credentials are new."""
    old, new = machine("old"), machine("new")
    old.join(client, invited(signed_in))
    answer = new.join(client, for_member(signed_in, "ersetzen"))
    assert answer.welcome is not None
    assert answer.welcome.is_replacement
    bound = member(database)
    assert (bound.instance, bound.access_number) == (new.install.instance, 2)
    assert old.install.public_key not in members.keys_of(bound)


def test_new_credentials_are_for_the_same_machine(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """Another machine is refused with such a code; the centre's own gets the next number."""
    mine, other = machine("mine"), machine("other")
    mine.join(client, invited(signed_in))
    code = for_member(signed_in, "zugangsdaten")
    assert other.join(client, code).outcome == Outcome.OTHER_MACHINE
    assert mine.join(client, code).outcome == Outcome.WELCOME
    bound = member(database)
    assert (bound.instance, bound.access_number) == (mine.install.instance, 2)


def test_revoking_takes_the_codes_back(signed_in: FlaskClient, client: FlaskClient, machine: Any) -> None:
    """A code for another machine, made before the centre was revoked, lets nobody in."""
    machine("old").join(client, invited(signed_in))
    code = for_member(signed_in, "ersetzen")
    signed_in.post("/netz/zentren/ruhrort/ausschliessen", data={"why": "austritt"})
    assert machine("new").join(client, code).outcome == Outcome.WITHDRAWN
    assert "Ausgetreten" in signed_in.get("/netz/zentren/ruhrort").text


def test_a_centre_that_left_comes_back_with_a_new_code(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """As itself, with credentials that it never had before."""
    mine = machine("mine")
    mine.join(client, invited(signed_in))
    signed_in.post("/netz/zentren/ruhrort/ausschliessen")
    assert mine.join(client, invited(signed_in)).outcome == Outcome.WELCOME
    back = member(database)
    assert (back.revoked_at, back.left_at, back.access_number) == (None, None, 2)


def test_a_code_of_another_key_of_the_hub_is_void(
    signed_in: FlaskClient, client: FlaskClient, database: Database, machine: Any
) -> None:
    """After the hub changed its key the code could not vouch for it."""
    code = invited(signed_in)
    change(database, hub_key="ed25519:" + "A" * 43)
    assert machine("new").join(client, code).outcome == Outcome.WITHDRAWN


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"x" * 9_000], ids=["empty", "cut", "list", "bare", "large"])
def test_what_is_no_request_is_refused_by_a_signed_answer(client: FlaskClient, body: bytes) -> None:
    """Whatever knocks, it gets JSON and 400, and no trace in the log of what it said."""
    answer = client.post(PATH, data=body)
    assert (answer.status_code, answer.json["outcome"]) == (400, Outcome.MALFORMED)


def test_wrong_codes_are_few_from_one_address(app: Flask, machine: Any, caplog: pytest.LogCaptureFixture) -> None:
    """After ten within a minute the door stays shut for a while; the log names no code."""
    app.extensions["stadtherz.limiter"].enabled = True
    client, guesser = app.test_client(), machine("guesser")
    code = read_code("stadt.example/2222-2222-2222-2222-2222")
    with caplog.at_level(logging.INFO):
        statuses = [client.post(PATH, data=guesser.request(code)).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert "unknown" in caplog.text
    assert code.letters not in caplog.text
    assert code.groups not in caplog.text
    assert code.keys.name not in caplog.text


def test_all_together_are_bounded(app: Flask) -> None:
    """Whoever has many addresses does not keep the hub from its other work."""
    app.extensions["stadtherz.limiter"].enabled = True
    client = app.test_client()
    addresses = (f"10.0.{number // 250}.{number % 250}" for number in range(601))
    statuses = [client.post(PATH, data=b"", environ_base={"REMOTE_ADDR": address}).status_code for address in addresses]
    assert statuses == [400] * 600 + [429]

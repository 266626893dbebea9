"""Joining and leaving by command: what is written, what is told, and that a failed try leaves nothing behind."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.core.broker.certificates import make_authority, make_certificate
from node.app import create_app
from node.cli import main
from node.config import NodeConfig, load_node
from node.core.accounts import Account
from node.core.db import LEDGER
from node.joining import client, service
from node.joining.refusals import NoAnswer
from node.link.status import status
from shared import topics
from shared.broker import free_port
from shared.database import Database
from shared.errors import ConfigError
from shared.joining import fingerprint
from shared.joining.letters import Outcome, read_request
from shared.keys import open_install
from shared.time import now
from shared.web.accounts import list_accounts
from tests.node.joining.conftest import StandIn, refusing, saying, welcoming

PASSWORD = "a long enough password"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "centre" / "node.toml"


def typed(file: Path, *words: str, password: str = PASSWORD, **environ: str) -> Result:
    """Run a command with this file of settings."""
    return CliRunner().invoke(main, ["--config", str(file), *words], env={"STADTHERZ_PASSWORD": password, **environ})


def set_up(file: Path, *more: str) -> NodeConfig:
    """Make a centre that has no city."""
    done = typed(file, "init", "--centre-id", "ruhrort", "--city", "duisburg", *more)
    assert done.exit_code == 0, done.output
    return load_node(file, {})


def left_behind(file: Path) -> set[str]:
    return {path.name for path in file.parent.rglob("*") if path.is_file()}


def test_a_machine_joins_by_one_command(hub: StandIn, file: Path) -> None:
    """Settings, keys, database, first account and what the city told are there, secrets for their owner only."""
    done = typed(file, "join", hub.code.text, "--web-port", "8123", "--account", "Leitung Ruhrort")
    assert done.exit_code == 0, done.output
    config = load_node(file, {})
    assert (config.centre_id, config.city, config.web_port) == ("ruhrort", "duisburg", 8123)
    assert (config.broker_host, config.broker_port, config.broker_tls) == ("broker.example", 8883, True)
    assert (config.broker_user, config.broker_password) == ("node-ruhrort", "geheim")
    assert (config.hub_public_key, config.hub_url) == (hub.hub.public_key.text, hub.url)
    assert Path(config.broker_ca_file).read_text(encoding="ascii").startswith("-----BEGIN")
    for secret in (file, config.key_file, config.link_file, config.secret_file, config.data_folder / "sealing.key"):
        assert secret.stat().st_mode & 0o077 == 0, secret
    install = open_install(config.key_file)
    assert fingerprint(install.instance, install.public_key.text) in done.output
    assert typed(file, "fingerprint").output.strip() in done.output
    assert "geheim" not in done.output
    database = create_app(config).extensions["stadtherz.database"]
    with database.reading() as session:
        assert [account.name for account in list_accounts(session, Account)] == ["Leitung Ruhrort"]
    database.dispose()


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.UNKNOWN, "does not know this code"),
        (Outcome.EXPIRED, "has expired"),
        (Outcome.WITHDRAWN, "took this code back"),
        (Outcome.USED, "by the installation AAAA BBBB CCCC"),
        (Outcome.OTHER_MACHINE, "ask the city for a code that replaces it"),
        (Outcome.MALFORMED, "needs an upgrade"),
    ],
)
def test_a_refusal_says_what_to_do_and_leaves_nothing(hub: StandIn, file: Path, outcome: Outcome, said: str) -> None:
    """One line, exit code 2, and the machine is as new."""
    hub.answering = refusing(outcome, used_at="2026-11-23T09:00:00Z", fingerprint="AAAA BBBB CCCC")
    refused = typed(file, "join", hub.code.text)
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert said in refused.stderr
    assert left_behind(file) == set()


def test_a_stranger_cannot_say_that_the_code_was_stolen(hub: StandIn, file: Path, tmp_path: Path) -> None:
    """A refusal that the code's own hub did not sign says nothing but that the code is unknown there."""
    hub.answering, hub.hub = refusing(Outcome.USED, fingerprint="AAAA"), open_install(tmp_path / "other.key")
    refused = typed(file, "join", hub.code.text)
    assert "does not know this code" in refused.stderr
    assert "AAAA" not in refused.stderr


@pytest.mark.parametrize("where", ["altered", "another hub", "other centre"])
def test_a_false_answer_is_not_used(hub: StandIn, file: Path, tmp_path: Path, where: str) -> None:
    """Altered on the way, or by somebody with another key: nothing of it is written, and the person is warned."""
    right = welcoming

    def false(stand_in: StandIn, body: bytes) -> Any:
        if where == "altered":
            status, answer, headers = right(stand_in, body)
            return status, answer.replace(b'"welcome"', b'"expired"'), headers
        if where == "another hub":
            return right(stand_in, body, by=open_install(tmp_path / "other.key"))
        return right(stand_in, body, hub_public_key=open_install(tmp_path / "other.key").public_key.text)

    hub.answering = false
    refused = typed(file, "join", hub.code.text)
    assert refused.exit_code == 2
    assert "pretends to be the city's hub" in refused.stderr
    assert left_behind(file) <= {"signing.key", "sealing.key"}
    hub.answering = welcoming
    assert typed(file, "join", hub.code.text).exit_code == 0


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        (saying(0), "did not answer in time"),
        (saying(302, Location="https://elsewhere.example/"), "leads on to another one"),
        (saying(404, b"<html>"), "no hub of Stadtherz"),
        (saying(200, b"<html>"), "no hub of Stadtherz"),
        (saying(429), "too many attempts"),
        (saying(500), "could not finish"),
    ],
    ids=["hangs up", "moved", "not found", "other site", "too many", "broken"],
)
def test_without_an_answer_the_same_code_works_later(hub: StandIn, file: Path, answering: Any, said: str) -> None:
    """It is told what is wrong and that the code stays valid; the second try comes from the same installation."""
    hub.answering = answering
    refused = typed(file, "join", hub.code.text)
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert said in refused.stderr
    assert "Try again with the same code" in refused.stderr
    assert not file.exists()
    hub.answering = welcoming
    assert typed(file, "join", hub.code.text).exit_code == 0


def test_whose_answer_was_lost_asks_again_as_the_same_installation(hub: StandIn, file: Path) -> None:
    """The hub may have said yes: the keys stay, so that it knows the machine again."""
    hub.answering = saying(0)
    typed(file, "join", hub.code.text)
    hub.answering = welcoming
    typed(file, "join", hub.code.text)
    first, second = (read_request(body) for body in hub.asked)
    assert (first.instance, first.public_key, first.sealing_key) == (
        second.instance,
        second.public_key,
        second.sealing_key,
    )


def test_an_unreachable_hub_is_told_and_nothing_stays(hub: StandIn, file: Path) -> None:
    """Nobody listens at the address: the code was not even sent."""
    refused = typed(file, "join", hub.code_at(f"http://127.0.0.1:{free_port()}").text)
    assert "cannot be reached" in refused.stderr
    assert left_behind(file) == set()


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 64}.example"])
def test_an_address_that_no_machine_can_have_is_told_like_any_other(file: Path, hub: StandIn, host: str) -> None:
    """A dot too many in what somebody typed is no fault of the program."""
    refused = typed(file, "join", hub.code_at(f"https://{host}").text)
    assert "cannot be reached" in refused.stderr
    assert left_behind(file) == set()


def test_a_hub_without_a_valid_certificate_is_not_asked(hub: StandIn) -> None:
    """What is not TLS at an https address, or not of an authority that this machine trusts, gets nothing."""
    with pytest.raises(NoAnswer) as refused:
        client.ask(hub.url.replace("http:", "https:"), b"{}", ssl.create_default_context())
    assert refused.value.reason == "certificate"
    assert hub.asked == []


def test_joining_works_over_https(hub: StandIn, tmp_path: Path) -> None:
    """With an authority that this machine trusts it joins; with the system's alone, or by another name, it does not."""
    authority = make_authority(tmp_path, "duisburg", now())
    certificate = make_certificate(tmp_path, authority, ["localhost"], now())
    hub.speak_tls(certificate, tmp_path / "broker.key")
    trusted = ssl.create_default_context(cafile=str(authority[0]))
    right = hub.code_at(hub.url.replace("http://127.0.0.1", "https://localhost"))
    by_another_name = hub.code_at(hub.url.replace("http:", "https:"))
    for code, context in ((right, None), (by_another_name, trusted)):
        with pytest.raises(NoAnswer) as refused:
            service.join(code, tmp_path / "data", trusted=context)
        assert refused.value.reason == "certificate"
    assert hub.asked == []
    assert service.join(right, tmp_path / "data", trusted=trusted).hub_url == right.hub_url


@pytest.mark.parametrize(
    ("code", "said"),
    [("stadt.example/AAAA", "not the whole join code"), ("stadt.example/2222-2222-2222-2222-2223", "is wrong")],
)
def test_what_is_no_code_is_told_before_anything_is_made(file: Path, code: str, said: str) -> None:
    """A letter too few or a wrong one."""
    refused = typed(file, "join", code)
    assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert not file.parent.exists()


def test_a_weak_password_is_refused_before_the_code_is_used(hub: StandIn, file: Path) -> None:
    """The hub is not asked."""
    assert typed(file, "join", hub.code.text, password="short").exit_code == 2
    assert hub.asked == []


def test_a_house_that_worked_alone_joins_with_what_it_has(hub: StandIn, file: Path) -> None:
    """Its name goes along, its keys and accounts stay, and the link is on."""
    before = set_up(file)
    install = open_install(before.key_file)
    typed(file, "link", "off")
    done = typed(file, "join", hub.code.text)
    assert done.exit_code == 0, done.output
    asked = read_request(hub.asked[0])
    assert (asked.centre_id, asked.city, asked.instance) == ("ruhrort", "duisburg", install.instance)
    config = load_node(file, {})
    assert (config.hub_public_key, config.broker_host) == (hub.hub.public_key.text, "broker.example")
    assert "off since" not in typed(file, "link").output


def test_settings_that_would_win_are_named_before_the_hub_is_asked(hub: StandIn, file: Path) -> None:
    """In the file or in the environment: what the city says would have no effect."""
    set_up(file, "--broker-host", "old.example")
    refused = typed(file, "join", hub.code.text)
    assert (refused.exit_code, "broker_host" in refused.stderr, hub.asked) == (2, True, [])
    file.write_text(file.read_text(encoding="utf-8").replace('broker_host = "old.example"', ""), encoding="utf-8")
    named = typed(file, "join", hub.code.text, STADTHERZ_NODE_BROKER_HOST="old.example")
    assert (named.exit_code, "STADTHERZ_NODE_BROKER_HOST" in named.stderr, hub.asked) == (2, True, [])


def test_a_code_for_another_centre_changes_nothing(hub: StandIn, file: Path) -> None:
    """The hub says whose it is; even if it did not, the house would not become another one."""
    set_up(file)
    hub.answering = refusing(Outcome.OTHER_CENTRE, centre_id="mitte", city="duisburg")
    refused = typed(file, "join", hub.code.text)
    assert "for the centre mitte" in refused.stderr
    hub.answering = lambda stand_in, body: welcoming(stand_in, body, centre_id="mitte")
    assert typed(file, "join", hub.code.text).exit_code == 2
    assert load_node(file, {}).hub_public_key == ""


def test_a_machine_that_replaces_another_goes_on_with_its_database(hub: StandIn, file: Path) -> None:
    """The feed that was bound to the old machine is bound to the new one."""
    config = set_up(file)
    database = Database(config.database_url)
    with database.transaction() as session:
        LEDGER.open_feed(session, topics.node_feed("ruhrort"), "the old machine")
    hub.answering = lambda stand_in, body: welcoming(stand_in, body, is_replacement=True)
    assert typed(file, "join", hub.code.text).exit_code == 0
    with database.transaction() as session:
        LEDGER.open_feed(session, topics.node_feed("ruhrort"), open_install(config.key_file).instance)
    with database.reading() as session:
        health = LEDGER.feed_health(session, topics.node_feed("ruhrort"))
        assert health is not None
        assert health.fence == ""
    database.dispose()


def test_what_broke_off_after_the_answer_is_finished_by_the_same_command(hub: StandIn, file: Path) -> None:
    """The power failed between the settings and the database: the command makes what is missing."""
    typed(file, "join", hub.code.text)
    config = load_node(file, {})
    for path in config.data_folder.glob("node.sqlite*"):
        path.unlink()
    again = typed(file, "join", hub.code.text)
    assert (again.exit_code, "Sign in as 'leitung'" in again.output) == (0, True)


def test_a_centre_leaves(hub: StandIn, file: Path) -> None:
    """The hub is told in a signed call, the link is off, and what the city told is forgotten; the house stays."""
    typed(file, "join", hub.code.text)
    done = typed(file, "leave", "--yes")
    assert done.exit_code == 0, done.output
    assert hub.calls[-1] == "/anruf/austritt"
    config = load_node(file, {})
    assert (config.hub_public_key, config.broker_password, config.centre_id) == ("", "", "ruhrort")
    database = Database(config.database_url)
    with database.reading() as session:
        assert status(session, now(), LEDGER, "ruhrort").state == "off"
    database.dispose()
    assert "belongs to no city" in typed(file, "leave", "--yes").stderr
    assert typed(file, "join", hub.code.text).exit_code == 0
    assert "off since" not in typed(file, "link").output


def test_a_centre_that_the_city_let_go_leaves_too(hub: StandIn, file: Path) -> None:
    """The city does not know it any more: there is nobody left to tell. Any other refusal still counts."""
    typed(file, "join", hub.code.text)
    hub.refusing_calls = "clock"
    assert typed(file, "leave", "--yes").exit_code == 2
    hub.refusing_calls = "unknown"
    assert typed(file, "leave", "--yes").exit_code == 0
    assert load_node(file, {}).hub_public_key == ""


def test_a_centre_that_cannot_tell_the_city_does_not_leave(hub: StandIn, file: Path) -> None:
    """Unless somebody insists; asked about first, and `no` changes nothing."""
    typed(file, "join", hub.code.text)
    hub.stop()
    refused = typed(file, "leave", "--yes")
    assert (refused.exit_code, "cannot be reached" in refused.stderr) == (2, True)
    assert CliRunner().invoke(main, ["--config", str(file), "leave"], input="n\n").exit_code == 1
    assert load_node(file, {}).hub_public_key
    assert typed(file, "leave", "--yes", "--without-telling").exit_code == 0
    assert load_node(file, {}).hub_public_key == ""


def test_a_certificate_that_cannot_be_written_is_told_in_words(hub: StandIn, tmp_path: Path) -> None:
    """A full disk, for example; what stood in the link file still does."""
    (tmp_path / "data" / "broker-ca.pem").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"broker-ca\.pem: cannot be written"):
        service.join(hub.code, tmp_path / "data")
    assert not (tmp_path / "data" / "link.toml").exists()


def test_the_service_keeps_the_certificate_beside_the_link_file(hub: StandIn, tmp_path: Path) -> None:
    """A city whose broker has a certificate of a known authority needs no file; the next answer may bring one."""
    folder = tmp_path / "data"
    hub.answering = lambda stand_in, body: welcoming(stand_in, body, broker_ca="")
    assert service.join(hub.code, folder).broker_ca == ""
    assert not (folder / service.AUTHORITY_FILE).exists()
    hub.answering = welcoming
    service.join(hub.code, folder)
    assert str(folder / service.AUTHORITY_FILE) in (folder / "link.toml").read_text(encoding="utf-8")

"""Accounts mended at the machine itself, when nobody can sign in any more."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.app import create_app
from node.cli import main
from node.config import PREFIX, NodeConfig
from node.core import audit
from node.core.accounts import Account, people, second_factor
from shared.config import load
from shared.time import now
from shared.web.accounts import find_account, totp
from shared.web.accounts.service import check
from shared.web.actors import ActorKind

PASSWORD, OTHER = "a long enough password", "quite another password"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "node.toml"
    assert typed(file, "init", "--centre-id", "alt-hamborn", "--city", "duisburg").exit_code == 0
    return file


def typed(file: Path, *words: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(main, ["--config", str(file), *words], env={"STADTHERZ_PASSWORD": password})


def test_a_forgotten_password_is_replaced_at_the_machine(file: Path) -> None:
    """The account is open again with the new password, and the log names the command."""
    database = create_app(load(NodeConfig, file, {}, PREFIX)).extensions["stadtherz.database"]
    with database.transaction() as session:
        people.add_person(session, "Zweite", "lead", now=now())
        account = find_account(session, Account, "leitung")
        assert account is not None
        people.lock(session, account.id, by="", now=now())
    done = typed(file, "account", "password", "Leitung", password=OTHER)
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        opened = check(session, Account, "leitung", OTHER)
        assert opened is not None
        opened.refuse_sign_in(now())
        entry = audit.history(session, "accounts", opened.id)[0]
    assert (entry.actor_kind, entry.actor_id) == (ActorKind.COMMAND, "main account password")
    assert entry.changes == {"password_hash": None, "locked_at": None}
    database.dispose()


def test_a_second_factor_is_reset_at_the_machine(file: Path) -> None:
    """Phone and codes lost, nobody else leads: the machine's owner helps."""
    database = create_app(load(NodeConfig, file, {}, PREFIX)).extensions["stadtherz.database"]
    at, box = now(), second_factor.sealing("any")
    with database.transaction() as session:
        account = find_account(session, Account, "leitung")
        assert account is not None
        second_factor.begin(session, account, box, now=at)
        secret = second_factor.find_unconfirmed(session, account.id, box, now=at)
        assert secret is not None
        second_factor.confirm(session, account, totp.code_at(secret, totp.step_at(at)), box, now=at)
    assert typed(file, "account", "reset-second-factor", "leitung").exit_code == 0
    with database.reading() as session:
        again = find_account(session, Account, "leitung")
        assert again is not None
        assert again.second_step == ""
    database.dispose()


@pytest.mark.parametrize("command", ["password", "reset-second-factor"])
def test_an_unknown_name_is_told(file: Path, command: str) -> None:
    """One line and exit code 2."""
    refused = typed(file, "account", command, "niemand")
    assert (refused.exit_code, "no account named 'niemand'" in refused.stderr) == (2, True)

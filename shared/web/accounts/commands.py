"""The group `account`, which both commands have: what can be mended by whoever may use the machine itself."""

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from shared.database import Database
from shared.time import now
from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.people import People
from shared.web.accounts.second_factor import SecondFactors
from shared.web.accounts.service import UnknownAccount, add_account, change_password, find_account, list_accounts
from shared.web.commands import password_option

_NAMED = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")


def account_commands(
    people: People, factors: SecondFactors, usual: str, database_of: Callable[[Path | None], Database]
) -> click.Group:
    """Return the group `account` of one side; `usual` is the role of one who is not told otherwise.

    `database_of` gets the TOML file that was named (None if none was) and returns the database.
    """
    kind, roles = people.account, [str(role) for role in people.roles]

    @click.group("account")
    def account() -> None:
        """People who sign in here."""

    @account.command("add")
    @_NAMED
    @click.argument("name")
    @click.option("--role", type=click.Choice(roles), default=usual, show_default=True)
    @password_option
    @click.pass_obj
    def add(file: Path | None, config_file: Path | None, name: str, role: str, password: str) -> None:
        """Add an account."""
        with database_of(config_file or file).transaction() as session:
            add_account(session, kind, name, password, role, roles, now())
        click.echo(f"{name!r} can sign in now ({role}).")

    @account.command("list")
    @_NAMED
    @click.pass_obj
    def list_all(file: Path | None, config_file: Path | None) -> None:
        """List the accounts."""
        with database_of(config_file or file).reading() as session:
            for one in list_accounts(session, kind):
                click.echo(f"{one.name}\t{one.role}\t{one.signed_in_at or 'never signed in'}")

    for command in _ways_back_in(people, factors, database_of):
        account.add_command(command)
    return account


def _ways_back_in(
    people: People, factors: SecondFactors, database_of: Callable[[Path | None], Database]
) -> list[click.Command]:
    """Return what helps somebody who cannot sign in any more."""

    @click.command("password")
    @_NAMED
    @click.argument("name")
    @password_option
    @click.pass_obj
    def password(file: Path | None, config_file: Path | None, name: str, password: str) -> None:
        """Set a new password and open the account if it was locked; all its sessions end."""
        with database_of(config_file or file).transaction() as session:
            found = _known(people, session, name)
            change_password(found, password)
            people.unlock(session, found.id)
        click.echo(f"{found.name!r} can sign in with the new password.")

    @click.command("reset-second-factor")
    @_NAMED
    @click.argument("name")
    @click.pass_obj
    def reset_second_factor(file: Path | None, config_file: Path | None, name: str) -> None:
        """Let somebody sign in with the password alone whose phone and recovery codes are lost."""
        with database_of(config_file or file).transaction() as session:
            found = _known(people, session, name)
            factors.reset(session, found)
        click.echo(f"{found.name!r} signs in with the password alone, from {now():%Y-%m-%d %H:%M} UTC on.")

    return [password, reset_second_factor]


def _known(people: People, session: Session, name: str) -> AccountColumns:
    found: AccountColumns | None = find_account(session, people.account, name)
    if found is None:
        raise UnknownAccount(name)
    return found

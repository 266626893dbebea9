"""`account add` and `account list`, which both commands have."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from shared.database import Database
from shared.time import now
from shared.web.accounts.service import add_account, list_accounts
from shared.web.commands import password_option


def account_commands(
    kind: type[Any], roles: Sequence[str], usual: str, database_of: Callable[[Path | None], Database]
) -> click.Group:
    """Return the group `account` for accounts of `kind`; `usual` is the role of one who is not told otherwise.

    `database_of` gets the TOML file that was named (None if none was) and returns the database.
    """

    @click.group("account")
    def account() -> None:
        """People who sign in here."""

    named = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")

    @account.command("add")
    @named
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
    @named
    @click.pass_obj
    def list_all(file: Path | None, config_file: Path | None) -> None:
        """List the accounts."""
        with database_of(config_file or file).reading() as session:
            for one in list_accounts(session, kind):
                click.echo(f"{one.name}\t{one.role}\t{one.signed_in_at or 'never signed in'}")

    return account

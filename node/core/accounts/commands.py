"""What of the accounts can be mended without signing in: by whoever may use the machine itself."""

from collections.abc import Callable
from pathlib import Path

import click

from node.core.accounts import Account, Role, second_factor
from node.core.accounts.people import unlock
from shared.database import Database
from shared.time import now
from shared.web.accounts import UnknownAccount, change_password, find_account
from shared.web.accounts.commands import account_commands
from shared.web.commands import password_option

_named = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")


def commands(database_of: Callable[[Path | None], Database]) -> click.Group:
    """Return the group `account` of a node."""
    group = account_commands(Account, [str(role) for role in Role], str(Role.RECEPTION), database_of)

    @group.command("password")
    @_named
    @click.argument("name")
    @password_option
    @click.pass_obj
    def password(file: Path | None, config_file: Path | None, name: str, password: str) -> None:
        """Set a new password and open the account if it was locked; all its sessions end."""
        with database_of(config_file or file).transaction() as session:
            account = find_account(session, Account, name)
            if account is None:
                raise UnknownAccount(name)
            change_password(account, password)
            unlock(session, account.id)
        click.echo(f"{account.name!r} can sign in with the new password.")

    @group.command("reset-second-factor")
    @_named
    @click.argument("name")
    @click.pass_obj
    def reset_second_factor(file: Path | None, config_file: Path | None, name: str) -> None:
        """Let somebody sign in with the password alone whose phone and recovery codes are lost."""
        with database_of(config_file or file).transaction() as session:
            account = find_account(session, Account, name)
            if account is None:
                raise UnknownAccount(name)
            second_factor.reset(session, account)
        click.echo(f"{account.name!r} signs in with the password alone, from {now():%Y-%m-%d %H:%M} UTC on.")

    return group

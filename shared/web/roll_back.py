"""`roll-back`: the way back to the program and the database from before the last upgrade."""

from collections.abc import Callable
from pathlib import Path

import click

from shared.database import Database
from shared.upgrade_copies import roll_back


def roll_back_command(database_of: Callable[[Path | None], Database]) -> click.Command:
    """Return the command; `database_of` gets the TOML file that was named."""

    @click.command("roll-back")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.confirmation_option(prompt="What was typed since the upgrade will stand only in a file aside. Go back?")
    @click.pass_obj
    def command(file: Path | None, config_file: Path | None) -> None:
        """Put the database from before the last upgrade in place, for the older program.

        Needed only where the older program says that it cannot work with the database. Stop the program first.
        """
        version = roll_back(database_of(config_file or file))
        click.echo(f"The database is the one of version {version} again. What stood there is kept beside it.")

    return command

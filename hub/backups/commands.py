"""`stadtherz-hub backup FOLDER`, `backup-set-up` and `restore`: the hub's own backup, for a timer and for a bad day.

Rule: the recovery code is asked for and not shown; it stands in no command line and no history of a shell.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from hub.backups import own, restoring
from hub.backups.restoring import CreateApp, TakeOver
from hub.config import HubConfig
from hub.core.in_use import in_nobodys_use
from shared.backup import places
from shared.backup.progress import shown
from shared.database import Database
from shared.time import now

CODE_VARIABLE = "STADTHERZ_RECOVERY_CODE"
Settings = Callable[[Path | None], HubConfig]


def add_to(main: click.Group, create_app: CreateApp, take_over: TakeOver, settings: Settings) -> None:
    """Add the commands to `main`, whose object is the file of settings."""
    main.add_command(_set_up(settings))
    main.add_command(_backup(settings))
    main.add_command(_restore(settings, (create_app, take_over)))


def config_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")(function)


def _set_up(settings: Settings) -> click.Command:
    @click.command("backup-set-up")
    @config_option
    @click.pass_obj
    def set_up(file: Path | None, config_file: Path | None) -> None:
        """Make a new recovery code for the hub's backups and print it, this once."""
        click.echo(own.set_up(settings(config_file or file)))
        click.echo("Put it into the safe. It is kept nowhere, and nobody can make it again.", err=True)

    return set_up


def _backup(settings: Settings) -> click.Command:
    @click.command("backup")
    @config_option
    @click.argument("folder", type=click.Path(path_type=Path))
    @click.option("--prepare", is_flag=True, help="Let FOLDER take backups from now on; needed once.")
    @click.pass_obj
    def backup(file: Path | None, config_file: Path | None, folder: Path, prepare: bool) -> None:
        """Write the hub's encrypted backup into FOLDER, and its keys into a second file; read both back."""
        config = settings(config_file or file)
        if prepare:
            places.prepare(folder)
        database = Database(config.database_url)
        try:
            with shown() as progress:
                written = own.back_up(config, database, folder, now(), progress)
        finally:
            database.dispose()
        found = ", ".join(f"{count} {what}" for what, count in _sums(written.found).items())
        click.echo(f"{written.database}: {found} read back, {written.database.stat().st_size} bytes")
        click.echo(f"{written.keys}: the keys; keep it at another place than the database if you can")

    return backup


def _restore(settings: Settings, hands: tuple[CreateApp, TakeOver]) -> click.Command:
    @click.command("restore")
    @config_option
    @click.argument("backup", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--keys", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The file with the keys."
    )
    @click.option("--replace", is_flag=True, help="Put a SQLite database that is there aside.")
    @click.pass_obj
    def restore(file: Path | None, config_file: Path | None, backup: Path, keys: Path | None, replace: bool) -> None:
        """Bring the hub back from BACKUP. Stop it first."""
        config = settings(config_file or file)
        code = os.environ.get(CODE_VARIABLE) or click.prompt("Recovery code (it is not shown)", hide_input=True)
        with in_nobodys_use(config.data_folder), shown() as progress:
            done = restoring.restore(config, (backup, keys), code, hands, now(), replace=replace, progress=progress)
        click.echo(f"Restored: the hub of {config.city}, as of {done.made_at:%Y-%m-%d %H:%M} UTC.")
        click.echo(f"Keys put in place: {', '.join(done.keys) or 'none'}.")
        click.echo(f"Revoked again: {', '.join(done.revoked) or 'nobody'}.")
        click.echo("This machine is the city's hub now. Start it: the centres bring what the backup lacks.")

    return restore


def _sums(found: Mapping[str, int]) -> dict[str, int]:
    return dict(found) if "parts" in found else {"tables": len(found), "rows": sum(found.values())}

"""`stadtherz-node backup …` and `stadtherz-node recover`: the same as the page, and what a page cannot do.

Rule: the recovery code is asked for and not shown; it stands in no command line and no history of a shell.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask

from node.backup import places as house_places
from node.backup import recovering, service, spreading
from node.backup.models import HUB
from node.config import NodeConfig
from node.core.db import database, reading, transaction
from shared.backup import places
from shared.backup.progress import shown
from shared.errors import ConfigError
from shared.time import now
from shared.web.actors import Actor, ActorKind, act_as

CODE_VARIABLE = "STADTHERZ_RECOVERY_CODE"
CreateApp = Callable[[NodeConfig], Flask]
Settings = Callable[[Path | None], NodeConfig]


def add_to(main: click.Group, create_app: CreateApp, existing: Settings) -> None:
    """Add the commands to `main`; `existing` returns the settings of a centre that is there."""
    main.add_command(_backup(create_app, existing))
    main.add_command(_recover(create_app))


def config_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")(function)


def _backup(create_app: CreateApp, existing: Settings) -> click.Group:
    group = click.Group("backup", help="Encrypted backups of this centre.")
    for command in (_set_up, _make_now, _status):
        group.add_command(command(create_app, existing))
    group.add_command(_prepare(existing))
    return group


def _set_up(create_app: CreateApp, existing: Settings) -> click.Command:
    @click.command("set-up")
    @config_option
    @click.pass_obj
    def set_up(file: Path | None, config_file: Path | None) -> None:
        """Make a new recovery code and print it, this once: write it down and put it into the safe."""
        with _app(create_app, existing(config_file or file), "backup set-up"), transaction() as session:
            code = service.set_up(session, now())
        click.echo(code)
        click.echo("Put it into the safe. It is kept nowhere, and nobody can make it again.", err=True)

    return set_up


def _prepare(existing: Settings) -> click.Command:
    @click.command("prepare")
    @config_option
    @click.argument("folder", type=click.Path(path_type=Path))
    @click.pass_obj
    def prepare(file: Path | None, config_file: Path | None, folder: Path) -> None:
        """Let FOLDER (a stick, say) take backups; it has to stand in the setting backup_folders, too."""
        config = existing(config_file or file)
        places.prepare(folder)
        if house_places.is_on_same_disk(config, folder):
            click.echo("It lies on the same disk as the records: if that breaks, both are gone.", err=True)
        if folder not in house_places.folders(config):
            click.echo(f'Now write it into the settings: backup_folders = "{folder}"', err=True)

    return prepare


def _make_now(create_app: CreateApp, existing: Settings) -> click.Command:
    @click.command("now")
    @config_option
    @click.pass_obj
    def make_now(file: Path | None, config_file: Path | None) -> None:
        """Make a backup, read it back, and bring it to every place; exit code 1 if one place did not get it."""
        config = existing(config_file or file)
        with _app(create_app, config, "backup now"), shown() as progress:
            runs = spreading.back_up(config, database(), now(), progress)
        if not runs:
            raise ConfigError("there is no recovery code or no place yet: `backup set-up`, setting backup_folders.")
        for run in runs:
            click.echo(f"{run.place}\t{run.problem or 'good'}\t{run.rows} rows read back\t{run.bytes} bytes")
        if any(run.problem for run in runs):
            click.get_current_context().exit(1)

    return make_now


def _status(create_app: CreateApp, existing: Settings) -> click.Command:
    @click.command("status")
    @config_option
    @click.pass_obj
    def status(file: Path | None, config_file: Path | None) -> None:
        """Say how old the last good backup is, at every place; exit code 1 if there is a worry."""
        config = existing(config_file or file)
        at = now()
        with _app(create_app, config, "backup status"), reading() as session:
            found = service.standing(session, at)
            for place in [*(str(folder) for folder in house_places.folders(config)), HUB]:
                run = service.last_run(session, at, place)
                if run is not None:
                    click.echo(f"{place}\t{run.problem or 'good'}\t{service.last_good(session, at, place) or 'never'}")
        click.echo(f"last good backup: {found.made_at or 'never'}{f' ({found.worry})' if found.worry else ''}")
        if found.worry:
            click.get_current_context().exit(1)

    return status


def _recover(create_app: CreateApp) -> click.Command:
    @click.command("recover")
    @config_option
    @click.option("--data-folder", type=click.Path(path_type=Path), help="Default: `data` beside the TOML file.")
    @click.option(
        "--from", "source", type=click.Path(path_type=Path), help="A backup, or a folder (a stick) with some."
    )
    @click.option("--from-hub", is_flag=True, help="Fetch the last backup that lies at the city's hub.")
    @click.option("--join", "join_code", help="The city's code for a replacement machine; `-` asks for it.")
    @click.option("--without-hub", is_flag=True, help="The hub cannot be reached: recover, and keep the pages closed.")
    @click.option("--web-host")
    @click.option("--web-port", type=int)
    @click.pass_obj
    def recover(
        file: Path | None,
        /,
        config_file: Path | None,
        *,
        data_folder: Path | None,
        source: Path | None,
        from_hub: bool,
        join_code: str | None,
        without_hub: bool,
        **given: Any,
    ) -> None:
        """Make this new machine the centre again: from a backup, the code in the safe, and the city's code."""
        target = config_file or file
        if target is None:
            raise ConfigError("no settings: name the TOML file that is to be written, with --config.")
        code = os.environ.get(CODE_VARIABLE) or click.prompt("Recovery code (it is not shown)", hide_input=True)
        wish = recovering.Wish(
            file=target,
            data_folder=data_folder,
            source=source,
            from_hub=from_hub,
            join_code=_asked(join_code),
            without_hub=without_hub,
            given={name: value for name, value in given.items() if value is not None},
        )
        with shown() as progress:
            done = recovering.recover(wish, recovering.Means(code, create_app, now(), progress))
        for line in recovering.report(done, target):
            click.echo(line)

    return recover


def _asked(join_code: str | None) -> str | None:
    """Return the city's code; `-` asks for it, so that it stands in no history either."""
    return click.prompt("The city's code for a replacement machine") if join_code == "-" else join_code


@contextmanager
def _app(create_app: CreateApp, config: NodeConfig, command: str) -> Iterator[Flask]:
    """Yield the app in its context, as the command that acts."""
    app = create_app(config)
    with app.app_context():
        act_as(Actor(ActorKind.COMMAND, command))
        try:
            yield app
        finally:
            database().dispose()

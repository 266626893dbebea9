"""`stadtherz-hub`: set up the city's hub, run it, look after accounts and centres."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import click
from flask import Flask
from sqlalchemy.orm import Session

from hub import ingest
from hub.app import closed, create_app
from hub.backups import commands as backups
from hub.backups import departures, restoring
from hub.city.commands import city_commands
from hub.city.service import plant_districts
from hub.config import PREFIX, HubConfig
from hub.core import audit as log
from hub.core import jobs
from hub.core.accounts import PEOPLE, SECOND_FACTORS, Account, Role
from hub.core.broker.commands import broker_commands
from hub.core.db import LEDGER
from hub.core.in_use import in_use
from hub.ingest.alone import alone
from hub.network.commands import centre_commands
from hub.network.key_commands import key_commands
from hub.network.queries import feeds_with_set_aside
from hub.network.rights_jobs import membership_in
from hub.occupancy.commands import occupancy_commands
from hub.reports.commands import report_commands
from hub.themes.service import plant_first_themes
from shared.config import load
from shared.database import Database
from shared.errors import ConfigError
from shared.keys import open_install
from shared.replication.judging import judge_all_again
from shared.time import now
from shared.web.accounts import add_account
from shared.web.accounts.commands import account_commands
from shared.web.actors import ACTOR_ID_LENGTH_MAX, Actor, ActorKind
from shared.web.beginning import Beginning
from shared.web.closed import opened
from shared.web.commands import (
    Command,
    ended_by_signals,
    log_to_stderr,
    password_option,
    refuse_short,
    serve,
    write_settings,
)
from shared.web.roll_back import roll_back_command
from shared.web.settings import new_secret, write_secret

_LOG = logging.getLogger(__name__)
ROLES = tuple(str(role) for role in Role)


@click.group(cls=Command)
@click.option("--config", "file", type=click.Path(path_type=Path), envvar=f"{PREFIX}_CONFIG", help="The TOML file.")
@click.pass_context
def main(ctx: click.Context, file: Path | None) -> None:
    """The city's hub: its site and the network of the centres."""
    ctx.obj = file


def config_option(function: click.decorators.FC) -> click.decorators.FC:
    """Let `--config` stand behind the command too: `stadtherz-hub run --config hub.toml`."""
    return click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")(function)


@main.command()
@config_option
@click.option("--city", required=True, help="Name of the city in the network: a-z, 0-9, hyphens.")
@click.option("--city-name", help="Name of the city as people write it.")
@click.option("--data-folder", type=click.Path(path_type=Path), help="Default: a folder `data` beside the TOML file.")
@click.option("--database", help="For example postgresql://…; default: SQLite in the data folder.")
@click.option("--district", "districts", multiple=True, help="A district of the city; once for each, in their order.")
@click.option("--time-zone", help="Default: Europe/Berlin.")
@click.option("--web-host")
@click.option("--web-port", type=int)
@click.option("--broker-host")
@click.option("--broker-port", type=int)
@click.option("--broker-user")
@click.option("--broker-password", envvar=f"{PREFIX}_BROKER_PASSWORD")
@click.option("--broker-tls/--no-broker-tls", default=None)
@click.option("--account", default="verwaltung", show_default=True, help="Name of the first account; it may do all.")
@password_option
@click.pass_obj
def init(
    file: Path | None,
    /,
    *,
    config_file: Path | None,
    account: str,
    password: str,
    data_folder: Path | None,
    districts: tuple[str, ...],
    **given: object,
) -> None:
    """Write the settings, the keys, the database and the first account; print the public key."""
    target = _named(config_file or file)
    refuse_short(password)
    folder = (data_folder or target.parent / "data").resolve()
    if (folder / "signing.key").exists():
        raise ConfigError(f"{folder}: holds a hub already. Nothing was changed; choose another --data-folder.")
    settings = {name: value for name, value in given.items() if value is not None}
    write_settings(target, HubConfig, PREFIX, {**settings, "data_folder": folder})
    try:
        config = load(HubConfig, target, {}, PREFIX)
    except ConfigError:
        target.unlink()
        raise
    write_secret(config.secret_file, new_secret())
    install = open_install(config.key_file)
    database: Database = create_app(config).extensions["stadtherz.database"]
    with database.transaction() as session:
        add_account(session, Account, account, password, Role.ADMINISTRATOR, ROLES, now())
        plant_first_themes(session)
        plant_districts(session, districts)
    database.dispose()
    click.echo(f"{target}: written. Sign in as {account!r}. Public key of the hub, for `init` of each centre:")
    click.echo(install.public_key.text)


@main.command()
@config_option
@click.pass_obj
def run(file: Path | None, config_file: Path | None) -> None:
    """Run the site, the jobs and the ingest of all centres until Ctrl-C or SIGTERM."""
    with _running(file, config_file) as (app, config), _receiving(app, config):
        _serving(app, config)


@main.command("web")
@config_option
@click.pass_obj
def web(file: Path | None, config_file: Path | None) -> None:
    """Run the site and the jobs only, beside a process that runs `ingest`."""
    with _running(file, config_file) as (app, config):
        _serving(app, config)


@main.command("ingest")
@config_option
@click.pass_obj
def receive(file: Path | None, config_file: Path | None) -> None:
    """Run the ingest of all centres only, beside a process that runs `web`; with PostgreSQL any number of it."""
    with _running(file, config_file, has_site=False) as (app, config), _receiving(app, config):
        Event().wait()


@contextmanager
def _running(
    file: Path | None, config_file: Path | None, *, has_site: bool = True
) -> Iterator[tuple[Flask, HubConfig]]:
    """Yield the app until a signal comes."""
    config = _settings(config_file or file)
    log_to_stderr(config.log_format)
    with ended_by_signals(), in_use(config.data_folder):
        restoring.refuse_half_restored(config.data_folder)
        create, where = partial(create_app, config), (config.web_host, config.web_port)
        app = opened(create, partial(closed, config), *where) if has_site else create()
        try:
            yield app, config
        finally:
            app.extensions["stadtherz.database"].dispose()


@contextmanager
def _receiving(app: Flask, config: HubConfig) -> Iterator[None]:
    database: Database = app.extensions["stadtherz.database"]
    app.extensions[ingest.EXTENSION] = None

    def begin() -> None:
        if database.is_sqlite:
            with database.transaction() as session:  # several ingests do so themselves, each with those it serves
                judge_all_again(session, LEDGER, sorted(feeds_with_set_aside(session)))
        departures.catch_up(config.data_folder, database, LEDGER)
        app.extensions[ingest.EXTENSION] = ingest.start(config, database, LEDGER)

    beginning = Beginning("the ingest", begin)
    with alone(config.data_folder, is_sqlite=database.is_sqlite):
        beginning.begin()
        try:
            yield
        finally:
            beginning.stop()
            if running := app.extensions[ingest.EXTENSION]:
                running.stop()


def _serving(app: Flask, config: HubConfig) -> None:
    jobs.start(app)
    try:
        serve(app, config.web_host, config.web_port, config.web_threads, config.trusted_proxies)
    finally:
        jobs.stop(app)


@main.command("public-key")
@config_option
@click.pass_obj
def public_key(file: Path | None, config_file: Path | None) -> None:
    """Print the hub's public key, which each centre's settings need."""
    click.echo(open_install(_settings(config_file or file).key_file).public_key.text)


@main.command("take-over")
@config_option
@click.pass_obj
def take_over(file: Path | None, config_file: Path | None) -> None:
    """Let this machine go on with a database that came from another one."""
    config = _settings(config_file or file)
    database = _database(config)
    with database.transaction() as session:
        _take_over(config, database, session)
    click.echo("This machine is the city's hub now.")


def _take_over(config: HubConfig, database: Database, session: Session) -> None:
    ingest.Ingest(config, database, LEDGER).take_over(session)


def _named(file: Path | None) -> Path:
    if file is None:
        raise ConfigError(f"no settings: name the TOML file with --config or {PREFIX}_CONFIG.")
    return file


def _settings(file: Path | None) -> HubConfig:
    return load(HubConfig, _named(file), os.environ, PREFIX)


def _database(config: HubConfig) -> Database:
    database = Database(config.database_url)
    LEDGER.watch(database)
    command = click.get_current_context().command_path[:ACTOR_ID_LENGTH_MAX]
    log.watch(database, now, lambda: Actor(ActorKind.COMMAND, command))
    return database


main.add_command(
    account_commands(PEOPLE, SECOND_FACTORS, str(Role.EDITOR), lambda file: _database(_settings(file))),
)
main.add_command(report_commands(lambda file: (_settings(file), _database(_settings(file)))))
main.add_command(occupancy_commands(lambda file: (_settings(file), _database(_settings(file)))))
main.add_command(centre_commands(lambda file: (_settings(file), _database(_settings(file)))))
main.add_command(key_commands(lambda file: (_settings(file), _database(_settings(file)))))
main.add_command(
    broker_commands(lambda file: (_settings(file), _database(_settings(file))), membership_in),
)
main.add_command(city_commands(lambda file: _database(_settings(file))))
backups.add_to(main, create_app, _take_over, _settings)
main.add_command(roll_back_command(lambda file: Database(_settings(file).database_url)))


if __name__ == "__main__":
    main()

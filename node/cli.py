"""`stadtherz-node`: set up a centre, run it, look after accounts and the link."""

import logging
import os
import time
from functools import partial
from pathlib import Path

import click
from flask import Flask

from node import link as city_link
from node.app import closed, create_app
from node.backup import commands as backup
from node.backup import waiting
from node.config import PREFIX, NodeConfig, load_node
from node.core import audit, jobs
from node.core.accounts import Account, Role
from node.core.accounts.people import PEOPLE
from node.core.accounts.second_factor import SECOND_FACTORS
from node.core.db import LEDGER
from node.joining import commands as joining
from node.joining import renewal
from node.link.commands import key_commands
from node.privacy import commands as privacy
from node.sensors.listener import Listener
from shared import topics
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
    spare_memory,
    write_settings,
)
from shared.web.roll_back import roll_back_command
from shared.web.settings import new_secret, write_secret

_LOG = logging.getLogger(__name__)
ROLES = tuple(str(role) for role in Role)
DEMO_VARIABLE = "STADTHERZ_DEMO"
LET_GO_S = 10.0  # a courier looks at the switch every second; a slow card may hold it up


@click.group(cls=Command)
@click.option("--config", "file", type=click.Path(path_type=Path), envvar=f"{PREFIX}_CONFIG", help="The TOML file.")
@click.pass_context
def main(ctx: click.Context, file: Path | None) -> None:
    """A neighbourhood centre: its site and its link to the city."""
    ctx.obj = file


def config_option(function: click.decorators.FC) -> click.decorators.FC:
    """Let `--config` stand behind the command too: `stadtherz-node run --config node.toml`."""
    return click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")(function)


@main.command()
@config_option
@click.option("--centre-id", required=True, help="Name of the centre in the network: a-z, 0-9, hyphens.")
@click.option("--city", required=True, help="Name of the city in the network.")
@click.option("--data-folder", type=click.Path(path_type=Path), help="Default: a folder `data` beside the TOML file.")
@click.option("--time-zone", help="Default: Europe/Berlin.")
@click.option("--web-host")
@click.option("--web-port", type=int)
@click.option("--broker-host")
@click.option("--broker-port", type=int)
@click.option("--broker-user")
@click.option("--broker-password", envvar=f"{PREFIX}_BROKER_PASSWORD")
@click.option("--broker-tls/--no-broker-tls", default=None)
@click.option("--hub-public-key", help="What `stadtherz-hub public-key` printed.")
@click.option(
    "--account", default="leitung", show_default=True, help="Name of the first account; it may do everything."
)
@password_option
@click.pass_obj
def init(
    file: Path | None,
    /,
    config_file: Path | None,
    account: str,
    password: str,
    data_folder: Path | None,
    **given: object,
) -> None:
    """Write the settings, the keys, the database and the first account; print the public key."""
    target = _named(config_file or file)
    refuse_short(password)
    folder = (data_folder or target.parent / "data").resolve()
    if (folder / "node.sqlite").exists():
        raise ConfigError(f"{folder}: holds a centre already. Nothing was changed; choose another --data-folder.")
    settings = {name: value for name, value in given.items() if value is not None}
    write_settings(target, NodeConfig, PREFIX, {**settings, "data_folder": folder})
    try:
        config = load(NodeConfig, target, {}, PREFIX)
    except ConfigError:
        target.unlink()
        raise
    write_secret(config.secret_file, new_secret())
    install = open_install(config.key_file)
    database: Database = create_app(config).extensions["stadtherz.database"]
    with database.transaction() as session:
        add_account(session, Account, account, password, Role.LEAD, ROLES, now())
    database.dispose()
    click.echo(f"{target}: written. Sign in as {account!r}. Public key of this centre, for `centre admit` at the hub:")
    click.echo(install.public_key.text)


@main.command()
@config_option
@click.pass_obj
def run(file: Path | None, config_file: Path | None) -> None:
    """Run the site, the link and the jobs until Ctrl-C or SIGTERM; on a new machine first its first page."""
    target = _named(config_file or file)
    if not target.exists():
        joining.serve_first_start(target, create_app)
    config = _settings(config_file or file)
    waiting.refuse_half_recovered(config.data_folder)
    log_to_stderr(config.log_format)
    spare_memory()
    with ended_by_signals():
        app = opened(lambda: create_app(config), partial(closed, config), config.web_host, config.web_port)
        database: Database = app.extensions["stadtherz.database"]
        app.extensions[city_link.EXTENSION] = None
        beginning = Beginning("the link", partial(_begin, app, config, database))
        sensors = Listener(lambda: app.extensions["stadtherz.config"], database)
        renewal.watch(app, target, database)
        try:
            beginning.begin()
            sensors.start()
            jobs.start(app)
            serve(app, config.web_host, config.web_port, config.web_threads, config.trusted_proxies)
        finally:
            jobs.stop(app)
            beginning.stop()
            sensors.stop()
            if running := app.extensions[city_link.EXTENSION]:
                running.stop()
            database.dispose()


def _begin(app: Flask, config: NodeConfig, database: Database) -> None:
    """Start the link; a recovered house that has to hear first who was erased starts it when it has."""
    with database.transaction() as session:  # this may be a newer program, which understands what was set aside
        judge_all_again(session, LEDGER, [topics.hub_feed(config.centre_id)])
    with app.app_context():
        waiting.catch_up(app, config)
        waits = not waiting.ask_hub(app, config)
    if config.hub_public_key and not waits:
        told: NodeConfig = app.extensions["stadtherz.config"]  # there may be new credentials since
        app.extensions[city_link.EXTENSION] = city_link.start(told, database, LEDGER)


@main.command("public-key")
@config_option
@click.pass_obj
def public_key(file: Path | None, config_file: Path | None) -> None:
    """Print this centre's public key."""
    click.echo(open_install(_settings(config_file or file).key_file).public_key.text)


@main.command()
@config_option
@click.option("--centre", help="A centre of the demo, instead of --config.")
@click.argument("wanted", type=click.Choice(["on", "off", "status", "take-over"]), default="status")
@click.pass_obj
def link(file: Path | None, config_file: Path | None, centre: str | None, wanted: str) -> None:
    """Switch the link to the city on or off, or say how it stands.

    `take-over` lets this machine go on with a database that came from another one.
    """
    config = _settings(_of_demo(centre) if centre else config_file or file)
    database = _database(config)
    if wanted in ("on", "off"):
        with database.transaction() as session:
            city_link.set_link(session, wanted == "on", now())
    if wanted == "off":
        _wait_until_cut(database)
    if wanted == "take-over":
        with database.transaction() as session:
            city_link.Link(config, database, LEDGER).take_over(session)
    with database.reading() as session:
        found = city_link.status(session, now(), LEDGER, config.centre_id)
    since = f" since {found.since:%Y-%m-%d %H:%M:%S} UTC" if found.since else ""
    reason = f" ({found.reason})" if found.reason else ""
    click.echo(f"{config.centre_id}: {found.state}{since}, {found.waiting} waiting{reason}")


def _wait_until_cut(database: Database) -> None:
    """Wait until the running node has let go: what is written after the command is written without a link."""
    give_up_at = time.monotonic() + LET_GO_S
    while time.monotonic() < give_up_at:
        with database.reading() as session:
            if city_link.has_let_go(session, now()):
                return
        time.sleep(0.1)
    click.echo("The node has not let go of its connection yet; it will as soon as it can.", err=True)


def _of_demo(centre: str) -> Path:
    folder = Path(os.environ.get(DEMO_VARIABLE, ".demo")) / "centres"
    file = folder / centre / "node.toml"
    if not file.exists():
        known = ", ".join(sorted(path.parent.name for path in folder.glob("*/node.toml"))) or "none"
        raise ConfigError(f"{file}: there is no such centre of the demo. Centres: {known}.")
    return file


def _named(file: Path | None) -> Path:
    if file is None:
        raise ConfigError(f"no settings: name the TOML file with --config or {PREFIX}_CONFIG.")
    return file


def _settings(file: Path | None) -> NodeConfig:
    return load_node(_named(file), os.environ)


def _database(config: NodeConfig) -> Database:
    database = Database(_existing(config).database_url)
    LEDGER.watch(database)
    command = click.get_current_context().command_path[:ACTOR_ID_LENGTH_MAX]
    audit.watch(database, now, lambda: Actor(ActorKind.COMMAND, command), None)
    return database


def _existing(config: NodeConfig) -> NodeConfig:
    """Return the settings if the centre's database exists; a wrong folder would otherwise make an empty one."""
    if not (config.data_folder / "node.sqlite").exists():
        raise ConfigError(f"data_folder {config.data_folder}: there is no database. Run `stadtherz-node init` first.")
    return config


main.add_command(account_commands(PEOPLE, SECOND_FACTORS, str(Role.RECEPTION), lambda file: _database(_settings(file))))
joining.add_to(main, create_app, _database)
backup.add_to(main, create_app, lambda file: _existing(_settings(file)))
main.add_command(privacy.commands(lambda file: create_app(_existing(_settings(file)))))
main.add_command(key_commands(_settings, _database))
main.add_command(roll_back_command(lambda file: Database(_existing(_settings(file)).database_url)))


if __name__ == "__main__":
    main()

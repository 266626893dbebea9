"""`stadtherz-node join`, `leave`, `first-start`, `fingerprint`: joining and leaving, for a terminal."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import tomli_w
from flask import Flask

from node.config import PREFIX, NodeConfig, load_node
from node.joining import existing, first_start, founding, leaving, service
from node.joining.founding import First, Place
from shared.config import load
from shared.database import Database
from shared.errors import ConfigError
from shared.joining import read_code
from shared.joining.letters import Welcome
from shared.time import now
from shared.web.commands import PASSWORD_VARIABLE, log_to_stderr

CreateApp = Callable[[NodeConfig], Flask]
OpenDatabase = Callable[[NodeConfig], Database]


def add_to(main: click.Group, create_app: CreateApp, open_database: OpenDatabase) -> None:
    """Add the commands to `main`, whose object is the file of settings."""
    main.add_command(_join(create_app, open_database))
    main.add_command(_leave(open_database))
    main.add_command(_first_start(create_app))
    main.add_command(_fingerprint())


def _options_of_place(function: click.decorators.FC) -> click.decorators.FC:
    """Add what a new centre needs to know of its machine."""
    for option in (
        click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file."),
        click.option("--data-folder", type=click.Path(path_type=Path), help="Default: `data` beside the TOML file."),
        click.option("--web-host", help="Where the site listens; 0.0.0.0 for the whole house."),
        click.option("--web-port", type=int),
    ):
        function = option(function)
    return function


def _join(create_app: CreateApp, open_database: OpenDatabase) -> click.Command:
    @click.command("join")
    @_options_of_place
    @click.argument("code")
    @click.option("--account", default="leitung", show_default=True, help="Name of the first account of a new centre.")
    @click.option("--password", envvar=PASSWORD_VARIABLE, help="Its password; asked for if left out.")
    @click.pass_obj
    def join(
        file: Path | None, /, config_file: Path | None, *, code: str, account: str, password: str | None, **place: Any
    ) -> None:
        """Join the city with the code that it gave you: a new centre, or one that has worked without a city."""
        target, wanted = _named(config_file or file), read_code(code)
        config = _settings_of(target)
        is_new = config is None or not founding.is_founded(config)
        first = First(account, (password or _asked()) if is_new else "")
        if is_new:
            first.refuse_weak()
        folder = config.data_folder if config else founding.data_folder_of(target, place["data_folder"])
        welcome = existing.join(target, config, wanted) if config else service.join(wanted, folder)
        if is_new:
            founding.found(Place(target, folder, _given(place)), welcome, first, create_app)
        elif config:
            database = open_database(config)
            with database.transaction() as session:
                existing.go_on(session, load_node(target, os.environ), welcome, now())
            database.dispose()
        then = f"Sign in as {account!r}. Start it" if is_new else "If it is running, it has noticed. Else start it"
        _tell(welcome, folder, f"{then}: stadtherz-node run --config {target}")

    return join


def _leave(open_database: OpenDatabase) -> click.Command:
    @click.command("leave")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @click.option("--without-telling", is_flag=True, help="The city knows already, or its hub is gone.")
    @click.pass_obj
    def leave(file: Path | None, /, config_file: Path | None, *, yes: bool, without_telling: bool) -> None:
        """Leave the city: it believes this machine no longer and sends it nothing; the house works on by itself."""
        target = _named(config_file or file)
        config = load_node(target, os.environ)
        if not yes:
            click.confirm(f"Shall {config.centre_id} leave the network of {config.city}?", abort=True)
        database = open_database(config)
        leaving.leave(config, database, now(), tell=not without_telling)
        database.dispose()
        click.echo(f"{config.centre_id} has left. What it reported stays with the city. To come back, ask for a code.")
        if load(NodeConfig, target, os.environ, PREFIX).hub_public_key:
            click.echo(
                f"{target}: remove hub_public_key and what begins with broker_, else the centre tries to connect."
            )

    return leave


def _first_start(create_app: CreateApp) -> click.Command:
    @click.command("first-start")
    @_options_of_place
    @click.pass_obj
    def first_start_(file: Path | None, /, config_file: Path | None, **place: Any) -> None:
        """Serve the page on which a new centre joins; ends when it has. `run` does this by itself."""
        target = _named(config_file or file)
        if target.exists():
            raise ConfigError(f"{target}: there is a centre already. Start it: stadtherz-node run --config {target}")
        serve_first_start(target, create_app, place["data_folder"], _given(place))

    return first_start_


def serve_first_start(
    file: Path, create_app: CreateApp, data_folder: Path | None = None, given: Mapping[str, Any] | None = None
) -> None:
    """Serve the page of the first start until the centre has joined."""
    log_to_stderr("plain")
    folder = founding.data_folder_of(file, data_folder)
    first_start.serve(Place(file, folder, dict(given or {})), _where(given or {}), create_app)


def _where(given: Mapping[str, Any]) -> tuple[str, int]:
    """Return where the site is going to listen, as its settings will say."""
    told = {"centre_id": "new", "city": "new", "data_folder": "new", **given}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "node.toml"
        file.write_text(tomli_w.dumps(told), encoding="utf-8")
        config = load(NodeConfig, file, os.environ, PREFIX)
    return config.web_host, config.web_port


def _fingerprint() -> click.Command:
    @click.command("fingerprint")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.pass_obj
    def fingerprint(file: Path | None, config_file: Path | None) -> None:
        """Print the letters of this installation; the city's desk shows the same."""
        click.echo(service.own_letters(load_node(_named(config_file or file), os.environ).data_folder))

    return fingerprint


def _settings_of(file: Path) -> NodeConfig | None:
    """Return the settings if there are any; the link file is not asked yet."""
    return load(NodeConfig, file, os.environ, PREFIX) if file.exists() else None


def _asked() -> str:
    found: str = click.prompt("Password of the first account", hide_input=True, confirmation_prompt=True)
    return found


def _given(place: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in place.items() if value is not None and key != "data_folder"}


def _tell(welcome: Welcome, folder: Path, then: str) -> None:
    click.echo(f"{welcome.centre_name} ({welcome.centre_id}) belongs to the network of {welcome.city_name} now.")
    click.echo(f"Letters of this installation, which the city's desk shows, too: {service.own_letters(folder)}")
    click.echo(then)


def _named(file: Path | None) -> Path:
    if file is None:
        raise ConfigError(f"no settings: name the TOML file with --config or {PREFIX}_CONFIG.")
    return file

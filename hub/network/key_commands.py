"""`stadtherz-hub keys`: the hub's signing key, and how to change it while everything runs."""

from collections.abc import Callable
from pathlib import Path

import click

from hub.config import HubConfig
from hub.network import rotation
from hub.network.models import Member
from shared.database import Database
from shared.errors import ConfigError
from shared.keys import begin_rotation, end_rotation, open_install

Opened = Callable[[Path | None], tuple[HubConfig, Database]]
_config_option = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")


def key_commands(opened: Opened) -> click.Group:
    """Return the commands; `opened` gives settings and database."""

    @click.group()
    def keys() -> None:
        """The key with which the hub signs what it says."""

    @keys.command("rotate")
    @_config_option
    @click.option("--finish", is_flag=True, help="Give the old key up now, also if centres still believe it.")
    @click.pass_obj
    def rotate(file: Path | None, /, *, config_file: Path | None, finish: bool) -> None:
        """Announce a new key, signed by the present one. The running hub takes it up within a second."""
        config, database = opened(config_file or file)
        if finish:
            end_rotation(config.key_file)
        else:
            begin_rotation(config.key_file)
        _tell(config, database)

    @keys.command("status")
    @_config_option
    @click.pass_obj
    def status(file: Path | None, /, *, config_file: Path | None) -> None:
        """Say which key is in use, whether a next one was announced, and who does not believe it yet."""
        _tell(*opened(config_file or file))

    return keys


def _tell(config: HubConfig, database: Database) -> None:
    if not config.key_file.exists():
        raise ConfigError(f"{config.key_file}: there is no key. Run `stadtherz-hub init` first.")
    install = open_install(config.key_file)
    click.echo(f"key      {install.public_key.text}")
    if install.next_key is None:
        return
    click.echo(f"next key {install.next_key.text}")
    with database.reading() as session:
        waiting = rotation.behind(session, install.next_key.text)
    for member in waiting:
        click.echo(_line(member))
    click.echo(f"{len(waiting)} centres still believe the present key; it goes by itself when there is none left.")


def _line(member: Member) -> str:
    heard = f"last heard {member.heard_at:%Y-%m-%d %H:%M} UTC" if member.heard_at else "never heard"
    return f"  {member.centre_id}\t{heard}"

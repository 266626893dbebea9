"""`stadtherz-node keys`: this centre's keys, and how to change them while everything runs."""

from collections.abc import Callable
from pathlib import Path

import click

from node.config import NodeConfig
from node.link.models import HubTrust
from shared.database import Database
from shared.errors import ConfigError
from shared.keys import begin_rotation, open_install
from shared.sealing import open_sealing_key, rotate_sealing_key

_config_option = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")


def key_commands(
    settings: Callable[[Path | None], NodeConfig], open_database: Callable[[NodeConfig], Database]
) -> click.Group:
    """Return the commands; `settings` reads those of the centre, `open_database` its database."""

    @click.group()
    def keys() -> None:
        """The key with which this centre signs, and the one that letters for it are sealed with."""

    @keys.command("rotate")
    @_config_option
    @click.option("--sealing", is_flag=True, help="The key for sealed letters, instead of the one that signs.")
    @click.pass_obj
    def rotate(file: Path | None, /, *, config_file: Path | None, sealing: bool) -> None:
        """Announce a new key. The running node takes it up within a second, or when it next starts.

        A new signing key is used once the city has confirmed that it knows it; until then the present one is.
        """
        config = _existing(settings(config_file or file))
        if sealing:
            rotate_sealing_key(config.sealing_file)
            click.echo("Old letters can still be opened. Please make a new backup: those of before lack the new key.")
        else:
            begin_rotation(config.key_file)
        _tell(config, open_database(config))

    @keys.command("status")
    @_config_option
    @click.pass_obj
    def status(file: Path | None, /, *, config_file: Path | None) -> None:
        """Say which keys are in use, which installation this is, and whether a next key waits for the city."""
        config = _existing(settings(config_file or file))
        _tell(config, open_database(config))

    return keys


def _existing(config: NodeConfig) -> NodeConfig:
    if not config.key_file.exists():
        raise ConfigError(f"{config.key_file}: there is no key. Run `stadtherz-node init` first.")
    return config


def _tell(config: NodeConfig, database: Database) -> None:
    install, sealing = open_install(config.key_file), open_sealing_key(config.sealing_file)
    click.echo(f"installation {install.instance}")
    click.echo(f"key          {install.public_key.text}")
    if install.next_key is not None:
        click.echo(f"next key     {install.next_key.text} (waits until the city knows it)")
    click.echo(f"sealing key  {sealing.public_key.text} (number {sealing.number})")
    with database.reading() as session:
        _tell_of_the_hub(config.hub_public_key, session.get(HubTrust, 1))


def _tell_of_the_hub(configured: str, trust: HubTrust | None) -> None:
    """Say which hub is believed, and what a person has to do if the settings lag behind."""
    believed = trust.believed_key if trust and configured in (trust.configured_key, trust.believed_key) else configured
    click.echo(f"city's key   {believed or '(none: not linked to a city)'}")
    if trust and trust.hub_instance:
        click.echo(f"city's hub   {trust.hub_instance}")
    if believed != configured:
        click.echo("The settings name an older key of the city. It works as long as this database lives;")
        click.echo(
            f'please write hub_public_key = "{believed}" there, or take the line out if `join` wrote the link file.'
        )

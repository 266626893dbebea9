"""`stadtherz-hub broker`: set up the city's mosquitto, renew its certificate, look after its rights.

Rule: a password is written into a file for its owner alone, never to the screen.
"""

import os
from collections.abc import Callable
from pathlib import Path

import click
import tomli_w
from rich.progress import Progress
from sqlalchemy.orm import Session

from hub.config import HubConfig
from hub.core.broker.access import access_for, is_managed
from hub.core.broker.certificates import make_authority, make_certificate
from hub.core.broker.granting import BrokerUnreachable
from hub.core.broker.preparing import PORT, Place, prepare
from hub.core.broker.reconciling import Membership, look, reconcile
from hub.core.broker.standing import Standing
from shared.database import Database
from shared.errors import ConfigError
from shared.time import now

OpenHub = Callable[[Path | None], tuple[HubConfig, Database]]
Opened = Callable[[Path | None], tuple[HubConfig, Membership]]
NEXT = """\
{folder} holds everything for the broker {name}. Now
  1. copy the folder to the broker's machine and put its files where the README of deploy/mosquitto says,
  2. put what {folder}/hub-settings.toml says into the hub's settings and start the hub again,
  3. remove the folder: there are passwords and the broker's key in it."""

_config = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
_name = click.option(
    "--name", "names", multiple=True, required=True, help="A name or address that the broker is called by; several go."
)
_path = click.Path(path_type=Path)


def broker_commands(open_hub: OpenHub, membership_in: Callable[[Session], Membership]) -> click.Group:
    """Return the group of commands; `membership_in` reads who belongs to the network."""

    @click.group("broker")
    def broker() -> None:
        """The broker: its set-up, its certificate, who may sign in."""

    def opened(file: Path | None) -> tuple[HubConfig, Membership]:
        config, database = open_hub(file)
        with database.reading() as session:
            found = membership_in(session)
        database.dispose()
        return config, found

    broker.add_command(_prepare(opened))
    broker.add_command(_certificate(open_hub))
    broker.add_command(_show(opened))
    broker.add_command(_reconcile(opened))
    broker.add_command(_access(opened))
    return broker


def _prepare(opened: Opened) -> click.Command:
    @click.command("prepare")
    @_config
    @_name
    @click.option("--port", default=PORT, show_default=True, help="Where centres call.")
    @click.option("--address", default=Place.address, show_default=True, help="What the broker listens on.")
    @click.option("--plugin", default=Place.plugin, show_default=True, help="mosquitto's plugin for rights.")
    @click.argument("folder", type=_path)
    @click.pass_obj
    def prepare_folder(
        file: Path | None,
        /,
        *,
        config_file: Path | None,
        names: tuple[str, ...],
        port: int,
        address: str,
        plugin: str,
        folder: Path,
    ) -> None:
        """Write everything into FOLDER that a new mosquitto needs: settings, certificate, rights of all members."""
        config, found = opened(config_file or file)
        place = Place(port=port, address=address, plugin=plugin)
        prepare(config, folder, names, found.members.items(), now=now(), place=place)
        click.echo(NEXT.format(folder=folder, name=names[0]))

    return prepare_folder


def _certificate(open_hub: OpenHub) -> click.Command:
    @click.command("certificate")
    @_config
    @_name
    @click.argument("folder", type=_path)
    @click.pass_obj
    def certificate(file: Path | None, config_file: Path | None, names: tuple[str, ...], folder: Path) -> None:
        """Write a new broker.pem and broker.key into FOLDER, by the city's authority. No centre notices."""
        config, _database = open_hub(config_file or file)
        made = make_certificate(folder, make_authority(config.data_folder, config.city, now()), names, now())
        click.echo(f"{made} and broker.key: put both in the place of the broker's, then: systemctl reload mosquitto")

    return certificate


def _show(opened: Opened) -> click.Command:
    @click.command("show")
    @_config
    @click.pass_obj
    def show(file: Path | None, config_file: Path | None) -> None:
        """Say how the broker's rights differ from the members; change nothing. Exit code 1 if they do."""
        config, found = opened(config_file or file)
        standing = look(_managed(config), found, now())
        _tell(standing)
        if not standing.is_right:
            raise SystemExit(1)

    return show


def _reconcile(opened: Opened) -> click.Command:
    @click.command("reconcile")
    @_config
    @click.pass_obj
    def put_right(file: Path | None, config_file: Path | None) -> None:
        """Let in who is missing and cut off who was let go, until all is as it should be."""
        config, _found = opened(config_file or file)
        _tell(until_right(_managed(config), lambda: opened(config_file or file)[1]))

    return put_right


def _access(opened: Opened) -> click.Command:
    @click.command("access")
    @_config
    @click.argument("centre_id")
    @click.argument("target", type=_path)
    @click.pass_obj
    def access(file: Path | None, config_file: Path | None, centre_id: str, target: Path) -> None:
        """Write a centre's access to the broker into the file TARGET, for a node that is set up by hand."""
        config, found = opened(config_file or file)
        if centre_id not in found.members:
            raise ConfigError(f"{centre_id}: no such centre; `stadtherz-hub centre list` names them.")
        _write_access(config, centre_id, found.members[centre_id], target)
        click.echo(f"{target}: written. What it says belongs into the settings of {centre_id}.")

    return access


def until_right(config: HubConfig, membership: Callable[[], Membership]) -> Standing:
    """Do rounds until one leaves nothing; raise BrokerUnreachable if the broker does not answer.

    Each round reads anew who belongs: a large broker takes minutes, and meanwhile centres join and are let go.
    """
    standing: Standing | None = None
    with Progress() as progress:
        task = progress.add_task("Setting right", total=None)
        while standing is None or not standing.is_right:
            standing = reconcile(config, membership, standing, now())
            if standing.reason:
                raise BrokerUnreachable(standing.reason)
            progress.update(task, description=f"Setting right, {len(standing.missing) + len(standing.surplus)} left")
    return standing


def _tell(standing: Standing) -> None:
    click.echo(f"centres that may sign in: {standing.users}")
    for what, users in (("to be let in", standing.missing), ("to be cut off", standing.surplus)):
        click.echo(
            f"{what}: {len(users)}" + (f" ({', '.join(users[:10])}{' …' if len(users) > 10 else ''})" if users else "")
        )
    click.echo(f"other users, left alone: {', '.join(standing.others) or 'none'}")
    if standing.certificate_ends_at:
        click.echo(f"certificate valid until: {standing.certificate_ends_at:%Y-%m-%d}")


def _write_access(config: HubConfig, centre_id: str, number: int, target: Path) -> None:
    found = access_for(config, centre_id, number)
    said = {f"broker_{name}": getattr(found, name) for name in ("host", "port", "mqtt", "tls", "user", "password")}
    text = tomli_w.dumps(said)
    if found.ca_pem:
        indented = "".join(f"# {line}\n" for line in found.ca_pem.splitlines())
        text += f"# broker_ca_file: a file with these lines, without the marks at their beginning\n{indented}"
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ConfigError(f"{target}: cannot be written ({error.strerror}).") from error


def _managed(config: HubConfig) -> HubConfig:
    if not is_managed(config):
        raise ConfigError("broker_admin_user: is empty, so this hub does not manage the rights at its broker.")
    return config

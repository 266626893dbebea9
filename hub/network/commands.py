"""`stadtherz-hub centre …`: who belongs to the network, and join codes, for those at the hub's own machine."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click

from hub.config import HubConfig
from hub.core.db import LEDGER
from hub.network import members
from hub.network.joining import access, invitations, leaving
from hub.network.joining.invitations import VALID_HOURS_USUAL, BelongsAlready, NoMember, Wish
from hub.network.joining.models import Kind
from hub.network.members import MemberNotPossible, UnknownMember
from shared.database import Database
from shared.errors import ConfigError
from shared.joining import NotACode
from shared.keys import open_install
from shared.time import now

Opened = Callable[[Path | None], tuple[HubConfig, Database]]
ADVICE = {
    "centre_id": "a centre's id has a-z, 0-9 and inner hyphens only, at most 40 characters.",
    "public_key": "that is not a public key; `stadtherz-node public-key` prints the centre's.",
}


def centre_commands(opened: Opened) -> click.Group:
    """Return the commands of the network's centres; `opened` gives settings and database."""

    @click.group()
    def centre() -> None:
        """Centres that belong to the network."""

    for make in (_admit, _revoke, _list, _invite):
        centre.add_command(make(opened))
    return centre


def _config_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")(function)


def _admit(opened: Opened) -> click.Command:
    @click.command("admit")
    @_config_option
    @click.argument("centre_id")
    @click.argument("name")
    @click.option("--public-key", "key", required=True, help="What `stadtherz-node public-key` printed.")
    @click.pass_obj
    def admit(file: Path | None, config_file: Path | None, centre_id: str, name: str, key: str) -> None:
        """Let a centre in, again, or with a new key."""
        config, database = opened(config_file or file)
        instance = open_install(config.key_file).instance
        try:
            with database.transaction() as session:
                members.admit(session, centre_id, name, key, now(), ledger=LEDGER, hub_instance=instance)
        except MemberNotPossible as refusal:
            raise ConfigError(ADVICE[refusal.field]) from refusal
        click.echo(f"{centre_id}: admitted.")

    return admit


def _revoke(opened: Opened) -> click.Command:
    @click.command("revoke")
    @_config_option
    @click.argument("centre_id")
    @click.pass_obj
    def revoke(file: Path | None, config_file: Path | None, centre_id: str) -> None:
        """No longer believe or serve a centre; what it reported stays."""
        config, database = opened(config_file or file)
        try:
            with database.transaction() as session:
                leaving.let_go(session, centre_id, now(), by_itself=False)
        except UnknownMember as refusal:
            raise ConfigError(f"{centre_id}: no such centre; `stadtherz-hub centre list` names them.") from refusal
        done = access.withdraw(config, centre_id)
        later = "" if done else " The broker does not answer: its access there ends as soon as it does."
        click.echo(f"{centre_id}: revoked.{later}")

    return revoke


def _list(opened: Opened) -> click.Command:
    @click.command("list")
    @_config_option
    @click.pass_obj
    def list_(file: Path | None, config_file: Path | None) -> None:
        """List the centres of the network."""
        _config, database = opened(config_file or file)
        with database.reading() as session:
            for member in members.members(session):
                click.echo(f"{member.centre_id}\t{member.name}\t{member.public_key}")

    return list_


def _invite(opened: Opened) -> click.Command:
    @click.command("invite")
    @_config_option
    @click.argument("centre_id")
    @click.argument("name")
    @click.option(
        "--kind",
        type=click.Choice([str(kind) for kind in Kind]),
        default=str(Kind.NEW),
        show_default=True,
        help="What it is for.",
    )
    @click.option("--hours", type=click.IntRange(1, 24 * 14), default=VALID_HOURS_USUAL, show_default=True)
    @click.pass_obj
    def invite(
        file: Path | None, config_file: Path | None, *, centre_id: str, name: str, kind: str, hours: int
    ) -> None:
        """Print a code that works once, with which the machine of a centre joins."""
        config, database = opened(config_file or file)
        wish = Wish(
            kind=Kind(kind),
            centre_id=centre_id,
            name=name,
            hub_url=config.site_url,
            hub_key=open_install(config.key_file).public_key.text,
            by="",
            valid_for=timedelta(hours=hours),
        )
        click.echo(_code(database, wish))

    return invite


def _code(database: Database, wish: Wish) -> str:
    try:
        with database.transaction() as session:
            return invitations.invite(session, wish, now())[1].text
    except MemberNotPossible as refusal:
        raise ConfigError(ADVICE[refusal.field]) from refusal
    except (BelongsAlready, NoMember) as refusal:
        raise ConfigError(f"{refusal} See --kind.") from refusal
    except NotACode as refusal:
        raise ConfigError("site_url: the address of the hub's site belongs into the settings first.") from refusal

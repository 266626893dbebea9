"""`stadtherz-node privacy expire`: the daily run of retention, now."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from node.core.db import database
from node.core.privacy import registry
from node.privacy import retention
from shared.time import now
from shared.web.actors import Actor, ActorKind, act_as


def commands(app_of: Callable[[Path | None], Flask]) -> click.Group:
    """Return the group `privacy`; `app_of` gets the TOML file that was named."""

    @click.group("privacy")
    def privacy() -> None:
        """Personal data that is kept here."""

    @privacy.command("expire")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.pass_obj
    def expire(file: Path | None, config_file: Path | None) -> None:
        """Remove what is kept longer than its retention time; done by itself once a day."""
        app = app_of(config_file or file)
        with app.app_context():
            act_as(Actor(ActorKind.COMMAND, "privacy expire"))
            runs = retention.expire(database(), registry(app), now=now())
            for run in runs:
                failed = f", failed: {run.failed}" if run.failed else ""
                click.echo(f"{run.key}\t{run.removed} removed after {run.days} days{failed}")
            database().dispose()
        if any(run.failed for run in runs):
            click.get_current_context().exit(1)

    return privacy

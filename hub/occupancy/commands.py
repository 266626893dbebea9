"""`stadtherz-hub occupancy`: look after the sums of open and used hours."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.progress import Progress
from sqlalchemy import func, select

from hub.config import HubConfig
from hub.occupancy import summing
from hub.occupancy.models import OccupancyToDo
from shared.database import Database
from shared.time import now


def occupancy_commands(open_hub: Callable[[Path | None], tuple[HubConfig, Database]]) -> click.Group:
    """Return the group of commands; `open_hub` reads the settings of the named file and opens its database."""

    @click.group("occupancy")
    def occupancy() -> None:
        """The kept sums of open and used hours of spaces."""

    @occupancy.command("rebuild")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.pass_obj
    def rebuild(file: Path | None, config_file: Path | None) -> None:
        """Add everything up again from the records; pages stay readable meanwhile. Safe beside a running hub."""
        config, database = open_hub(config_file or file)
        rebuild_with_progress(database, ZoneInfo(config.time_zone))
        click.echo("All sums of open and used hours are those of the records.")

    return occupancy


def rebuild_with_progress(database: Database, zone: ZoneInfo) -> None:
    """Make all sums again, in short transactions, and say how far it is."""
    with database.transaction() as session:
        summing.look_ahead(session, now(), zone)
        summing.rebuild(session)
    taken_up: str | None = ""
    while taken_up is not None:
        with database.transaction() as session:
            taken_up = summing.take_up(session)
    with database.reading() as session:
        total = session.scalar(select(func.count()).select_from(OccupancyToDo)) or 0
    with Progress() as progress:
        task = progress.add_task("Adding up", total=total)
        number = 1
        while number:
            with database.transaction() as session:
                number = summing.work_off(session)
            progress.update(task, advance=number)
    database.dispose()

"""`stadtherz-hub reports`: look after the sums that reports are read from."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.progress import Progress

from hub.config import HubConfig
from hub.reports import sums
from shared.database import Database

AT_ONCE = 20  # centres with all their records in one transaction: what a running hub can wait for


def report_commands(open_hub: Callable[[Path | None], tuple[HubConfig, Database]]) -> click.Group:
    """Return the group of commands; `open_hub` reads the settings of the named file and opens its database."""

    @click.group("reports")
    def reports() -> None:
        """The kept sums of visits, dates, bookings and attendance."""

    @reports.command("rebuild")
    @click.option("--config", "config_file", type=click.Path(path_type=Path), help="The TOML file.")
    @click.pass_obj
    def rebuild(file: Path | None, config_file: Path | None) -> None:
        """Add everything up again from the records; reports stay readable meanwhile. Safe beside a running hub."""
        config, database = open_hub(config_file or file)
        rebuild_with_progress(database, ZoneInfo(config.time_zone))
        click.echo("All sums are those of the records.")

    return reports


def rebuild_with_progress(database: Database, zone: ZoneInfo) -> None:
    """Make all sums again, in short transactions, and say how far it is."""
    with database.transaction() as session:
        due = sums.rebuild(session)
    with Progress() as progress:
        task = progress.add_task("Adding up", total=due)
        while True:
            with database.transaction() as session:
                done = sums.catch_up(session, zone, at_most=AT_ONCE)
            if not done:
                break
            progress.update(task, advance=done)
    with database.transaction() as session:
        sums.add_up_districts(session)
    database.dispose()

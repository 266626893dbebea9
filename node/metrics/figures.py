"""The figures of one house: its link, its disk, its jobs. Nobody's name, and nothing of what the house counts."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client.core import Metric

from node.link import LinkStatus
from shared.replication.program import Program
from shared.web.jobs import Run
from shared.web.metrics.families import gauge, of_jobs, of_program

STATES = ("agreed", "delayed", "offline", "off", "fenced")


def figures(
    link: LinkStatus, backed_up_at: datetime | None, data_folder: Path, runs: Mapping[str, Run], ours: Program
) -> Iterator[Metric]:
    """Yield everything that is known now."""
    yield of_program(ours)
    states = {(state,): float(state == link.state) for state in STATES}
    yield gauge("stadtherz_link", "How the link to the city stands: 1 for its state.", ("state",), states)
    yield gauge("stadtherz_backlog_records", "Records that the city has not confirmed.", (), {(): link.waiting})
    agreed = {(): link.agreed_at.timestamp()} if link.agreed_at else {}
    yield gauge("stadtherz_agreed_timestamp_seconds", "When both sides were last proven equal.", (), agreed)
    backup = {(): backed_up_at.timestamp()} if backed_up_at else {}
    yield gauge("stadtherz_backup_timestamp_seconds", "As of when the last good backup is.", (), backup)
    yield from _of_disk(data_folder)
    yield from of_jobs(runs)


def _of_disk(data_folder: Path) -> Iterator[Metric]:
    free = shutil.disk_usage(data_folder).free
    yield gauge("stadtherz_disk_free_bytes", "Room left where the database lies.", (), {(): free})
    sizes = {(path.name,): path.stat().st_size for path in data_folder.glob("node.sqlite*") if path.is_file()}
    yield gauge("stadtherz_database_bytes", "Size of the database and what lies beside it.", ("file",), sizes)

"""How far long work is, on a terminal; nothing where the output goes into a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shared.backup.snapshot import Progress as Report

WORDS = {
    "copy": "Copying the database",
    "write": "Encrypting",
    "read": "Reading back",
    "send": "Sending to the hub",
    "fetch": "Fetching from the hub",
    "erase": "Forgetting who was erased",
    "dump": "Copying the database",
    "restore": "Restoring the database",
}


@contextmanager
def shown() -> Iterator[Report]:
    """Yield what shows progress: a bar for each step."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        steps: dict[str, TaskID] = {}

        def report(doing: str, share: float) -> None:
            if doing not in steps:
                for before in steps.values():
                    bars.update(before, completed=1.0)
                steps[doing] = bars.add_task(WORDS.get(doing, doing), total=1.0)
            bars.update(steps[doing], completed=share)

        yield report
        for step in steps.values():
            bars.update(step, completed=1.0)

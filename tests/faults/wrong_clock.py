"""A clock that is wrong: for a process of the tests, before the program is imported.

The offset stands in a file, so that it can jump while the program runs. What counts seconds
(`time.monotonic`) is right, as it is on a machine whose date somebody sets.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from shared import time as shared_time


def prelude(file: Path) -> str:
    """Return the Python that lets a process have the clock of `file`."""
    return f"from tests.faults.wrong_clock import wear; wear({str(file)!r})"


def set_clock(file: Path, offset: timedelta) -> None:
    """Let the clock be wrong by `offset` from now on."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(offset.total_seconds()))
    fresh.replace(file)


def wear(name: str) -> None:
    """Let this process believe the clock of the file; only before anything imports `now`."""
    file, right, right_now = Path(name), time.time, shared_time.now

    def offset_s() -> float:
        return float(file.read_text())

    wrong_time: Callable[[], float] = lambda: right() + offset_s()  # noqa: E731 (it takes the place of a builtin)

    def wrong_now() -> datetime:
        return right_now() + timedelta(seconds=offset_s())

    time.time = wrong_time
    shared_time.now = wrong_now

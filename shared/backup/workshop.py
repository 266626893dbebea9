"""A folder beside the database for open copies, which nobody else may see and which does not stay.

Rule: one at a time; a power cut leaves one behind, and the next one sweeps it away.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".workshop-"
LOCK = ".workshop.lock"


@contextmanager
def workshop(data_folder: Path) -> Iterator[Path]:
    """Yield an empty folder (mode 0700), deleted afterwards; waits while another process has one."""
    data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_folder / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in data_folder.glob(f"{PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=data_folder) as made:
            yield Path(made)

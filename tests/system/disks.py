"""A disk of a few megabytes that can be full, and read-only, for tests.

Where we are root it is a tmpfs of its own: a real disk that is really full (ENOSPC), or mounted
read-only (EROFS). Without root it is a plain folder, and the process that uses it may write no file any
more (RLIMIT_FSIZE: EFBIG); `kind` says which. Nobody else on the machine feels anything of it.
"""

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.city import Desk

_PIECE = 64 * 1024


class Disk:
    """The disk under `folder`."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        folder.mkdir()
        self._ballast = folder / "ballast"
        size = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
        mounted = os.geteuid() == 0 and subprocess.run(size, check=False, capture_output=True).returncode == 0
        self.kind = "tmpfs" if mounted else "file size limit"

    def fill(self, desk: Desk) -> None:
        """Leave not a byte for what `desk` wants to write."""
        if self.kind != "tmpfs":
            limit_files(desk, 0)
            return
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while True:
                ballast.write(b"\0" * _PIECE)
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while True:
                ballast.write(b"\0" * 512)

    def free(self, desk: Desk) -> None:
        """Give all the room back."""
        if self.kind != "tmpfs":
            limit_files(desk, resource.RLIM_INFINITY)
        self._ballast.unlink(missing_ok=True)

    def protect(self, on: bool) -> None:
        """Make it read-only, or writable again; nobody may have a file open for writing."""
        assert self.kind == "tmpfs", "only a disk of its own can be read-only"
        subprocess.run(["mount", "-o", f"remount,{'ro' if on else 'rw'}", str(self.folder)], check=True)

    def end(self) -> None:
        if self.kind == "tmpfs":
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


def limit_files(desk: Desk, size: int) -> None:
    """Let the running process of `desk` write no file beyond `size` bytes."""
    _soft, hard = resource.prlimit(desk.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(
        desk.pid, resource.RLIMIT_FSIZE, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard)
    )


@contextmanager
def small_disk(folder: Path, megabytes: int = 24) -> Iterator[Disk]:
    """A disk for as long as the block lasts."""
    disk = Disk(folder, megabytes)
    try:
        yield disk
    finally:
        disk.end()

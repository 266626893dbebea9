"""Files that are written whole or not at all: after a power cut there is the old one or the new one.

Rule: such a file belongs to its owner alone unless somebody says otherwise.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNERS, EVERYBODYS = 0o600, 0o644
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK}  # FAT, and folders that a container borrows


def replace(file: Path, content: bytes, mode: int = OWNERS) -> None:
    """Put `content` in the place of what the file held, or make it.

    Raises OSError; then the file is as it was, or, if only its folder did not sync, new already.
    """
    with beside(file, content, mode) as fresh:
        fresh.replace(file)
        sync_folder(file.parent)


def create(file: Path, content: bytes, mode: int = OWNERS) -> None:
    """Make the file with `content`; raise FileExistsError if there is one, or OSError as `replace` does."""
    with beside(file, content, mode) as fresh:
        try:
            os.link(fresh, file)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if file.exists():  # two that come here at the very same moment are not told apart
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from error
            fresh.replace(file)
        sync_folder(file.parent)


@contextmanager
def beside(file: Path, content: bytes, mode: int = OWNERS) -> Iterator[Path]:
    """Yield a file beside `file` that is safely on the disk; remove it if it was not taken. Raises OSError."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        yield fresh
    finally:
        with contextlib.suppress(OSError):  # a disk that is read-only by now says so even of a file that is not there
            fresh.unlink()


def sync_folder(folder: Path) -> None:
    """Let a new name outlive a power cut: a file is where it should be only if its folder was synced too."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network folders cannot, and need not
            raise
    finally:
        os.close(opened)

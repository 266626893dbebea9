"""What this centre says of itself with its presence: its sealing key, what is wrong, which machine it is."""

import logging
import platform
from pathlib import Path

from shared.errors import ConfigError
from shared.replication.remarks import TEXT_LENGTH_MAX, Remarks
from shared.sealing import open_sealing_key

_LOG = logging.getLogger(__name__)


class OwnRemarks:
    """Looks into the sealing file when it has changed; a command may have put a new key into it."""

    def __init__(self, sealing_file: Path) -> None:
        """Make the file if there is none; raise ConfigError if it is damaged."""
        self._file = sealing_file
        self._key = open_sealing_key(sealing_file)
        self._seen = self._stamp()
        self._machine = platform.node()[:TEXT_LENGTH_MAX]

    def about(self, trouble: str) -> Remarks:
        """Return what is to be said; `trouble` is why the centre's feed has stopped, '' if it has not."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._key = open_sealing_key(self._file)
            except ConfigError as error:
                _LOG.error("going on with the sealing key of before: %s", error)
        return Remarks(
            sealing_key=self._key.public_key.text,
            sealing_number=self._key.number,
            trouble=trouble[:TEXT_LENGTH_MAX],
            machine=self._machine,
        )

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._file.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

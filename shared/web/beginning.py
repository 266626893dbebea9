"""What a program writes before it begins its work: tried at once, and again until the disk takes it.

Rule: a full disk at the start keeps nobody from reading; what cannot begin yet begins later by itself.
"""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from shared.errors import ConfigError
from shared.storage import trouble_of

TRY_EVERY_S = 5.0
_LOG = logging.getLogger(__name__)


class Beginning:
    """`act` is done once, in this thread or later in one of its own; errors not of disk or database pass.

    In a thread of its own nobody would hear of them: they are logged, and it is tried again all the same.
    """

    def __init__(self, name: str, act: Callable[[], None]) -> None:
        self._name, self._act = name, act
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._said: object = None  # why it waits: told once, not all through a night; a log needs the disk, too

    def begin(self) -> None:
        if self._done():
            return
        self._thread = threading.Thread(target=self._until_done, name=f"beginning-{self._name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Try no more. What was begun is the caller's to end."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _until_done(self) -> None:
        while not self._ended.wait(TRY_EVERY_S):
            try:
                if self._done():
                    _LOG.info("%s begins: the disk takes writing again", self._name)
                    return
            except Exception as error:  # noqa: BLE001 (logged; else the program would live on without its work)
                if type(error) is not self._said:
                    _LOG.exception("%s could not begin", self._name)
                self._said = type(error)

    def _done(self) -> bool:
        try:
            self._act()
        except (ConfigError, DBAPIError, OSError) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            if trouble is not self._said:
                _LOG.warning("%s waits: %s", self._name, trouble)
            self._said = trouble
            return False
        return True

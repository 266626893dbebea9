"""The backup that is being made now: one at a time, in a thread of its own, with how far it is.

A slow link takes hours to bring a backup to the hub; whoever asked for one on the page does not wait for it.
"""

import threading
from typing import NamedTuple, cast

from flask import Flask

from node.backup import spreading
from node.backup.models import BackupRun
from node.config import NodeConfig
from node.core.db import database
from shared.time import now

_EXTENSION = "stadtherz.backup"


class Step(NamedTuple):
    """`doing` is copy, write, read or send; `percent` of that step."""

    doing: str
    percent: int


class Running:
    """Whether a backup is being made in this process, and how far it is."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self.step: Step | None = None

    def progress(self, doing: str, share: float) -> None:
        self.step = Step(doing, int(share * 100))

    def make(self) -> list[BackupRun] | None:
        """Make a backup in this thread; None if one is being made already."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            self.step = Step("copy", 0)
            config = cast("NodeConfig", self._app.extensions["stadtherz.config"])
            with self._app.app_context():
                return spreading.back_up(config, database(), now(), self.progress)
        finally:
            self.step = None
            self._lock.release()

    def start(self) -> None:
        """Make a backup in a thread of its own; nothing if one is being made already."""
        if self.step is None:
            self.step = Step("copy", 0)
            threading.Thread(target=self.make, name="backup", daemon=True).start()


def equip(app: Flask) -> None:
    app.extensions[_EXTENSION] = Running(app)


def running(app: Flask) -> Running:
    return cast("Running", app.extensions[_EXTENSION])

"""Whether the city told something new while the house is running: then the link begins anew, and nobody notices.

Another process (`stadtherz-node join`, `leave`) writes the link file; the running one looks at it every few seconds.

Rule: only what the link is made with counts. A new key of the hub, which the link learned by itself, cuts nothing.
"""

import os
from pathlib import Path
from typing import cast

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from node import link as city_link
from node.config import NodeConfig, load_node
from node.core import connection, jobs
from node.core.db import LEDGER
from shared.database import Database
from shared.mqtt import Broker, broker_of

EVERY_S = 3
FILE = "stadtherz.settings_file"  # where the settings of a watched app are, for the page that joins
_CONFIG = "stadtherz.config"


class Renewal:
    """Looks at the link file of the settings in `file`."""

    def __init__(self, app: Flask, file: Path, database: Database) -> None:
        self._app, self._file, self._database = app, file, database
        self._seen = self._stamp()
        self._broke_off = False  # the old link has ended, and the new one could not begin: it is tried again

    def look(self) -> None:
        """Begin the link anew if the broker, the credentials, or whether there is a city have changed."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        before, fresh = self._config, load_node(self._file, os.environ)
        if _words(before) != _words(fresh):
            self._begin_anew(before, fresh)
        self._app.extensions[_CONFIG] = fresh
        self._seen, self._broke_off = stamp, False

    def _begin_anew(self, before: NodeConfig, fresh: NodeConfig) -> None:
        running: city_link.Link | None = self._app.extensions.get(city_link.EXTENSION)
        if running is None and before.hub_public_key and not self._broke_off:
            return  # it has not begun yet: a recovered house hears first who was erased
        self._app.extensions[city_link.EXTENSION], self._broke_off = None, True
        if running is not None:
            running.stop()
        if fresh.hub_public_key:
            self._app.extensions[city_link.EXTENSION] = city_link.start(fresh, self._database, LEDGER)
            centre = fresh.centre_id
            connection.show(self._app, lambda session, at: city_link.status(session, at, LEDGER, centre))
        else:
            connection.show(self._app, None)

    @property
    def _config(self) -> NodeConfig:
        return cast("NodeConfig", self._app.extensions[_CONFIG])

    def _stamp(self) -> tuple[int, int]:
        """Return what tells two states of the link file apart; it is replaced as a whole."""
        try:
            found = self._config.link_file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)


def watch(app: Flask, file: Path, database: Database) -> None:
    """Let the running `app` notice what another process writes into the link file."""
    app.extensions[FILE] = file
    jobs.add(app, "link-file", IntervalTrigger(seconds=EVERY_S), Renewal(app, file, database).look)


def _words(config: NodeConfig) -> tuple[Broker, bool]:
    return broker_of(config), bool(config.hub_public_key)

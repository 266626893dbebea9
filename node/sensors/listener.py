"""Listens to this house's sensors at the broker, in a thread of the node's process.

It has a connection of its own, so that the switch of the link to the city does not cut the door.
Rule: a message is confirmed to the broker when it is stored. The broker keeps the session for a
week: what a sensor sent while the node was off arrives afterwards.
Rule: while no sensor is in use there is no connection.
Rule: the settings are asked for each time: with new credentials from the city the old ones end at once.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import OperationalError

from node.sensors import service
from shared import topics
from shared.database import Database
from shared.errors import WireError
from shared.mqtt import Arrival, Broker, BrokerSettings, Letter, Post, broker_of
from shared.time import now as wall_clock

LOOK_EVERY_S = 15.0  # how soon a new sensor is heard
KEEP_SESSION_S = 7 * 24 * 3600
LETTERS_MAX = 10_000  # what is not taken now is not confirmed and comes again
_log = logging.getLogger(__name__)


class ListenerConfig(BrokerSettings, Protocol):
    """The settings of a node that the listener needs."""

    @property
    def city(self) -> str: ...
    @property
    def centre_id(self) -> str: ...


class Listener:
    """Made without connecting; `start` begins, `stop` ends cleanly."""

    def __init__(
        self, settings: Callable[[], ListenerConfig], database: Database, clock: Callable[[], datetime] = wall_clock
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._letters: queue.Queue[Letter] = queue.Queue(LETTERS_MAX)
        self._post: Post | None = None
        self._broker: Broker | None = None  # where `_post` is
        self._stopping = threading.Event()
        self._look_at = 0.0
        self._thread = threading.Thread(target=self._run, name="sensors", daemon=True)

    @property
    def connected(self) -> bool:
        return self._post is not None and self._post.connected

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Finish the transaction under way and leave the broker."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
                self._take(self._letters.get(timeout=0.5))
            except queue.Empty:
                continue
            except OperationalError as error:
                _log.warning("the database is not available: %s", error.orig)
                self._stopping.wait(1.0)
            except Exception:  # noqa: BLE001 (logged; the thread must outlive one bad message)
                _log.exception("a message of a sensor was not taken")
        self._leave()

    def _look(self) -> None:
        """Connect once a sensor is in use, leave when none is; begin anew with what the city told anew."""
        config = self._settings()
        broker = broker_of(config)
        if self._post is not None and broker != self._broker:
            self._leave()
            self._look_at = 0.0
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY_S
        with self._database.reading() as session:
            wanted = service.has_active(session)
        if not wanted:
            self._leave()
        elif self._post is None:
            city, centre = config.city, config.centre_id
            self._broker = broker
            self._post = Post(
                broker,
                f"stadtherz-{city}-sensors-{centre}",
                topics.sensor_subscriptions(city, centre),
                self._deliver,
                keep_session_s=KEEP_SESSION_S,
            )
            self._post.start()

    def _deliver(self, arrival: Arrival) -> None:
        """Called in the post's thread: put the letter into the queue, or leave it unconfirmed."""
        if isinstance(arrival, Letter):
            try:
                self._letters.put_nowait(arrival)
            except queue.Full:
                _log.warning("too many messages of sensors at once; the broker will bring them again")

    def _take(self, letter: Letter) -> None:
        config = self._settings()
        try:
            key = topics.sensor_of(letter.topic, config.city, config.centre_id)
        except WireError as error:
            _log.warning("not a sensor of this house: %s", error)
        else:
            with self._database.transaction() as session:
                service.take_letter(session, key, letter.body, now=self._clock())
        letter.confirm()

    def _leave(self) -> None:
        post, self._post = self._post, None
        if post is not None:
            post.stop()

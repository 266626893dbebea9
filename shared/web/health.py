"""The pulse of a site, for whoever watches it: `/healthz`.

200 while everything that the site needs is well, 503 if something vital has failed; both say in JSON
how each part stands: `ok`, `failed`, or `off` for a part that this process does not have. With
`?live` only whether the process answers. Cheap, open to everybody, and without any secret: no
address, no error, no version.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, current_app, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.database import Database
from shared.read_only import is_read_only
from shared.web import jobs

FREE_BYTES_MIN = 16 * 1024 * 1024  # less on the disk, and the next write may be the one that fails
PROBE_S = 0.1
_EXTENSION = "stadtherz.health"


class State(StrEnum):
    """How a part stands."""

    OK = "ok"
    FAILED = "failed"
    OFF = "off"


class Part(NamedTuple):
    """A part of the site. What is not vital may fail without people noticing: then the whole is `degraded`."""

    name: str
    check: Callable[[], State]
    vital: bool


def equip(app: Flask, database: Database) -> None:
    """Give `app` its pulse, with the parts that every site has."""
    app.extensions[_EXTENSION] = []
    add(app, "database", lambda: writable(database))
    add(app, "jobs", lambda: _scheduler(app))
    app.add_url_rule("/healthz", "healthz", pulse)


def add(app: Flask, name: str, check: Callable[[], State], *, vital: bool = True) -> None:
    """Add a part; `check` is asked at each look and has to be quick."""
    app.extensions[_EXTENSION].append(Part(name, check, vital))


def watch_thread(app: Flask, name: str, extension: str) -> None:
    """Add a part that is well while the `alive` of the app's extension is true, and off without it."""

    def check() -> State:
        found = app.extensions.get(extension)
        return State.OFF if found is None else State.OK if found.alive else State.FAILED

    add(app, name, check)


def pulse() -> tuple[Response, int]:
    """Say how each part stands."""
    if "live" in request.args:
        return jsonify(status=State.OK), 200
    parts: list[Part] = current_app.extensions[_EXTENSION]
    found = {part.name: _state(part) for part in parts}
    failed = [part for part in parts if found[part.name] is State.FAILED]
    broken = any(part.vital for part in failed)
    status = State.FAILED if broken else "degraded" if failed else State.OK
    return jsonify(status=status, parts=found), 503 if broken else 200


def _state(part: Part) -> State:
    try:
        return part.check()
    except (SQLAlchemyError, OSError):
        return State.FAILED  # whatever a part asks does not answer; the log of the site says why


def writable(database: Database) -> State:
    """Tell whether `database` takes writes; on SQLite without waiting for whoever writes at the moment."""
    if database.is_sqlite:
        return _sqlite_writable(Path(database.url.database or ""))
    try:
        with database.engine.connect() as connection:
            read_only = connection.scalar(text("SHOW transaction_read_only"))
    except SQLAlchemyError:
        return State.FAILED
    return State.OK if read_only == "off" else State.FAILED


def _sqlite_writable(file: Path) -> State:
    """Ask for the lock that writing needs. Somebody else has it: then it can be had.

    On a read-only disk SQLite may give the lock all the same: the folder is asked first.
    """
    if is_read_only(file):
        return State.FAILED
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=PROBE_S)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            return State.FAILED
    return State.OK if shutil.disk_usage(file.parent).free >= FREE_BYTES_MIN else State.FAILED


def _scheduler(app: Flask) -> State:
    started = jobs.is_running(app)
    return State.OFF if started is None else State.OK if started else State.FAILED

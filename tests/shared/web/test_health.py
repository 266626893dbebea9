"""The pulse of a site: what is well, what is not, and what it never tells."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from shared.database import Database
from shared.web import health, jobs
from shared.web.health import State, writable


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'town.sqlite'}")
    with made.engine.connect():
        return made


@pytest.fixture
def app(database: Database) -> Flask:
    made = Flask("town")
    jobs.equip(made)
    health.equip(made, database)
    return made


def test_a_healthy_site_says_how_each_part_stands(app: Flask) -> None:
    """The jobs are off in a process that never began to run them."""
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "parts": {"database": "ok", "jobs": "off"}}


def test_what_is_vital_decides(app: Flask) -> None:
    """A part that people do not need makes the site degraded, one that they need makes it fail."""
    client = app.test_client()
    health.add(app, "broker", lambda: State.FAILED, vital=False)
    assert (client.get("/healthz").status_code, client.get("/healthz").json["status"]) == (200, "degraded")
    health.add(app, "ingest", lambda: State.FAILED)
    assert (client.get("/healthz").status_code, client.get("/healthz").json["status"]) == (503, "failed")
    assert client.get("/healthz?live").status_code == 200


def test_a_thread_that_died_is_a_failure(app: Flask) -> None:
    """Without the thread in this process the part is off."""

    class Courier:
        alive = True

    health.watch_thread(app, "ingest", "courier")
    client = app.test_client()
    assert client.get("/healthz").json["parts"]["ingest"] == "off"
    app.extensions["courier"] = Courier()
    assert client.get("/healthz").json["parts"]["ingest"] == "ok"
    app.extensions["courier"].alive = False
    assert client.get("/healthz").status_code == 503


def test_jobs_that_stopped_are_a_failure(app: Flask) -> None:
    """They ran, and do no longer."""
    jobs.start(app)
    client = app.test_client()
    assert client.get("/healthz").json["parts"]["jobs"] == "ok"
    jobs.stop(app)
    assert client.get("/healthz").status_code == 503


def test_somebody_elses_lock_is_no_illness(database: Database, tmp_path: Path) -> None:
    """Who has to wait for a writer can write."""
    with closing(sqlite3.connect(tmp_path / "town.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert writable(database) is State.OK


def test_a_database_that_is_gone_or_broken_is_one(app: Flask, database: Database, tmp_path: Path) -> None:
    """The file is not there, or is no database any more."""
    database.dispose()
    file = tmp_path / "town.sqlite"
    for leftover in tmp_path.glob("town.sqlite*"):
        leftover.unlink()
    assert app.test_client().get("/healthz").json["parts"]["database"] == "failed"
    file.write_bytes(b"this is no database at all" * 100)
    assert app.test_client().get("/healthz").status_code == 503


@pytest.mark.service("postgresql")
def test_the_same_on_postgresql(postgres_url: str) -> None:
    """A server that takes no writes, or does not answer, is ill."""
    well = Database(postgres_url)
    assert writable(well) is State.OK
    well.dispose()
    reading = Database(f"{postgres_url}?options=-c%20default_transaction_read_only%3Don")
    assert writable(reading) is State.FAILED
    reading.dispose()
    gone = Database("postgresql://postgres@127.0.0.1:9/none")
    assert writable(gone) is State.FAILED
    gone.dispose()

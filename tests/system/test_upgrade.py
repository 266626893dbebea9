"""A city of the last release is upgraded: its databases are brought along, and it goes on where it was.

The databases are those of the release before: the tables as its migrations made them, filled with what a
house and the hub had written into the columns that existed then.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest
from alembic import command

import hub.app
import node.app
from shared.database import Database
from shared.migration_steps import _settings
from shared.migrations import newest, version
from tests.system.brokers import make_broker
from tests.system.city import ROOT, Centre, City, wait_until

LAST_RELEASE = {"node": "0010", "hub": "0014"}
DERIVED = ("_fts", "alembic_version", "oldest_program", "sqlite_")  # made by the migrations themselves


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A hub and a lived-in house that have agreed, both stopped."""
    broker = make_broker("embedded", tmp_path)
    broker.start()
    made = City(tmp_path, broker)
    try:
        _live(made)
        yield made
    finally:
        made.end()
        broker.stop()


def _live(city: City) -> None:
    """Let the house have a year behind it and the hub all of it, then stop both."""
    centre = city.centre("alt-hamborn")
    seed = [sys.executable, "-m", "deploy.demo.seed", str(centre.desk.settings)]
    subprocess.run(seed, cwd=ROOT, check=True, capture_output=True, timeout=120)
    city.hub.start()
    centre.desk.start()
    wait_until(centre.arrived, 60, "agreement before the upgrade")
    for desk in (centre.desk, city.hub):
        desk.stop()


def of_last_release(database: Database, side: str) -> dict[str, list[tuple]]:
    """Turn `database` into one of the last release; return its rows by table."""
    database.dispose()
    file = Path(str(database.url.database))
    today = file.rename(file.with_name("today.sqlite"))
    old = Database(f"sqlite:///{file}")
    scripts = (node if side == "node" else hub).app.HERE / "migrations"
    with old.engine.execution_options(writing=True).begin() as connection:
        command.upgrade(_settings(scripts, connection), LAST_RELEASE[side])
    old.dispose()
    with closing(sqlite3.connect(file)) as target:
        target.execute("ATTACH ? AS today", (str(today),))
        target.execute("PRAGMA foreign_keys=OFF")
        for name in tables(target):
            shared = [column for column in columns(target, name) if column in columns(target, name, "today")]
            listed = ", ".join(f'"{column}"' for column in shared)
            target.execute(f'DELETE FROM main."{name}"')
            target.execute(f'INSERT INTO main."{name}" ({listed}) SELECT {listed} FROM today."{name}"')
        target.commit()
    for left in file.parent.glob("today.sqlite*"):
        left.unlink()
    return rows(file)


def tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables whose rows somebody wrote."""
    found = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not any(part in name for part in DERIVED)]


def columns(connection: sqlite3.Connection, name: str, schema: str = "main") -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA {schema}.table_info("{name}")')]


def rows(file: Path) -> dict[str, list[tuple]]:
    """Return the rows of every table, sorted."""
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in tables(connection)
        }


def first_columns(found: dict[str, list[tuple]], like: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """Return the rows without the columns that came behind those of `like`."""
    return {
        name: sorted((row[: len(before[0])] for row in found[name]), key=repr)
        for name, before in like.items()
        if before
    }


def page(url: str) -> str:
    with urlopen(url, timeout=20) as answer:
        assert answer.status == 200
        return answer.read().decode()


def test_a_city_of_the_last_release_goes_on_after_the_upgrade(city: City) -> None:
    """Every row is still there, the sites show it, and what is written afterwards travels."""
    (centre,) = city.centres
    before = {
        "node": of_last_release(centre.database, "node"),
        "hub": of_last_release(city.hub_database, "hub"),
    }
    assert len(before["node"]["bookings"]) > 100
    assert len(before["hub"]["events"]) > 100

    city.hub.start()
    centre.desk.start()
    for side, database in (("node", centre.database), ("hub", city.hub_database)):
        assert version(database) == newest((node if side == "node" else hub).app.HERE / "migrations")
    kept = ("bookings", "events", "visits", "visit_days", "spaces", "opening_hours", "accounts", "audit_entries")
    for side, database in (("node", centre.database), ("hub", city.hub_database)):
        wanted = {name: found for name, found in before[side].items() if name in kept}
        after = rows(Path(str(database.url.database)))
        assert first_columns(after, wanted) == {name: found for name, found in wanted.items() if found}

    assert "Stadtteilbüro Alt-Hamborn" in page(f"{centre.desk.url}/")
    assert "Interkulturelles Frühstück" in page(f"{city.hub.url}/kalender")
    _goes_on(city, centre)


def _goes_on(city: City, centre: Centre) -> None:
    centre.add_spaces(3, "Neuer Raum")
    city.announce(2)
    wait_until(centre.arrived, 60, "agreement after the upgrade")
    wait_until(lambda: centre.announcements() == 2, 60, "announcements")
    centre.assert_same_records()


def test_the_copy_from_before_the_upgrade_lies_beside_the_database(city: City) -> None:
    """With all that the last release had written, and for its owner alone."""
    (centre,) = city.centres
    before = of_last_release(centre.database, "node")
    centre.desk.start()
    (copy,) = centre.desk.folder.glob("node.sqlite.before-upgrade-*")
    assert copy.name.endswith(LAST_RELEASE["node"])
    assert rows(copy) == before

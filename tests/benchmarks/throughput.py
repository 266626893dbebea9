"""P1 and P2: a backlog of 100,000 records end to end, against writing the same rows by hand.

Node, hub and broker are processes of their own with their real classes: source SQLite -> batches
-> broker -> checked and applied with the cursor in the hub's database. The clock runs from the
first message that an onlooker sees on the node's topic to the source's commit of the last
cursor; then digests are compared. The bound writes the very rows that arrived into the same
tables, with the same batch size and durability: on SQLite one thread with `executemany`, on
PostgreSQL COPY into a temporary table and a merge. Rounds alternate; medians and ranges count.

    python -m tests.benchmarks.throughput [--records 100000] [--rounds 5] [--only sqlite|postgresql]
"""

import argparse
import queue
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from psycopg import sql
from sqlalchemy import insert, text

import hub.app  # noqa: F401 (all tables of both sides)
import node.app  # noqa: F401 (all tables of both sides)
from hub.core import db as hub_db
from hub.ingest import Ingest
from node import link
from node.core import db as node_db
from node.programme.models import Event
from shared import topics
from shared.database import Database
from shared.ids import new_id
from shared.keys import open_install
from shared.time import now
from tests.services import find_mosquitto, find_postgres, postgres_cluster, postgres_database
from tests.system.brokers import TestBroker, make_broker

CITY, CENTRE = "duisburg", "alt-hamborn"
FEED = topics.node_feed(CENTRE)
TABLES = ("replica_records", "events")
KEYS = {"replica_records": ("feed", "collection", "record_id"), "events": ("centre_id", "id")}
DURABLE = ("fsync=on", "max_connections=30", "jit=off")
GIVE_UP_S = 300.0
Row = tuple[Any, ...]


def settings(folder: Path, broker_port: int, hub_public_key: str = "") -> SimpleNamespace:
    """Return what both sides' link needs of a configuration."""
    return SimpleNamespace(
        city=CITY, centre_id=CENTRE, hub_public_key=hub_public_key, key_file=folder / "key",
        broker_host="127.0.0.1", broker_port=broker_port, broker_mqtt="5", broker_tls=False, broker_ca_file="",
        broker_user="", broker_password="",
    )  # fmt: skip


def serve(side: str, folder: str, url: str, port: str, hub_public_key: str = "") -> None:
    """Run one side's courier until standard input ends: what a child process does."""
    config: Any = settings(Path(folder), int(port), hub_public_key)
    running: Any
    if side == "node":
        database = Database(url)
        node_db.LEDGER.watch(database)
        running = link.Link(config, database, node_db.LEDGER)
    else:
        database = hub_db.open_database(url)
        hub_db.LEDGER.watch(database)
        running = Ingest(config, database, hub_db.LEDGER)
    running.start()
    sys.stdin.read()
    running.stop()


def fill_node(database: Database, records: int) -> None:
    """Write events of about 500 bytes of JSON and stamp them all, as a house does that joins."""
    node_db.Base.metadata.create_all(database.engine)
    first, space = datetime(2026, 1, 1, 8, tzinfo=UTC), new_id()
    rows = []
    for number in range(records):
        starts = first + timedelta(hours=number % 8000)
        rows.append(
            {
                "id": new_id(), "kind": "event", "state": "published", "title": f"Offenes Frühstück {number}",
                "theme": "familie", "target_groups": ("families", "seniors"), "languages": ("de", "tr"),
                "space_id": space, "starts_at": starts, "ends_at": starts + timedelta(hours=2), "updated_at": first,
            }
        )  # fmt: skip
    with database.engine.begin() as connection:
        connection.execute(insert(Event.__table__), rows)  # type: ignore[arg-type]


def open_feed(database: Database, instance: str) -> None:
    with database.transaction() as session:
        node_db.LEDGER.open_feed(session, FEED, instance)


class Onlooker:
    """Sees the first message on the node's topic, then looks away."""

    def __init__(self, port: int) -> None:
        self.seen: queue.SimpleQueue[float] = queue.SimpleQueue()
        ready: queue.SimpleQueue[bool] = queue.SimpleQueue()
        topic = topics.out(CITY, FEED)
        self._client = Client(CallbackAPIVersion.VERSION2)

        def on_message(client: Client, *_: Any) -> None:
            self.seen.put(time.perf_counter())
            client.unsubscribe(topic)

        self._client.on_message = on_message
        self._client.on_connect = lambda client, *_: client.subscribe(topic)
        self._client.on_subscribe = lambda *_: ready.put(True)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        ready.get(timeout=10)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def product_seconds(folder: Path, node_url: str, hub_url: str, broker: TestBroker) -> float:
    """Carry the node's whole feed to the empty hub; return the seconds it took."""
    for side in ("node", "hub"):
        (folder / side).mkdir(exist_ok=True)
    node_install, hub_install = open_install(folder / "node" / "key"), open_install(folder / "hub" / "key")
    node_side, hub_side = Database(node_url), Database(hub_url)
    hub_db.Base.metadata.create_all(hub_side.engine)
    ingest = Ingest(settings(folder / "hub", broker.port), hub_side, hub_db.LEDGER)  # type: ignore[arg-type]
    with hub_side.transaction() as session:
        ingest.admit(session, CENTRE, "Alt-Hamborn", node_install.public_key.text, now())
    onlooker = Onlooker(broker.port)
    with ExitStack() as stack:
        stack.enter_context(child("hub", folder / "hub", hub_url, broker.port))
        stack.enter_context(child("node", folder / "node", node_url, broker.port, hub_install.public_key.text))
        began = onlooker.seen.get(timeout=30)
        took = acknowledged_at(node_side) - began
    onlooker.stop()
    with node_side.reading() as here, hub_side.reading() as there:
        mine = dict(node_db.LEDGER.source(here, FEED).digests())
        assert mine == dict(hub_db.LEDGER.replica(there, FEED).digests()), "the two sides differ"
    node_side.dispose()
    hub_side.dispose()
    return took


class child:  # noqa: N801 (reads as a verb's object: with child(...))
    """One side in a process of its own, ended by closing its standard input."""

    def __init__(self, side: str, folder: Path, url: str, port: int, hub_public_key: str = "") -> None:
        asked = [sys.executable, "-m", "tests.benchmarks.throughput", "--serve", side, str(folder), url, str(port)]
        self._process = subprocess.Popen([*asked, hub_public_key], stdin=subprocess.PIPE)

    def __enter__(self) -> "child":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)


def acknowledged_at(database: Database) -> float:
    """Wait until the node has committed the cursor at its head; return when that was seen."""
    gives_up = time.perf_counter() + GIVE_UP_S
    with database.engine.connect() as connection:
        head = connection.execute(text("SELECT head FROM feeds WHERE name LIKE 'node/%'")).scalar_one()
    while time.perf_counter() < gives_up:
        with database.engine.connect() as connection:
            query = text("SELECT acknowledged_revision FROM feeds WHERE name LIKE 'node/%'")
            if connection.execute(query).scalar_one() == head:
                return time.perf_counter()
        time.sleep(0.005)
    raise SystemExit("the backlog did not arrive in time")


def arrived_rows(database: Database) -> dict[str, tuple[list[str], list[Row]]]:
    """Return columns and rows of the hub's two tables as the driver gives them."""
    found = {}
    for name in TABLES:
        cursor: Any
        with database.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(f"SELECT * FROM {name}")
            found[name] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def sqlite_bound_seconds(path: Path, rows: dict[str, tuple[list[str], list[Row]]], batch: int) -> float:
    """One thread, `executemany` upserts into the same tables, the same durability and batches."""
    made = hub_db.open_database(f"sqlite:///{path}")
    hub_db.Base.metadata.create_all(made.engine)
    with made.engine.connect() as kept:
        raw: Any = kept.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        texts = {name: _upsert(name, columns, "?") for name, (columns, _) in rows.items()}
        total = len(rows["events"][1])
        began = time.perf_counter()
        for start in range(0, total, batch):
            raw.execute("BEGIN IMMEDIATE")
            for name, (_, listed) in rows.items():
                raw.executemany(texts[name], listed[start : start + batch])
            raw.execute("COMMIT")
        took = time.perf_counter() - began
    made.dispose()
    return took


def postgres_bound_seconds(url: str, rows: dict[str, tuple[list[str], list[Row]]], batch: int) -> float:
    """COPY into temporary tables, then one merge for each, in batches."""
    made = Database(url)
    hub_db.Base.metadata.create_all(made.engine)
    made.dispose()
    total = len(rows["events"][1])
    with psycopg.connect(url) as connection:
        for name in rows:
            connection.execute(f"CREATE TEMP TABLE t_{name} (LIKE {name}) ON COMMIT DELETE ROWS")
        connection.commit()
        began = time.perf_counter()
        for start in range(0, total, batch):
            for name, (columns, listed) in rows.items():
                _copy(connection, name, columns, listed[start : start + batch])
            connection.commit()
        return time.perf_counter() - began


def _copy(connection: Any, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(f"t_{name}"), listed)) as copy:
            for row in rows:
                copy.write_row(row)
        merge = _upsert(name, columns, "").replace("VALUES ()", f"SELECT {_names(columns)} FROM t_{name}")
        cursor.execute(merge)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _upsert(name: str, columns: Sequence[str], mark: str) -> str:
    keys = KEYS[name]
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in keys)
    marks = ", ".join(mark for _ in columns) if mark else ""
    conflict = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
    return f"INSERT INTO {name} ({_names(columns)}) VALUES ({marks}) {conflict}"


def measure(kind: str, records: int, rounds: int, batch: int, new_url: Callable[[ExitStack, Path, str], str]) -> float:
    """Alternate product and bound; print each round; return the ratio of the medians of records a second."""
    took: dict[str, list[float]] = {"product": [], "bound": []}
    broker_kind = "mosquitto" if find_mosquitto() else "embedded"
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="stadtherz-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "node").mkdir()
        original = folder / "node.db"
        filled = Database(f"sqlite:///{original}")
        fill_node(filled, records)
        open_feed(filled, open_install(folder / "node" / "key").instance)
        with filled.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        filled.dispose()
        for number in range(rounds):
            with ExitStack() as this:
                here = folder / f"round{number}"
                here.mkdir()
                shutil.copy(original, here / "node.db")
                shutil.copytree(folder / "node", here / "node")
                broker = make_broker(broker_kind, here)
                broker.start()
                this.callback(broker.stop)
                hub_url = new_url(this, here, "hub")
                seconds = product_seconds(here, f"sqlite:///{here}/node.db", hub_url, broker)
                took["product"].append(seconds)
                arrived = Database(hub_url)
                rows = arrived_rows(arrived)
                arrived.dispose()
                bound_url = new_url(this, here, "bound")
                if kind == "sqlite":
                    took["bound"].append(sqlite_bound_seconds(here / "bound.db", rows, batch))
                else:
                    took["bound"].append(postgres_bound_seconds(bound_url, rows, batch))
            shutil.rmtree(here, ignore_errors=True)
            print(f"  round {number + 1}: product {_rate(records, took['product'][-1])}, "
                  f"bound {_rate(records, took['bound'][-1])}", flush=True)  # fmt: skip
    for name, seconds in took.items():
        low, high = _rate(records, max(seconds)), _rate(records, min(seconds))
        print(f"  {name}: median {_rate(records, statistics.median(seconds))} ({low} to {high})")
    return statistics.median(took["bound"]) / statistics.median(took["product"])


def _rate(records: int, seconds: float) -> str:
    return f"{records / seconds:,.0f}/s"


def main() -> int:
    """Print P1 and, where PostgreSQL is installed, P2."""
    parser = argparse.ArgumentParser(description="Replication throughput against the raw bound")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=500, help="records in a transaction of the bound")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    if asked.only != "postgresql":
        ratio = measure(
            "sqlite", asked.records, asked.rounds, asked.batch, lambda _s, at, name: f"sqlite:///{at}/{name}.db"
        )
        print(f"P1 SQLite, product / bound: {ratio:.2f} (goal 0.60)")
    if asked.only != "sqlite" and find_postgres():
        with postgres_cluster(DURABLE) as server:
            ratio = measure(
                "postgresql", asked.records, asked.rounds, asked.batch,
                lambda stack, _at, _name: stack.enter_context(postgres_database(server)),
            )  # fmt: skip
        print(f"P2 PostgreSQL, product / bound: {ratio:.2f} (goal 0.50)")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
        sys.exit()
    sys.exit(main())

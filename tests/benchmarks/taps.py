"""A tap answered by the node: the whole request, stored for good, in a house that has counted for a year.

Goal: median below 10 ms. The raw bound beside it is one insert with its commit, by hand, in the same
database: `synchronous=FULL` waits for the disk once in both.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from node.app import create_app
from node.config import NodeConfig
from node.core.accounts import Account, Role
from node.visits.models import HourCount, Tap
from shared.database import Database
from shared.ids import new_id
from shared.records.visits import VisitKind
from shared.time import now, to_wire
from shared.web.accounts import add_account
from shared.web.settings import write_secret

DAYS = 365
TAPS_A_DAY = 150
ROUNDS = 400
PASSWORD = "only for this benchmark"


def main() -> None:
    """Fill a year, then send taps as the counter page does: one in a batch, and a backlog of 200."""
    with tempfile.TemporaryDirectory() as folder:
        config = NodeConfig(centre_id="haus", city="stadt", data_folder=Path(folder))
        write_secret(config.secret_file, "only for this benchmark")
        app = create_app(config)
        database: Database = app.extensions["stadtherz.database"]
        _fill(database)
        client = _signed_in(app, database)
        raw = _times(lambda: _raw(database))
        begun = time.process_time()
        single = _times(lambda: _send(client, 1))
        cpu = (time.process_time() - begun) * 1000 / (ROUNDS + 1)
        backlog = _times(lambda: _send(client, 200), rounds=20)
        page = _times(lambda: client.get("/zaehler"), rounds=100)
        print(f"{DAYS * TAPS_A_DAY} taps in the database; milliseconds, median and p95")
        for name, taken in (
            ("one insert and its commit, by hand", raw),
            ("one tap in its request (goal 10)", single),
            ("a backlog of 200 taps in one request", backlog),
            ("the counter page", page),
        ):
            print(f"{name:40} {statistics.median(taken):8.1f} {statistics.quantiles(taken, n=20)[-1]:8.1f}")
        print(f"of a tap {cpu:.1f} ms are computing; the rest is waiting, for the disk or for other programs")
        print(f"a tap = {statistics.median(single) / statistics.median(raw):.1f} × the raw insert")
        database.dispose()


def _fill(database: Database) -> None:
    dice, at = random.Random(7), now()
    with database.transaction() as session:
        for day in range(1, DAYS + 1):
            taps = [_tap(at - timedelta(days=day, minutes=dice.randrange(600)), dice) for _ in range(TAPS_A_DAY)]
            session.execute(insert(Tap), taps)
            hours = {tap["counted_at"].replace(minute=0, second=0) for tap in taps}
            session.add_all(
                HourCount(hour_starts_at=hour, kind=kind.value, target_group="", count=5)
                for hour in hours
                for kind in VisitKind
            )


def _tap(counted_at: datetime, dice: random.Random) -> dict[str, object]:
    return {
        "id": new_id(),
        "counted_at": counted_at,
        "kind": dice.choice(list(VisitKind)).value,
        "target_group": "",
        "step": 1,
        "received_at": counted_at,
    }


def _signed_in(app: Flask, database: Database) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False  # the token's signature costs microseconds, its set-up here a page each
    with database.transaction() as session:
        add_account(session, Account, "anna", PASSWORD, Role.RECEPTION, list(Role), now())
    client = app.test_client()
    assert client.post("/anmelden", data={"name": "anna", "password": PASSWORD}).status_code == 302
    return client


def _send(client: FlaskClient, count: int) -> None:
    said = [
        {"id": new_id(), "counted_at": to_wire(now()), "kind": "event", "target_group": "", "step": 1}
        for _ in range(count)
    ]
    answer = client.post("/zaehler/zaehlungen", json={"sent_at": to_wire(now()), "taps": said})
    assert answer.status_code == 200, answer.text
    assert len(answer.get_json()["accepted"]) == count


def _raw(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(Tap), [_tap(now(), random.Random(1))])


def _times(act: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    act()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


if __name__ == "__main__":
    main()

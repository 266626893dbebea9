"""Pages of a busy house: the day's grid and the public programme, through the whole HTTP stack (P14).

12 spaces with 150 bookings on one day, 2,000 public events. Prints milliseconds, queries and the
ratio to an empty answer of the same app; asserts no times.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from node.app import create_app
from node.config import NodeConfig
from node.core.accounts import Account, Role
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret
from tests.factories import make_booking, make_event, make_space

SPACES, BOOKINGS, EVENTS = 12, 150, 2000
ROUNDS = 60
PASSWORD = "only for this benchmark"
DAY = now().date() + timedelta(days=7)


def main() -> None:
    """Fill a house and ask for its pages."""
    with tempfile.TemporaryDirectory() as folder:
        config = NodeConfig(centre_id="hochfeld", city="stadt", data_folder=Path(folder))
        write_secret(config.secret_file, PASSWORD)
        app = create_app(config)
        app.config.update(WTF_CSRF_ENABLED=False)
        database: Database = app.extensions["stadtherz.database"]
        with database.transaction() as session:
            add_account(session, Account, "Anna", PASSWORD, Role.LEAD, list(Role), now())
            _fill(session)
        client = app.test_client()
        client.post("/anmelden", data={"name": "Anna", "password": PASSWORD})
        print(
            f"{SPACES} spaces, {BOOKINGS} bookings on a day, {EVENTS} public events; median and p95 of {ROUNDS} rounds"
        )
        empty = _report("an empty answer", app, client, "/healthz")
        _report("day grid (goal ≤ 50 ms, ≤ 12 queries)", app, client, f"/buchungen?tag={DAY}", empty)
        _report("public programme (goal ≤ 50 ms, ≤ 12 queries)", app, client, "/haus/programm", empty)
        _report("room timetable", app, client, f"/stundenplan?tag={DAY}", empty)
        _report("today", app, client, "/heute", empty)
        database.dispose()


def _fill(session: Session) -> None:
    spaces = [make_space(session, name=f"Raum {number}") for number in range(SPACES)]
    for number in range(BOOKINGS):
        hour, quarter = divmod((number // SPACES) * 4, 4)
        start, end = _wall(8 + hour, quarter), _wall(8 + hour, quarter + 3)
        make_booking(session, spaces[number % SPACES], start, end, DAY, title=f"Gruppe {number}")
    for number in range(EVENTS):
        make_event(session, f"Veranstaltung {number}", day=DAY + timedelta(days=number % 300))


def _wall(hour: int, quarter: int) -> str:
    return f"{hour:02}:{quarter * 15:02}"


def _report(name: str, app: Flask, client: FlaskClient, address: str, empty: float | None = None) -> float:
    with _counted(app.extensions["stadtherz.database"]) as queries:
        assert client.get(address).status_code == 200, address
    times = sorted(_time_of(lambda: client.get(address)) for _round in range(ROUNDS))
    median, p95 = statistics.median(times), times[int(ROUNDS * 0.95)]
    ratio = f" = {median / empty:.0f} × an empty answer" if empty else ""
    print(f"  {name}: {median:.1f} ms, p95 {p95:.1f} ms, {len(queries)} queries{ratio}")
    return median


def _time_of(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    queries: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in ("SELECT", "WITH R"):
            queries.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield queries
    event.remove(database.engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()

"""P12: reports on many hour counts, from kept sums against the records themselves, with a writer beside them.

Fills a city (`city_data`), asks its pages through the whole HTTP stack, and prints: median and p95
of each page in milliseconds, alone and while a writer corrects counts as ingest does and the job
follows; the year by district and month from the records ÷ from the kept sums; what noting the
changes costs ingest; how long a rebuild takes. Asserts no times, but that both ways agree.

    python -m tests.benchmarks.reports            a hundredth of GOALS.md
    python -m tests.benchmarks.reports --full     1,000 centres, a million events, ten million counts
    python -m tests.benchmarks.reports --counts 1000000 --centres 1000 --only sqlite
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import case, func, select, text, update

from hub.app import create_app
from hub.centres.models import Centre
from hub.config import HubConfig
from hub.core import jobs
from hub.core.accounts import Account, Role
from hub.reports import queries, triggers
from hub.reports.commands import rebuild_with_progress
from hub.reports.periods import Month, Period, month_of
from hub.reports.queries import Scope
from hub.visits.models import HourCount
from shared.database import Database
from shared.replication.ledger import bulk
from shared.time import now
from shared.web import zone
from shared.web.accounts import add_account
from shared.web.settings import write_secret
from tests.benchmarks.city_data import NOW, Size, centre_id, fill, record_id
from tests.services import find_postgres, postgres_cluster, postgres_database

SMALL = Size(centres=100, events=100, counts=100_000, spaces=100, bookings=50)
ROUNDS, RAW_ROUNDS, INGEST_ROUNDS = 40, 3, 5
CORRECTIONS_PER_S, AT_ONCE = 200, 10
INGESTED, BATCH = 20_000, 500  # hour counts
NAME, PASSWORD = "Planung", "a long enough password"
POSTGRES_SETTINGS = ("jit=off", "shared_buffers=512MB", "max_connections=60", "max_wal_size=4GB")


def main() -> None:
    """Fill and ask one database after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reports", description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--centres", type=int)
    parser.add_argument("--counts", type=int)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    named = {name: getattr(asked, name) for name in ("centres", "counts") if getattr(asked, name)}
    size = replace(Size() if asked.full else SMALL, **named)
    with tempfile.TemporaryDirectory() as folder:
        if asked.only != "postgresql":
            _measure("SQLite", Path(folder), "", size)
    if asked.only != "sqlite" and find_postgres():
        with (
            postgres_cluster(POSTGRES_SETTINGS) as server,
            postgres_database(server) as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            _measure("PostgreSQL", Path(folder), url, size)


def _measure(name: str, folder: Path, url: str, size: Size) -> None:
    print(f"\n{name}: {size}", flush=True)
    config = HubConfig(city="stadt", city_name="Stadt", data_folder=folder, database=url)
    write_secret(config.secret_file, "only for this benchmark")
    fill(config, size, deriving=("report-sums",), only="report_due")
    app = create_app(config)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    database: Database = app.extensions["stadtherz.database"]
    client = _signed_in(app, database)
    with app.app_context():
        _raw_against_kept(database)
    print("milliseconds of the HTTP response: median and p95 alone; and with a writer and the job beside it")
    for what, address in _questions():
        print(f"  {what:44} {_times(client, address)}", end="", flush=True)
        with _writer(app, database, size):
            print(f"   {_times(client, address)}", flush=True)
    _cost_to_ingest(database, size)
    began = time.perf_counter()
    with app.app_context():
        rebuild_with_progress(database, zone())
    print(f"rebuild: {time.perf_counter() - began:.0f} s")
    database.dispose()


def _questions() -> Iterator[tuple[str, str]]:
    year = f"first={NOW.year}-01&last={NOW.year}-12"
    yield "P12 visits of a year, district × month (50)", f"/berichte/besuche?{year}&by=district"
    yield "visits of a year by month", f"/berichte/besuche?{year}&by=month"
    yield "visits of a year, hours of the week", f"/berichte/besuche?{year}&by=week"
    yield "visits of a year by quarter (Stadtteil)", f"/berichte/besuche?{year}&by=quarter"
    yield "visits of a year by centre, page of 50", f"/berichte/besuche?{year}&by=centre"
    yield "visits of a year in a district by centre", f"/berichte/besuche?{year}&by=centre&district=Bezirk+3"
    yield (
        "three years, district × quarter of the year",
        (f"/berichte/besuche?first={NOW.year - 2}-01&last={NOW.year}-12&by=district"),
    )
    yield "dates of a year by theme", f"/berichte/veranstaltungen?{year}&by=theme"
    yield "overview of a year, all figures", f"/berichte?{year}"


def _signed_in(app: Flask, database: Database) -> FlaskClient:
    with database.transaction() as session:
        add_account(session, Account, NAME, PASSWORD, Role.PLANNER, list(Role), now())
    client = app.test_client()
    assert client.post("/anmelden", data={"name": NAME, "password": PASSWORD}).status_code == 302
    return client


def _times(client: FlaskClient, address: str) -> str:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(address)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    return f"{statistics.median(taken):8.1f} {statistics.quantiles(taken, n=20)[-1]:8.1f}"


def _raw_against_kept(database: Database) -> None:
    """The visits of this year by district and month, both ways; they have to be the same."""
    period = Period(Month(NOW.year, 1), month_of(NOW, zone()))
    raw, from_records = _timed(RAW_ROUNDS, lambda: _from_records(database, period))
    kept, from_sums = _timed(ROUNDS, lambda: _from_sums(database, period))
    assert from_records == from_sums, "the sums are not those of the records"
    print(f"year by district and month: from records {raw:.0f} ms ÷ from sums {kept:.1f} ms = {raw / kept:.0f}")


def _timed(rounds: int, ask: Callable[[], Any]) -> tuple[float, Any]:
    taken, found = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        found = ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), found


def _from_records(database: Database, period: Period) -> Any:
    bounds = period.bounds(zone())
    month = case(*((HourCount.hour_starts_at < end, index) for index, end in enumerate(bounds[1:])))
    query = (
        select(Centre.district, month.label("month"), func.sum(HourCount.count))
        .join(Centre, Centre.centre_id == HourCount.centre_id)
        .where(HourCount.hour_starts_at >= bounds[0], HourCount.hour_starts_at < bounds[-1])
        .group_by(Centre.district, "month")
    )
    with database.reading() as session:
        return sorted((district, index, int(amount)) for district, index, amount in session.execute(query))


def _from_sums(database: Database, period: Period) -> Any:
    with database.reading() as session:
        return sorted(tuple(found) for found in queries.sums(session, ("visits",), "district", Scope(period)))


@contextmanager
def _writer(app: Flask, database: Database, size: Size) -> Iterator[None]:
    """Correct counts of any time, ten in a transaction, and let the job follow every two seconds."""
    ending = threading.Event()
    dice = random.Random(11)

    def correct() -> None:
        each = size.counts // size.centres
        while not ending.wait(AT_ONCE / CORRECTIONS_PER_S):
            house = dice.randrange(size.centres)
            ids = [record_id(7, house * 10_000_000 + dice.randrange(each)) for _ in range(AT_ONCE)]
            with database.transaction() as session:
                changed = update(HourCount).where(HourCount.centre_id == centre_id(house), HourCount.id.in_(ids))
                session.connection().execute(changed.values(count=HourCount.count + 1))

    def follow() -> None:
        while not ending.wait(2):
            jobs.run_now(app, "report-sums")

    threads = [threading.Thread(target=work) for work in (correct, follow)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()
        jobs.run_now(app, "report-sums")


def _cost_to_ingest(database: Database, size: Size) -> None:
    """Hour counts as ingest writes them, 500 in a transaction, with and without the notes; rounds alternate."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(INGEST_ROUNDS * 2):
        noted = turn % 2 == 0
        with database.engine.execution_options(writing=True).begin() as connection:
            for moment in ("inserted", "updated", "deleted"):
                on = "" if database.is_sqlite else " ON visits"
                connection.execute(text(f"DROP TRIGGER IF EXISTS visits_sums_{moment}{on}"))
            if noted:
                triggers.create(None, connection)
        taken[noted].append(_ingest(database, size.centres + 1 + turn))
    with_notes, without = (statistics.median(taken[noted]) for noted in (True, False))
    print(
        f"ingest of {INGESTED} hour counts: {with_notes:.2f} s noting what is due, {without:.2f} s without:"
        f" ÷ {with_notes / without:.2f}",
        flush=True,
    )
    with database.engine.execution_options(writing=True).begin() as connection:
        triggers.create(None, connection)


def _ingest(database: Database, house: int) -> float:
    table: Any = HourCount.__table__
    names = ("centre_id", "id", "hour_starts_at", "kind", "target_group", "count")
    first = NOW.replace(hour=0) - timedelta(days=700)
    rows = [
        (
            centre_id(house), record_id(7, house * 10_000_000 + number),
            f"{first + timedelta(hours=number * 16800 // INGESTED):%Y-%m-%dT%H}:00:00Z", "event", "", number % 9,
        )
        for number in range(INGESTED)
    ]  # fmt: skip
    began = time.perf_counter()
    for start in range(0, INGESTED, BATCH):
        with database.transaction() as session:
            bulk.upsert(session.connection(), table, names, rows[start : start + BATCH])
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

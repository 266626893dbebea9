"""What the sums of occupancy cost: ingest beside them, the job that keeps them, and who asks for them.

    python -m tests.benchmarks.occupancy [--houses 20] [--city 1000] [--only sqlite]

Bookings are written as ingest writes them, 500 to a transaction, with the triggers and without,
in turns. Prints rates and milliseconds; asserts no times.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

import hub.app  # noqa: F401 (all tables of the hub)
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.core.db import Base, open_database
from hub.occupancy import queries, summing, triggers
from hub.occupancy.models import OccupancyHouse
from hub.occupancy.parts import Part
from hub.opening_hours.models import OpeningHours
from hub.reports.periods import Month, Period
from hub.spaces.models import Space
from shared.database import Database
from shared.ids import new_id
from shared.replication.ledger import bulk
from shared.time import to_wire
from tests.services import postgres_cluster, postgres_database

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BEGINS = datetime(2026, 1, 1, 8, tzinfo=UTC)
SPACES, BOOKINGS = 5, 2_000  # of a house, the latter in a year
BATCH = 500
ROUNDS = 15
YEAR = Period(Month(2026, 1), Month(2026, 12))
NAMES = ("centre_id", "id", "space_id", "starts_at", "ends_at", "kind", "state", "event_id")


def main() -> None:
    """Measure both engines, or the one that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--houses", type=int, default=20, help=f"each of {BOOKINGS} bookings a year")
    parser.add_argument("--city", type=int, default=1000, help="houses whose sums are asked for")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    for engine in ("sqlite", "postgresql"):
        if asked.only in (None, engine):
            with _database(engine) as database:
                print(f"-- {engine}: {asked.houses} houses of {SPACES} spaces and {BOOKINGS} bookings a year")
                _measure(database, asked.houses, asked.city)


@contextmanager
def _database(engine: str) -> Iterator[Database]:
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield _opened(f"sqlite:///{Path(folder) / 'hub.sqlite'}")
    else:
        with postgres_cluster() as server, postgres_database(server) as url:
            database = _opened(url)
            yield database
            database.dispose()


def _opened(url: str) -> Database:
    database = open_database(url)
    Base.metadata.create_all(database.engine)
    return database


def _measure(database: Database, houses: int, city: int) -> None:
    dice = random.Random(7)
    spaces = [_house(database, f"house-{number}") for number in range(houses)]
    with database.transaction() as session:
        summing.look_ahead(session, NOW, ZONE)
    rows = [_bookings(dice, f"house-{number}", spaces[number]) for number in range(houses)]
    _ingest(database, rows)
    months, seconds = _work_off(database)
    print(f"job: {months} months of a house in {seconds:.1f} s, {1000 * seconds / months:.1f} ms a month")
    _one_change(database, spaces[0][0])
    _questions(database, city)


def _house(database: Database, centre_id: str) -> list[str]:
    with database.transaction() as session:
        connection = session.connection()
        profile = {"centre_id": centre_id, "id": new_id(), "name": centre_id, "kind": "stadtteilzentrum"}
        connection.execute(insert(Centre.__table__), [{**profile, "district": "Mitte", "closed_on_holidays": True}])  # type: ignore[arg-type]
        hours = [
            {"centre_id": centre_id, "id": new_id(), "kind": "open", "weekday": day, "opens_local": "09:00"}
            for day in range(6)
        ]
        connection.execute(insert(OpeningHours.__table__), [{**each, "closes_local": "21:00"} for each in hours])  # type: ignore[arg-type]
        ids = [new_id() for _ in range(SPACES)]
        parents = [None, ids[0], ids[0], None, None]  # a hall, its halves, two more
        connection.execute(
            insert(Space.__table__),  # type: ignore[arg-type]
            [
                {"centre_id": centre_id, "id": each, "name": "Raum", "kind": "multi_purpose", "parent_id": parent}
                for each, parent in zip(ids, parents, strict=True)
            ],
        )
    return ids


def _bookings(dice: random.Random, centre_id: str, spaces: list[str]) -> list[tuple[Any, ...]]:
    rows = []
    for _ in range(BOOKINGS):
        starts_at = BEGINS + timedelta(days=dice.randrange(365), minutes=30 * dice.randrange(26))
        times = (starts_at, starts_at + timedelta(minutes=30 * dice.randrange(1, 9)))
        rows.append((centre_id, new_id(), dice.choice(spaces), *map(to_wire, times), "rental", "confirmed", None))
    return rows


def _ingest(database: Database, rows: list[list[tuple[Any, ...]]]) -> None:
    """Write every other house without the triggers, then the same bookings again (nothing changes)."""
    taken: dict[str, list[float]] = {"with": [], "without": [], "again": []}
    for number, of_house in enumerate(rows):
        name = ("with", "without")[number % 2]
        _switch(database, on=name == "with")
        taken[name].append(_written(database, of_house))
    _switch(database, on=True)
    taken["again"] = [_written(database, of_house) for of_house in rows[: len(rows) // 2]]
    rates = {name: BOOKINGS / statistics.median(seconds) for name, seconds in taken.items() if seconds}
    print("ingest, bookings a second: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items()), end="")
    print(f"; with the triggers {rates['with'] / rates['without']:.2f} of without")
    with database.transaction() as session:
        summing.rebuild(session)


def _written(database: Database, rows: list[tuple[Any, ...]]) -> float:
    begun = time.perf_counter()
    for first in range(0, len(rows), BATCH):
        with database.transaction() as session:
            bulk.upsert(session.connection(), Booking.__table__, NAMES, rows[first : first + BATCH])  # type: ignore[arg-type]
    return time.perf_counter() - begun


def _switch(database: Database, *, on: bool) -> None:
    with database.transaction() as session:
        connection = session.connection()
        if on:
            triggers.create(None, connection)
            return
        for moment in ("inserted", "updated", "deleted"):
            of_table = "" if database.is_sqlite else " ON bookings"
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS bookings_occupancy_{moment}{of_table}")


def _work_off(database: Database) -> tuple[int, float]:
    begun, months = time.perf_counter(), 0
    taken_up: str | None = ""
    while taken_up is not None:
        with database.transaction() as session:
            taken_up = summing.take_up(session)
    number = 1
    while number:
        with database.transaction() as session:
            number = summing.work_off(session)
            months += number
    return months, time.perf_counter() - begun


def _one_change(database: Database, space_id: str) -> None:
    times = []
    for number in range(ROUNDS):
        with database.transaction() as session:
            starts_at = BEGINS + timedelta(days=number)
            record = {"centre_id": "house-0", "id": new_id(), "space_id": space_id, "kind": "rental"}
            times_of_it = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "state": "confirmed"}
            session.connection().execute(insert(Booking.__table__), [{**record, **times_of_it}])  # type: ignore[arg-type]
        times.append(_work_off(database)[1])
    print(f"job after one booking: {1000 * statistics.median(times):.1f} ms")


def _questions(database: Database, city: int) -> None:
    dice = random.Random(7)
    months = [str(YEAR.first.plus(step)) for step in range(-12, 12)]
    with database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM occupancy_houses")
        for month in months:
            session.connection().execute(
                insert(OccupancyHouse.__table__),  # type: ignore[arg-type]
                [
                    {
                        "month": month, "part": part, "centre_id": f"house-{number}", "open_s": 500_000,
                        "inside_s": dice.randrange(500_000), "outside_s": 3600, "blocked_s": 0,
                    }
                    for part in Part
                    for number in range(city)
                ],
            )  # fmt: skip
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE occupancy_houses")
            connection.commit()
    print(f"sums of {city} houses × 12 months, ms:")
    some = [f"house-{number}" for number in range(0, city, 10)]
    for name, ask in _asked(some).items():
        with database.reading() as session:
            times = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                found = ask(session)
                times.append(1000 * (time.perf_counter() - begun))
        print(f"  {name:35} {statistics.median(times):6.1f}   {len(found)} rows")


def _asked(some: list[str]) -> dict[str, Callable[[Any], list[Any]]]:
    return {
        "altogether": lambda session: queries.sums(session, YEAR, ()),
        "by month": lambda session: queries.sums(session, YEAR),
        "by month and part": lambda session: queries.sums(session, YEAR, ("month", "part")),
        "by house": lambda session: queries.sums(session, YEAR, ("centre_id",)),
        "by house and part": lambda session: queries.sums(session, YEAR, ("centre_id", "part")),
        "a tenth of the houses, by month": lambda session: queries.sums(session, YEAR, ("month",), some),
        "evenings by month": lambda session: queries.sums(session, YEAR, ("month",), None, {Part.EVENING}),
    }


if __name__ == "__main__":
    main()

"""A hub's database of the size of GOALS.md, made once and kept: houses, events, counts, spaces, bookings.

Rows go in as ingest leaves them, in the typed tables; what is derived from them (words, sums) is
caught up by the hub's own jobs. Everything comes from one seed: two runs fill the same city.
"""

import random
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import insert, text

from hub.app import create_app
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.city.service import plant_districts, plant_quarters
from hub.config import HubConfig
from hub.core import jobs
from hub.network.models import Member
from hub.opening_hours.models import OpeningHours
from hub.programme.models import Event
from hub.spaces.models import Space, SpaceHours
from hub.themes.service import plant_first_themes
from hub.visits.models import VisitDay
from shared.database import Database
from shared.keys import Install
from shared.records.themes import FIRST_THEMES

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
YEAR_BEGINS = datetime(NOW.year, 1, 1, tzinfo=UTC)
COUNTED_DAYS = 730  # two years, up to today
DISTRICTS = [f"Bezirk {number}" for number in range(1, 11)]
QUARTERS = {district: [f"Quartier {district[7:]}.{number}" for number in range(1, 6)] for district in DISTRICTS}
QUARTERS_OF_AN_HOUR = range(32, 80)
COMMON = ("Offener", "Treff", "Beratung", "Kurs", "Gruppe", "Nachmittag", "Abend", "Kinder", "Frauen", "Familie")
FIRST_PARTS = ("Schach", "Näh", "Koch", "Tanz", "Boots", "Imker", "Foto", "Video", "Garten", "Lese", "Chor", "Spiel")
LAST_PARTS = ("kreis", "werkstatt", "runde", "bühne", "verein", "stunde", "tag", "fest", "labor", "reise", "markt")
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "wu")
RARE = [first + middle + last for first in FIRST_PARTS for middle in SYLLABLES for last in LAST_PARTS]  # 1,320 words
VISIT_KINDS = ("open_meeting", "programme", "consultation", "event")
TARGET_GROUPS = ("", "children", "families", "seniors", "women", "newcomers")
DERIVING_JOBS = ("search-index", "report-sums", "norm-weeks", "offer-sums", "occupancy")
FEATURES = ("projector", "kitchen", "piano", "stage", "wifi", "whiteboard")


@dataclass(frozen=True)
class Size:
    """How large the city is: `events` and `bookings` are of each centre and each space, `counts` of all centres."""

    centres: int = 1_000
    events: int = 1_000
    counts: int = 10_000_000
    spaces: int = 5_000
    bookings: int = 300

    @property
    def name(self) -> str:
        return "_".join(str(number) for number in astuple(self))


def fill(config: HubConfig, size: Size, deriving: Sequence[str] = DERIVING_JOBS, only: str = "") -> None:
    """Make the city of `config`, whose database is empty; the jobs `deriving` catch up (`only` with one list)."""
    app = create_app(config)
    database: Database = app.extensions["stadtherz.database"]
    with database.transaction() as session:
        plant_first_themes(session)
        plant_districts(session, DISTRICTS)
        plant_quarters(session, QUARTERS)
    dice = random.Random(7)
    for what, total, write in (
        ("centres", size.centres, lambda number: _write_house(database, dice, number, size)),
        ("centres' events", size.centres, lambda number: _write_events(database, dice, number, size.events)),
        ("centres' counts", size.centres, lambda number: _write_counts(database, number, size)),
    ):
        began = time.perf_counter()
        for number in range(total):
            write(number)
        print(f"  {what}: {time.perf_counter() - began:.0f} s", flush=True)
    _catch_up(app, deriving, only)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # what autovacuum has done by the next morning
    database.dispose()


def centre_id(number: int) -> str:
    return f"centre-{number}"


def record_id(kind: int, number: int) -> str:
    """Return an id of the right form that grows with `number`, as those of the field grow with time."""
    return f"01900000-{kind:04x}-7000-8000-{number:012x}"


def _write_house(database: Database, dice: random.Random, number: int, size: Size) -> None:
    """A house, its hours, its rooms and their bookings, as one transaction of ingest."""
    spaces = [_space(number, at) for at in range(number, size.spaces, size.centres)]
    guests = [space for space in spaces if space["is_guest_space"]]
    with database.transaction() as session:
        connection = session.connection()
        for model, rows in (
            (Member, [_member(number)]),
            (Centre, [_centre(number)]),
            (OpeningHours, list(_hours(number))),
            (Space, spaces),
            (SpaceHours, [_guest_hours(number, space, weekday) for space in guests for weekday in range(5)]),
            (Booking, [_booking(dice, space, at, size.bookings) for space in spaces for at in range(size.bookings)]),
        ):
            _insert(connection, model, rows)


def _write_events(database: Database, dice: random.Random, number: int, events: int) -> None:
    with database.transaction() as session:
        _insert(session.connection(), Event, [_event(dice, number, at) for at in range(events)])


def _insert(connection: Any, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(model.__table__), rows)


def _member(number: int) -> dict[str, Any]:
    return {
        "centre_id": centre_id(number), "name": f"Zentrum {number}", "public_key": _public_key(number),
        "admitted_at": YEAR_BEGINS, "online": True, "online_changed_at": NOW, "heard_at": NOW, "agreed_up_at": NOW,
        "agreed_down_at": NOW, "reported_head": 0,
    }  # fmt: skip


def _public_key(number: int) -> str:
    return Install("", "", number.to_bytes(32, "big")).public_key.text


def _centre(number: int) -> dict[str, Any]:
    district = DISTRICTS[number % len(DISTRICTS)]
    return {
        "centre_id": centre_id(number), "id": record_id(1, number), "name": f"Zentrum {number}",
        "kind": "stadtteilzentrum", "district": district,
        "quarter": QUARTERS[district][number // len(DISTRICTS) % len(QUARTERS[district])],
        "latitude": 51.3 + number % 37 / 150, "longitude": 6.6 + number % 41 / 150,
    }  # fmt: skip


def _hours(number: int) -> Iterator[dict[str, Any]]:
    """Five or six days of about nine hours, a consultation hour in them, and a closure in summer."""
    centre = centre_id(number)
    for weekday in range(5 + number % 2):
        for at, (kind, opens, closes) in enumerate((("open", "09:00", "18:00"), ("consultation", "10:00", "12:00"))):
            yield {
                "centre_id": centre, "id": record_id(2, number * 100 + weekday * 2 + at), "kind": kind,
                "weekday": weekday, "opens_local": opens, "closes_local": closes, "valid_from": None,
                "valid_until": None, "closed": False,
            }  # fmt: skip
    yield {
        "centre_id": centre, "id": record_id(2, number * 100 + 99), "kind": "open", "weekday": None,
        "opens_local": "00:00", "closes_local": "00:00", "valid_from": datetime(NOW.year, 7, 20, tzinfo=UTC).date(),
        "valid_until": datetime(NOW.year, 8, 2, tzinfo=UTC).date(), "closed": True,
    }  # fmt: skip


def _space(house: int, number: int) -> dict[str, Any]:
    seats = 8 + number * 7 % 90
    return {
        "centre_id": centre_id(house), "id": record_id(3, number), "name": f"Raum {number}", "kind": "multi_purpose",
        "capacity": seats, "capacity_rows": seats, "capacity_tables": seats * 2 // 3, "capacity_circle": seats // 2,
        "features": (FEATURES[number % 6], FEATURES[number // 6 % 5]), "bookable": True,
        "accessibility": ("step_free",) if number % 3 else (), "buffer_before_min": number % 2 * 15,
        "buffer_after_min": number % 3 * 15, "is_guest_space": number % 11 == 0, "self_managed": number % 5 == 0,
    }  # fmt: skip


def _guest_hours(house: int, space: dict[str, Any], weekday: int) -> dict[str, Any]:
    return {
        "centre_id": centre_id(house), "id": record_id(4, int(space["id"][-12:], 16) * 10 + weekday),
        "space_id": space["id"], "weekday": weekday, "opens_local": "17:00", "closes_local": "22:00",
    }  # fmt: skip


def _booking(dice: random.Random, space: dict[str, Any], at: int, of: int) -> dict[str, Any]:
    """One every day or so from a year ago to three months ahead, in the hours of the house."""
    day = (NOW - timedelta(days=365)).replace(hour=0) + timedelta(days=at * 455 // of)
    starts_at = day + timedelta(hours=dice.randrange(8, 17), minutes=dice.choice((0, 30)))
    return {
        "centre_id": space["centre_id"], "id": record_id(5, int(space["id"][-12:], 16) * of + at),
        "space_id": space["id"], "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=dice.choice((1, 2, 3))),
        "kind": dice.choice(("programme", "rental", "internal")), "state": "confirmed" if at % 20 else "requested",
    }  # fmt: skip


def _event(dice: random.Random, house: int, number: int) -> dict[str, Any]:
    starts_at = YEAR_BEGINS + timedelta(days=dice.randrange(365), minutes=15 * dice.choice(QUARTERS_OF_AN_HOUR))
    words = [dice.choice(RARE), dice.choice(COMMON), dice.choice(RARE)]  # each common word is in a tenth of the titles
    return {
        "centre_id": centre_id(house), "id": record_id(6, house * 100_000 + number), "kind": "event",
        "state": "published", "title": " ".join(words), "summary": " ".join(dice.choices(RARE, k=4)),
        "description": " ".join(dice.choices(RARE, k=20)), "theme": dice.choice(FIRST_THEMES)[0],
        "target_groups": (dice.choice(("everyone", *TARGET_GROUPS[1:])),),
        "languages": ("de", dice.choice(("tr", "ro", "bg", "ar"))),
        "accessibility": ("step_free",) if dice.random() < 0.3 else (), "starts_at": starts_at,
        "ends_at": starts_at + (timedelta(hours=2) if dice.random() < 0.99 else timedelta(days=5)),
        "updated_at": YEAR_BEGINS,
    }  # fmt: skip


def _write_counts(database: Database, house: int, size: Size) -> None:
    """Two years of hour counts and their days, by the shortest way that each database has."""
    each = size.counts // size.centres
    first = NOW.replace(hour=0) - timedelta(days=COUNTED_DAYS)
    days = [
        {
            "centre_id": centre_id(house), "id": record_id(8, house * 1_000 + day),
            "day": (first + timedelta(day)).date(),
            "state": "closed" if day % 7 == 6 else "counted", "complete": True,
        }
        for day in range(COUNTED_DAYS)
    ]  # fmt: skip
    with database.transaction() as session:
        connection = session.connection()
        _insert(connection, VisitDay, days)
        _pour(connection.connection.driver_connection, _counts(house, each, first, as_text=database.is_sqlite))


def _counts(house: int, each: int, first: datetime, *, as_text: bool) -> Iterator[tuple[Any, ...]]:
    centre = centre_id(house)
    for number in range(each):
        at = first + timedelta(days=number * COUNTED_DAYS // each, hours=9 + number % 9)
        yield (
            centre, record_id(7, house * 10_000_000 + number),
            f"{at:%Y-%m-%dT%H}:00:00Z" if as_text else at,
            VISIT_KINDS[number % 4], TARGET_GROUPS[number // 4 % 6], 1 + number * 7 % 12,
        )  # fmt: skip


_COUNT_COLUMNS = ("centre_id", "id", "hour_starts_at", "kind", "target_group", "count")


def _pour(driver: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    if isinstance(driver, sqlite3.Connection):
        names = ", ".join(_COUNT_COLUMNS)
        driver.executemany(f"INSERT INTO visits ({names}) VALUES (?, ?, ?, ?, ?, ?)", rows)
        return
    assert isinstance(driver, psycopg.Connection)
    columns = sql.SQL(", ").join(map(sql.Identifier, _COUNT_COLUMNS))
    with driver.cursor() as cursor, cursor.copy(sql.SQL("COPY visits ({}) FROM STDIN").format(columns)) as copy:
        for row in rows:
            copy.write_row(row)


def _catch_up(app: Flask, deriving: Sequence[str], only: str) -> None:
    """Let the hub's jobs work off what became due, until nothing is left of any of their lists."""
    database: Database = app.extensions["stadtherz.database"]
    due = [only] if only else [table for table in _tables(database) if table.endswith(("_due", "_to_do"))]
    for table in due:
        began = time.perf_counter()
        before = _rows(database, table)
        while _rows(database, table):
            for name in deriving:
                jobs.run_now(app, name)
        print(f"  {table}: {before} worked off in {time.perf_counter() - began:.0f} s", flush=True)


def _tables(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return list(database.engine.dialect.get_table_names(connection))


def _rows(database: Database, table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

"""How long the room finder takes over all houses: the question itself, and its page through the whole HTTP stack.

`python -m tests.benchmarks.finder --houses 1000` is the size of GOALS.md (P11): 5,000 spaces with
a year's bookings, on SQLite; `--postgresql` asks a private PostgreSQL the same. Some minutes to
fill. Prints milliseconds; asserts no times.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.app import create_app
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.city.service import plant_districts
from hub.config import HubConfig
from hub.finder import houses
from hub.finder.queries import find
from hub.finder.wishes import Wish, to_arguments
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space, SpaceHours
from shared.database import Database
from shared.ids import new_id
from shared.time import at_local
from shared.web.settings import write_secret
from tests.services import postgres_cluster, postgres_database

ZONE = ZoneInfo("Europe/Berlin")
DISTRICTS = [f"Bezirk {number}" for number in range(1, 8)]
FIRST = date(2026, 1, 1)
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
ROUNDS = 40
FEATURES = ("projector", "wifi", "piano", "kitchenette", "stage")


def main() -> None:
    """Fill a hub and ask it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--houses", type=int, default=100)
    parser.add_argument("--a-day", type=float, default=1.5, help="bookings of a space on a day")
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings: dict[str, Any] = {"city": "stadt", "city_name": "Stadt", "data_folder": Path(folder)}
        if asked.postgresql:
            settings["database"] = stack.enter_context(postgres_database(stack.enter_context(postgres_cluster())))
        config = HubConfig(**settings)
        write_secret(config.secret_file, "only for this benchmark")
        app = create_app(config)
        database: Database = app.extensions["stadtherz.database"]
        _fill(database, asked.houses, asked.a_day)
        _ask(database, app.test_client())
        database.dispose()


def _ask(database: Database, client: Any) -> None:
    print("milliseconds, median and p95; another day of the year in each round, so openings are new")
    for name, wish in _questions():
        dice = random.Random(3)
        days = [date(2026, 6, 2) + timedelta(days=dice.randrange(200)) for _ in range(ROUNDS)]
        wishes = [Wish(**{**wish, "day": day}) for day in days]
        _report(name, [lambda one=one: _found(database, one) for one in wishes])
        addresses = [f"/raeume?{_query(one)}" for one in wishes]
        if client.get(addresses[0]).status_code == 200:
            _report("    the same as a page", [lambda one=one: client.get(one) for one in addresses])
    _report("the same day again and again", [lambda: _found(database, Wish(date(2026, 6, 2), persons=30))] * ROUNDS)
    _report("the first look of a process", [lambda: _cold(database)] * 5)


def _questions() -> Iterator[tuple[str, dict[str, Any]]]:
    evening = {"starts": datetime(2026, 1, 1, 18).time()}  # noqa: DTZ001 (a wall time)
    yield (
        "P11 2 h for 30 near a district, all houses",
        {**evening, "persons": 30, "district": DISTRICTS[2], "elsewhere": True},
    )
    yield "    2 h for 30 in a district", {**evening, "persons": 30, "district": DISTRICTS[2]}
    yield "    any time of a day, 30, all houses", {"persons": 30}
    yield "    any time of a day, anybody, all houses", {}
    yield "    a wished time in a week, 30, all houses", {**evening, "persons": 30, "days": 7}
    yield (
        "    projector and step-free, 30",
        {**evening, "persons": 30, "features": ("projector",), "accessibility": ("step_free",)},
    )
    yield "    for 300: what hardly anybody has", {**evening, "persons": 300}
    yield "    20 hours: what no house is open for", {**evening, "persons": 30, "length_min": 1200}


def _query(wish: Wish) -> str:
    pairs = [(k, each) for k, v in to_arguments(wish).items() for each in (v if isinstance(v, list) else [v])]
    return "&".join(f"{key}={str(value).replace(' ', '+')}" for key, value in pairs)


def _found(database: Database, wish: Wish) -> None:
    with database.reading() as session:
        find(session, wish, NOW, ZONE)


def _cold(database: Database) -> None:
    houses.forget()
    _found(database, Wish(date(2026, 6, 2), persons=30))


def _report(name: str, calls: list[Callable[[], Any]]) -> None:
    calls[0]()
    taken = []
    for call in calls:
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    print(f"{name:50} {statistics.median(taken):8.1f} {statistics.quantiles(taken, n=20)[-1]:8.1f}", flush=True)


def _fill(database: Database, number: int, a_day: float) -> None:
    dice = random.Random(7)
    begun, written = time.perf_counter(), 0
    with database.transaction() as session:
        plant_districts(session, DISTRICTS)
    for house in range(number):
        with database.transaction() as session:  # as ingest writes: rows of one house in one transaction
            connection = session.connection()
            spaces = list(_spaces(dice, house))
            bookings = [booking for space in spaces for booking in _bookings(dice, space, a_day)]
            connection.execute(Centre.__table__.insert(), [_centre(house)])  # type: ignore[attr-defined]
            connection.execute(OpeningHours.__table__.insert(), list(_hours(dice, house)))  # type: ignore[attr-defined]
            connection.execute(Space.__table__.insert(), spaces)  # type: ignore[attr-defined]
            guests = [_guest_hours(space) for space in spaces if space["is_guest_space"]]
            if guests:
                connection.execute(SpaceHours.__table__.insert(), guests)  # type: ignore[attr-defined]
            connection.execute(Booking.__table__.insert(), bookings)  # type: ignore[attr-defined]
            written += len(bookings)
    if not database.is_sqlite:
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    took = time.perf_counter() - begun
    print(
        f"{number} houses × 5 spaces, {written} bookings, written in {took:.0f} s ({written / took:.0f}/s)", flush=True
    )


def _centre(number: int) -> dict[str, Any]:
    return {
        "centre_id": f"centre-{number}", "id": new_id(), "name": f"Zentrum {number}", "kind": "stadtteilzentrum",
        "district": DISTRICTS[number % len(DISTRICTS)], "closed_on_holidays": number % 2 == 0,
    }  # fmt: skip


def _hours(dice: random.Random, house: int) -> Iterator[dict[str, Any]]:
    """Yield six days a week with a long evening or two, a closed summer fortnight, some closures."""
    row = {"centre_id": f"centre-{house}", "valid_from": None, "valid_until": None, "closed": False}
    for weekday in range(6):
        closes = dice.choice(("18:00", "20:00", "22:00", "23:30"))
        yield {
            **row,
            "id": new_id(),
            "kind": "open",
            "weekday": weekday,
            "opens_local": "09:00",
            "closes_local": closes,
        }
    for first, days in ((date(2026, 7, 20), 14), *((FIRST + timedelta(days=dice.randrange(365)), 1) for _ in range(4))):
        dates = {"valid_from": first, "valid_until": first + timedelta(days=days - 1), "closed": True}
        yield {
            **row,
            "id": new_id(),
            "kind": "open",
            "weekday": None,
            "opens_local": "00:00",
            "closes_local": "00:00",
            **dates,
        }


def _spaces(dice: random.Random, house: int) -> Iterator[dict[str, Any]]:
    """Yield a hall with two halves, a room, and a guest space or another room."""
    hall = new_id()
    for number, parent in enumerate((None, hall, hall, None, None)):
        guest = number == 4 and house % 4 == 0
        yield {
            "centre_id": f"centre-{house}", "id": hall if number == 0 else new_id(), "name": f"Raum {number}",
            "kind": "multi_purpose", "parent_id": parent, "capacity": dice.choice((8, 15, 30, 60, 120)),
            "features": tuple(dice.sample(FEATURES, 2)), "accessibility": ("step_free",) if dice.random() < 0.7 else (),
            "buffer_before_min": dice.choice((0, 0, 15)), "buffer_after_min": dice.choice((0, 15, 30)),
            "notice_hours": dice.choice((0, 0, 24, 72)), "length_max_min": dice.choice((0, 0, 480)),
            "is_guest_space": guest, "self_managed": number == 3 and dice.random() < 0.4,
        }  # fmt: skip


def _guest_hours(space: dict[str, Any]) -> dict[str, Any]:
    times = {"weekday": None, "opens_local": "17:00", "closes_local": "22:00", "valid_from": None, "valid_until": None}
    return {"centre_id": space["centre_id"], "id": new_id(), "space_id": space["id"], **times}


def _bookings(dice: random.Random, space: dict[str, Any], a_day: float) -> Iterator[dict[str, Any]]:
    for _ in range(int(365 * a_day)):
        day = FIRST + timedelta(days=dice.randrange(365))
        starts_at = at_local(day, datetime.min.time(), ZONE) + timedelta(minutes=15 * dice.randrange(36, 84))
        lasts = timedelta(minutes=15 * dice.randrange(4, 13)) if dice.random() < 0.999 else timedelta(days=3)
        state = "requested" if dice.random() < 0.05 else "confirmed"
        yield {
            "centre_id": space["centre_id"], "id": new_id(), "space_id": space["id"], "kind": "rental", "state": state,
            "starts_at": starts_at, "ends_at": starts_at + lasts,
        }  # fmt: skip


if __name__ == "__main__":
    main()

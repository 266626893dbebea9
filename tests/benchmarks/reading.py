"""How long pages take on large data: calendar, search and feeds, through the whole HTTP stack.

`python -m tests.benchmarks.reading --centres 1000 --events 1000` is the size of GOALS.md
(P8, P9, P10, P13): some minutes to fill. Prints milliseconds; asserts no times.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from hub.app import create_app
from hub.calendar import search
from hub.centres.models import Centre
from hub.city.service import plant_districts
from hub.config import HubConfig
from hub.programme.models import Event
from hub.themes.service import plant_first_themes
from shared.database import Database
from shared.ids import new_id
from shared.records.themes import FIRST_THEMES
from shared.web.settings import write_secret

DISTRICTS = [f"Bezirk {number}" for number in range(1, 11)]
ROUNDS = 40
YEAR_BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
QUARTERS_OF_AN_HOUR = range(32, 80)
COMMON = ("Offener", "Treff", "Beratung", "Kurs", "Gruppe", "Nachmittag", "Abend", "Kinder", "Frauen", "Familie")
FIRST_PARTS = ("Schach", "Näh", "Koch", "Tanz", "Boots", "Imker", "Foto", "Video", "Garten", "Lese", "Chor", "Spiel")
LAST_PARTS = ("kreis", "werkstatt", "runde", "bühne", "verein", "stunde", "tag", "fest", "labor", "reise", "markt")
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "wu")
RARE = [first + middle + last for first in FIRST_PARTS for middle in SYLLABLES for last in LAST_PARTS]  # 1,320 words


def main() -> None:
    """Fill a hub and ask it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--centres", type=int, default=100)
    parser.add_argument("--events", type=int, default=1000, help="of each centre, over a year")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = HubConfig(city="stadt", city_name="Stadt", data_folder=Path(folder))
        write_secret(config.secret_file, "only for this benchmark")
        app = create_app(config)
        database: Database = app.extensions["stadtherz.database"]
        _fill(database, asked.centres, asked.events)
        client = app.test_client()
        print(f"{asked.centres} centres × {asked.events} events; milliseconds in the HTTP response, median and p95")
        for name, address in _questions():
            _report(name, client, address)
        database.dispose()


def _questions() -> Iterator[tuple[str, str]]:
    november = "ab=2026-11-01&bis=2026-11-30"
    yield "P8 month, district and theme, JSON (goal 10)", f"/api/events?{november}&bezirk=Bezirk+3&thema=sport"
    yield "P8 month, district and theme, HTML (goal 40)", "/monat?monat=2026-11&bezirk=Bezirk+3&thema=sport"
    yield "   month of the whole city, HTML", "/monat?monat=2026-11"
    yield "P9 page of 50 from a date, JSON (goal 10)", "/api/events?ab=2026-06-15"
    yield "   page of 50 from a date, HTML", "/kalender?ab=2026-06-15"
    yield "   page 10 of a district, JSON", "/api/events?ab=2026-06-15&bezirk=Bezirk+3&seite=10"
    yield "   step-free and in Turkish, JSON", "/api/events?ab=2026-06-15&barrierefrei=step_free&sprache=tr"
    yield "P10 two words, one common (goal 20)", "/api/events?ab=2026-06-15&q=tanzba+frauen"
    yield "P10 a common word, JSON (goal 60)", "/api/events?ab=2026-06-15&q=beratung"
    yield "P13 feed of a centre's theme, full (goal 150)", "/kalender.ics?bezirk=Bezirk+3&thema=sport"


def _report(name: str, client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    print(f"{name:50} {_times(client, address, {})}   {len(answer.data) / 1000:.0f} kB", flush=True)
    if address.startswith("/kalender.ics"):
        known = {"If-None-Match": answer.headers["ETag"]}
        print(f"{'P13 the same, unchanged: 304 (goal 5)':50} {_times(client, address, known)}")


def _times(client: FlaskClient, address: str, headers: dict[str, str]) -> str:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        client.get(address, headers=headers)
        taken.append((time.perf_counter() - begun) * 1000)
    return f"{statistics.median(taken):8.1f} {statistics.quantiles(taken, n=20)[-1]:8.1f}"


def _fill(database: Database, centres: int, events: int) -> None:
    dice = random.Random(7)
    with database.transaction() as session:
        plant_first_themes(session)
        plant_districts(session, DISTRICTS)
    begun = time.perf_counter()
    for number in range(centres):
        with database.transaction() as session:  # as ingest writes: rows of one centre in one transaction
            connection = session.connection()
            connection.execute(Centre.__table__.insert(), [_centre(number)])  # type: ignore[attr-defined]
            connection.execute(Event.__table__.insert(), [_event(dice, number) for _ in range(events)])  # type: ignore[attr-defined]
    written = time.perf_counter()
    total = centres * events
    print(f"written in {written - begun:.0f} s ({total / (written - begun):.0f}/s)", flush=True)
    while True:
        with database.transaction() as session:
            if not search.catch_up(session, at_most=2_000):
                break
    indexed = time.perf_counter() - written
    print(f"search index caught up in {indexed:.0f} s ({total / indexed:.0f}/s)", flush=True)


def _centre(number: int) -> dict[str, Any]:
    return {
        "centre_id": f"centre-{number}",
        "id": new_id(),
        "name": f"Zentrum {number}",
        "kind": "stadtteilzentrum",
        "district": DISTRICTS[number % len(DISTRICTS)],
    }


def _event(dice: random.Random, centre: int) -> dict[str, Any]:
    starts_at = YEAR_BEGINS + timedelta(days=dice.randrange(365), minutes=15 * dice.choice(QUARTERS_OF_AN_HOUR))
    words = [dice.choice(RARE), dice.choice(COMMON), dice.choice(RARE)]  # each common word is in a tenth of the titles
    return {
        "centre_id": f"centre-{centre}",
        "id": new_id(),
        "kind": "event",
        "state": "published",
        "title": " ".join(words),
        "summary": " ".join(dice.choices(RARE, k=4)),
        "description": " ".join(dice.choices(RARE, k=20)),
        "theme": dice.choice(FIRST_THEMES)[0],
        "target_groups": ("everyone",),
        "languages": ("de", dice.choice(("tr", "ro", "bg", "ar"))),
        "accessibility": ("step_free",) if dice.random() < 0.3 else (),
        "starts_at": starts_at,
        "ends_at": starts_at + (timedelta(hours=2) if dice.random() < 0.99 else timedelta(days=5)),
        "updated_at": YEAR_BEGINS,
    }


if __name__ == "__main__":
    main()

"""The city's figures on their way out: workbooks, papers, open data, and what withholding small numbers costs.

Fills a city (`city_data`), fetches each file through the whole HTTP stack, and prints seconds to the
first byte and to the last, and its size; for who has a file already, milliseconds to the 304. Asserts
no times.

    python -m tests.benchmarks.exports [--full]
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from hub.app import create_app
from hub.config import HubConfig
from hub.core.accounts import Account, Role
from hub.open_data.suppression import Axis, Mark, suppress
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret
from tests.benchmarks.city_data import NOW, Size, fill

SMALL = Size(centres=100, events=100, counts=100_000, spaces=100, bookings=50)
NAME, PASSWORD = "Planung", "a long enough password"
QUARTERS, DISTRICTS, MONTHS, THRESHOLD = 46, 7, 60, 5


def main() -> None:
    """Fill a city and fetch its files."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exports", description=__doc__)
    parser.add_argument("--full", action="store_true")
    size = Size() if parser.parse_args().full else SMALL
    _suppression()
    with tempfile.TemporaryDirectory() as folder:
        config = HubConfig(city="stadt", city_name="Stadt", data_folder=Path(folder))
        write_secret(config.secret_file, "only for this benchmark")
        print(f"\nSQLite: {size}", flush=True)
        fill(config, size, deriving=("report-sums",), only="report_due")
        app = create_app(config)
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        database: Database = app.extensions["stadtherz.database"]
        with database.transaction() as session:
            add_account(session, Account, NAME, PASSWORD, Role.PLANNER, list(Role), now())
        client = app.test_client()
        assert client.post("/anmelden", data={"name": NAME, "password": PASSWORD}).status_code == 302
        print("seconds to the first byte, to the last, kilobytes; milliseconds to the 304")
        for address in _files():
            _fetch(client, address)
        database.dispose()


def _suppression() -> None:
    """Five years of a city with a house in each quarter, a tenth of the counts small."""
    dice = random.Random(7)
    months = Axis({f"{2022 + month // 12}-{month % 12 + 1:02}": (str(2022 + month // 12),) for month in range(MONTHS)},
                  partners=False)  # fmt: skip
    quarters = Axis({f"q{place}": (f"d{place % DISTRICTS}", "city") for place in range(QUARTERS)})
    kinds = Axis(dict.fromkeys("abcd", ("all",)))
    counts = {
        (month, place, kind): dice.choice([0, 0, dice.randint(1, 6), *(dice.randint(5, 500) for _ in range(5))])
        for month in months.above
        for place in quarters.above
        for kind in kinds.above
    }
    began = time.perf_counter()
    marks = suppress(counts, [months, quarters, kinds], THRESHOLD)
    small = sum(mark is Mark.SMALL for mark in marks.values())
    print(
        f"withholding: {len(counts):,} counts, {small:,} small, {len(marks) - small:,} cells with them: "
        f"{time.perf_counter() - began:.2f} s"
    )


def _files() -> Iterator[str]:
    year = f"first={NOW.year}-01&last={NOW.year}-12"
    for ending in ("csv", "xlsx", "pdf"):
        yield f"/berichte/besuche.{ending}?by=centre&{year}"
    yield f"/berichte/besuche.xlsx?by=centre&veroeffentlichen=1&{year}"
    yield f"/berichte/stadtbericht.xlsx?{year}"
    yield f"/berichte/stadtbericht.pdf?{year}"
    for name in ("programm.csv", "programm.json", "raeume.csv", "besuche.csv", "katalog.ttl", "katalog.rdf"):
        yield f"/offene-daten/{name}"


def _fetch(client: FlaskClient, address: str) -> None:
    began = time.perf_counter()
    answer = client.get(address, buffered=False)
    assert answer.status_code == 200, (address, answer.status_code)
    pieces = answer.iter_encoded()
    length = len(next(pieces))
    first = time.perf_counter() - began
    length += sum(map(len, pieces))
    last = time.perf_counter() - began
    again = ""
    if mark := answer.headers.get("ETag"):
        began = time.perf_counter()
        assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
        again = f"{(time.perf_counter() - began) * 1000:8.1f}"
    print(f"  {address[:70]:70} {first:6.2f} {last:6.2f} {length / 1000:9.0f} {again}", flush=True)


if __name__ == "__main__":
    main()

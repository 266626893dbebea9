"""How long the city's pages take on a whole city's data while a centre replicates into the same database.

The hub is the real command, asked over HTTP by one visitor after the other; beside it its ingest
takes what a real node keeps writing. SQLite and PostgreSQL take turns. Prints milliseconds of the
whole HTTP response, median and p95, without and with replication; asserts no times.

    python -m tests.benchmarks.city --full        the size of GOALS.md (P8 to P13): half an hour to fill, once
    python -m tests.benchmarks.city               a tenth of it
    python -m tests.benchmarks.city --only sqlite --one-process
"""

import argparse
import http.client
import re
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from sqlalchemy import text

from hub.config import HubConfig
from hub.core.accounts import Account, Role
from hub.core.db import open_database
from node.programme.models import Event
from node.spaces.models import Space
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret
from tests.benchmarks.city_copy import copy_city
from tests.benchmarks.city_data import NOW, Size, fill
from tests.benchmarks.city_questions import QUESTIONS, Question
from tests.services import find_mosquitto, find_postgres, postgres_cluster
from tests.system.brokers import make_broker
from tests.system.city import ROOT, Centre, City, Desk, wait_until

ROUNDS = 40
KEPT = Path(tempfile.gettempdir()) / "stadtherz-bench"
SMALL, FULL = Size(100, 1_000, 1_000_000, 500, 300), Size()
NAME, PASSWORD = "Planung", "a long enough password"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AT_ONCE = 9  # records in a transaction, and one more
WRITES_PER_S = 200  # records; 1,000 centres write a few a second on a weekday
POSTGRES_SETTINGS = ("jit=off", "shared_buffers=512MB", "max_connections=60", "max_wal_size=4GB")


def main() -> None:
    """Fill what is not there yet, and ask."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.city", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000 centres, a million events, ten million counts")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--one-process", action="store_true", help="site and ingest in one process, as `run` does")
    parser.add_argument("--forget", action="store_true", help="remove what earlier runs keep, and end")
    asked = parser.parse_args()
    if asked.forget:
        shutil.rmtree(KEPT, ignore_errors=True)
        return
    size = FULL if asked.full else SMALL
    KEPT.mkdir(mode=0o755, exist_ok=True)
    if asked.only != "postgresql":
        with _sqlite(size) as url:
            _measure("SQLite", url, size, asked.one_process)
    if asked.only != "sqlite" and find_postgres():
        with _postgresql(size) as url:
            _measure("PostgreSQL", url, size, asked.one_process)


@contextmanager
def _sqlite(size: Size) -> Iterator[str]:
    """Yield a copy of the kept city: a run may write what it likes."""
    kept = _kept(size)
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        if not kept.exists():
            made = Path(folder) / "filling.sqlite"
            _fill(f"sqlite:///{made}", size)
            made.rename(kept)
        copy = Path(folder) / "hub.sqlite"
        shutil.copyfile(kept, copy)
        yield f"sqlite:///{copy}"


@contextmanager
def _postgresql(size: Size) -> Iterator[str]:
    name, copy = f"city_{_version()}_{size.name}", "city_run"
    with postgres_cluster(POSTGRES_SETTINGS, kept=KEPT / "postgresql") as server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(copy)))
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not known:
                connection.execute("DROP DATABASE IF EXISTS filling")
                connection.execute("CREATE DATABASE filling")
                if _kept(size).exists():
                    copy_city(_kept(size), f"{server}/filling")
                else:
                    _fill(f"{server}/filling", size)
                connection.execute(sql.SQL("ALTER DATABASE filling RENAME TO {}").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(name))
            )
        yield f"{server}/{copy}"


def _fill(url: str, size: Size) -> None:
    print(f"Filling a city, once: {size}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        config = HubConfig(city="stadt", city_name="Stadt", data_folder=Path(folder), database=url)
        write_secret(config.secret_file, "only for this benchmark")
        fill(config, size)
    made = open_database(url)
    if made.is_sqlite:
        with made.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    made.dispose()


def _kept(size: Size) -> Path:
    return KEPT / f"{_version()}-{size.name}.sqlite"


def _version() -> str:
    """Return a text that changes with the migrations: a city that an older program filled is filled anew."""
    scripts = sorted((ROOT / "hub" / "migrations" / "versions").glob("*.py"))
    return blake2b(b"".join(script.read_bytes() for script in scripts), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Answered:
    """Milliseconds of the whole response, and its size."""

    times: list[float]
    kilobytes: float
    tag: str

    def __str__(self) -> str:
        return f"{statistics.median(self.times):8.1f} {statistics.quantiles(self.times, n=20)[-1]:8.1f}"


def _measure(name: str, url: str, size: Size, one_process: bool) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = make_broker("mosquitto" if find_mosquitto() else "embedded", folder)
        broker.start()
        stack.callback(broker.stop)
        city = City(folder, broker, url)
        stack.callback(city.end)
        centre = city.centre("writing")
        settings, port = city.hub.settings, city.hub.port
        city.hub = Desk("hub", settings, port, "run" if one_process else "web")
        ingest = Desk("hub", settings, port, "ingest")
        stack.callback(ingest.stop)
        city.hub.start()
        visitor = Visitor(city)
        alone = {question.name: visitor.ask(question) for question in QUESTIONS}
        if not one_process:
            ingest.start()
        centre.desk.start()
        with Writer(centre) as writer:
            wait_until(lambda: centre.hub_spaces() > 0, 120, "the first records of the writing centre")
            beside = {question.name: visitor.ask(question) for question in QUESTIONS}
        how = "site and ingest in one process" if one_process else "site and ingest in two processes"
        print(f"\n{name}, {size.centres} centres x {size.events} events, {size.counts:,} counts, {size.spaces} spaces")
        print(f"{how}; {writer.written} records replicated meanwhile, {writer.rate:.0f} a second")
    print(f"{'':58}   alone: median p95    beside ingest      kB")
    for question in QUESTIONS:
        here, there = alone[question.name], beside[question.name]
        print(f"{question.name:58} {here}  {there} {here.kilobytes:8.0f}", flush=True)


class Visitor:
    """Asks one question after the other over one connection."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._cookie = ""
        self._connection = http.client.HTTPConnection("127.0.0.1", city.hub.port, timeout=120)
        self._sign_in()

    def ask(self, question: Question) -> Answered:
        """Ask until it is warm, then ROUNDS times."""
        first = self._get(question.address, {})
        assert first.status == question.status, (question.address, first.status, first.body[:400])
        known = {"If-None-Match": first.tag} if question.unchanged else {}
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = self._get(question.address, known)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status == (304 if question.unchanged else question.status), (question, answer.status)
        return Answered(times, len(first.body) / 1000, first.tag)

    def _sign_in(self) -> None:
        with self._city.hub_database.transaction() as session:
            add_account(session, Account, NAME, PASSWORD, Role.ADMINISTRATOR, list(Role), now())
        page = self._get("/anmelden", {})
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page.body)
        assert token, "the sign-in page has no token"
        form = urlencode({"name": NAME, "password": PASSWORD, "csrf_token": token[1].decode()})
        self._connection.request("POST", "/anmelden", form, {**self._headers, **FORM})
        assert self._read().status == 302, "signing in failed"

    def _get(self, address: str, headers: dict[str, str]) -> "Answer":
        self._connection.request("GET", address, headers={**self._headers, **headers})
        return self._read()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Cookie": self._cookie, "Accept-Language": "de", "Accept": "text/html,application/json"}

    def _read(self) -> "Answer":
        response = self._connection.getresponse()
        body = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            self._cookie = cookie.partition(";")[0]
        return Answer(response.status, body, response.headers.get("ETag", ""))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    tag: str


class Writer(threading.Thread):
    """Somebody at a real node who never stops writing."""

    def __init__(self, centre: Centre) -> None:
        super().__init__(daemon=True)
        self._centre = centre
        self._ended = threading.Event()
        self._began = time.perf_counter()
        self.written = 0
        self.rate = 0.0

    def __enter__(self) -> "Writer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()
        self.rate = self.written / (time.perf_counter() - self._began)

    def run(self) -> None:
        while not self._ended.wait(max(0.0, self._began + self.written / WRITES_PER_S - time.perf_counter())):
            with self._centre.database.transaction() as session:
                session.add_all(_event(self.written + at) for at in range(AT_ONCE))
                session.add(Space(name=f"Raum {self.written}", kind="office"))
            self.written += AT_ONCE + 1


def _event(number: int) -> Event:
    starts_at = NOW + timedelta(hours=number % 2_000)
    return Event(
        kind="event", state="published", title=f"Offenes Frühstück {number}", theme="family", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), updated_at=NOW,
    )  # fmt: skip


if __name__ == "__main__":
    main()

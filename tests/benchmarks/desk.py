"""`python -m tests.benchmarks.desk`: the network desk of a large city, its figures and a round of alarms.

Prints the time of this process on the processor: other work on the machine does not count.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.config import HubConfig
from hub.core import jobs
from hub.core.accounts import Account, Role
from hub.core.db import LEDGER
from hub.network.models import CentreProgram, IngestFacts, Member
from shared.database import Database
from shared.ids import new_id
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret

CENTRES, RECORDS, OWN = 1_000, 200, 50
ROUNDS = 9
PASSWORD = "a long enough password"
GOALS = {"/netz": " (goal ≤ 100 ms)", "/metrics": " (goal ≤ 50 ms)"}
ADDRESSES = (
    "/netz",
    "/netz?ordnung=zustand",
    "/netz/zentren/c5",
    "/netz/zurueckgestellt",
    "/alarme",
    "/metrics",
    "/healthz",
)


def main() -> None:
    """Fill a hub and ask it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.desk", description=__doc__)
    parser.add_argument("--centres", type=int, default=CENTRES)
    centres = parser.parse_args().centres
    with TemporaryDirectory() as folder:
        config = HubConfig(city="duisburg", city_name="Duisburg", data_folder=Path(folder))
        write_secret(config.secret_file, "a secret for benchmarks only")
        app = create_app(config)
        app.config.update(WTF_CSRF_ENABLED=False)
        database: Database = app.extensions["stadtherz.database"]
        with database.transaction() as session:
            _fill(session, centres, now())
        print(f"{centres} centres of {RECORDS} records; median and slowest of {ROUNDS}, processor time")
        _ask(app)
        database.dispose()


def _ask(app: Flask) -> None:
    client = app.test_client()
    client.post("/anmelden", data={"name": "bench", "password": PASSWORD})
    for address in ADDRESSES:
        _report(address + GOALS.get(address, ""), lambda address=address: client.get(address))  # type: ignore[misc]
    for job in ("alarms", "link-history"):
        jobs.run_now(app, job)
        _report(f"a round of {job!r} without news", lambda job=job: jobs.run_now(app, job))  # type: ignore[misc]


def _report(what: str, act: Callable[[], object]) -> None:
    taken = []
    act()
    for _ in range(ROUNDS):
        began = time.process_time()
        act()
        taken.append((time.process_time() - began) * 1000)
    print(f"  {what:48} {statistics.median(taken):7.1f} ms {max(taken):7.1f} ms")


def _fill(session: Session, centres: int, at: datetime) -> None:
    """Every ninth centre is away, each has one record set aside and two of the city's still to confirm."""
    tables, ids = LEDGER.shelves, [f"c{number}" for number in range(centres)]
    add_account(session, Account, "bench", PASSWORD, Role.ADMINISTRATOR, list(Role), at)
    later, before = at + timedelta(hours=1), at - timedelta(days=2)
    session.add(IngestFacts(id=1, beat_at=later, connected=True, connected_changed_at=before))
    known = {
        "public_key": "k",
        "admitted_at": before,
        "heard_at": at,
        "online_changed_at": before,
        "reported_head": 201,
    }
    known |= {"agreed_up_at": at, "agreed_down_at": at}
    members = [
        {"centre_id": name, "name": f"Zentrum {name}", "online": number % 9 > 0, **known}
        for number, name in enumerate(ids)
    ]
    session.execute(insert(Member), members)
    said = {"version": "0.1.0", "database": "0010", "records": '{"events":1}', "said_at": at}
    session.execute(insert(CentreProgram), [{"centre_id": name, **said} for name in ids])
    stands = {"generation": 1, "generation_id": "g", "revision": RECORDS, "mark": 1, "highest_revision": RECORDS}
    stands |= {"highest_mark": 1, "path": "[]", "floor": 0, "passes": 0, "unconfirmed": 0, "confirmed_pass": 0}
    session.execute(insert(tables.replica.replicas), [{"feed": f"node/{name}", **stands} for name in ids])
    offers = {"instance": "i", "generation": 1, "generation_id": "g", "head": OWN, "floor": 0, "base_revision": 0}
    offers |= {"base_mark": 0, "acknowledged_revision": OWN - 2, "acknowledged_mark": 0, "fence": ""}
    session.execute(insert(tables.source.feeds), [{"name": f"hub/{name}", **offers} for name in ids])
    for name in ids:
        _fill_feeds(session, name)


def _fill_feeds(session: Session, name: str) -> None:
    common = {"operation": "put", "schema": 1, "content_hash": "0" * 32}
    own = [
        {"feed": f"hub/{name}", "collection": "themes", "record_id": new_id(), "revision": number, **common}
        for number in range(1, OWN + 1)
    ]
    session.execute(insert(LEDGER.shelves.source.changes), own)
    theirs = {"feed": f"node/{name}", "collection": "events", "pass_number": 0, "raw": "{}", **common}
    rows = [
        {**theirs, "record_id": new_id(), "revision": number, "status": "ok", "reason": None}
        for number in range(1, RECORDS)
    ]
    rows.append({**theirs, "record_id": new_id(), "revision": RECORDS, "status": "deferred", "reason": "newer schema"})
    session.execute(insert(LEDGER.shelves.replica.records), rows)


if __name__ == "__main__":
    main()

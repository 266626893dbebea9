"""Whether everybody has everything: the digests of each feed on both sides, and what the hub shows of it."""

from sqlalchemy import text

from hub.core.db import LEDGER
from shared import topics
from tests.fleet.city import Fleet

TABLES = ("visits", "bookings", "events")


def differences(fleet: Fleet) -> list[str]:
    """Return what is not equal, in words; nothing if nothing was lost, doubled or set aside."""
    found = []
    shown = _shown(fleet)
    with fleet.city.hub_database.reading() as session:
        for centre, account in fleet.accounts().items():
            up = dict(LEDGER.replica(session, topics.node_feed(centre)).digests())
            down = dict(LEDGER.source(session, topics.hub_feed(centre)).digests())
            if up != account.own:
                found.append(f"{centre}: the hub does not have what the centre has")
            if down != account.city:
                found.append(f"{centre}: the centre does not have what the city has")
            found += [
                f"{centre}: {shown.get((name, centre), 0)} {name} shown, {digest.records} written"
                for name, digest in account.own.items()
                if shown.get((name, centre), 0) != digest.records
            ]
    aside = fleet.set_aside()
    return [*found, f"{aside} records or messages were set aside"] if aside else found


def records(fleet: Fleet) -> int:
    """Return how many records of centres the hub holds."""
    return sum(_shown(fleet).values())


def database_bytes(fleet: Fleet) -> int:
    """Return how much disk the hub's database takes, everything in it."""
    database = fleet.city.hub_database
    with database.reading() as session:
        if database.is_sqlite:
            query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        else:
            query = "SELECT pg_database_size(current_database())"
        return int(session.scalar(text(query)) or 0)


def _shown(fleet: Fleet) -> dict[tuple[str, str], int]:
    counted = {}
    with fleet.city.hub_database.reading() as session:
        for name in TABLES:
            query = text(f"SELECT centre_id, count(*) FROM {name} GROUP BY centre_id")
            for centre, count in session.execute(query):
                counted[name, centre] = count
    return counted

"""The people and devices of a demo's house: colleagues with their roles, one who left, a display, a token withdrawn.

Nobody knows their start passwords; the lead gives new ones on the page of accounts. The first daily run of
retention has been done, so that the page of privacy has something to tell.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from node.core.accounts import Role, people
from node.core.privacy import Registry
from node.core.rights import Right
from node.devices import service as devices
from node.privacy import retention
from shared.database import Database
from shared.ids import new_id

BY = "demo"
COLLEAGUES = (
    ("Ayla Demir", Role.OFFICE, 2),
    ("Jens Kowalski", Role.RECEPTION, 20),
    ("Mareike Vogt", Role.RECEPTION, 4),
    ("Ion Popescu", Role.VOLUNTEER, 44),
)
GONE = "Peter Lange"
DEVICES = (
    ("Anzeige im Foyer", (Right.TAKE_BOOKINGS,), False),
    ("Zähler am Hintereingang", (Right.COUNT,), False),
    ("Altes Tablet vom Empfang", (Right.COUNT, Right.TAKE_BOOKINGS), True),
)


def plant(session: Session, at: datetime) -> None:
    """Add colleagues and devices. `at` is the instant that counts as now."""
    for name, role, hours in COLLEAGUES:
        account, _password = people.add_person(session, name, role, now=at - timedelta(days=90))
        account.password_chosen()
        account.signed_in_at = at - timedelta(hours=hours)
    gone, _password = people.add_person(session, GONE, Role.RECEPTION, now=at - timedelta(days=200))
    gone.locked_at = at - timedelta(days=30)
    for name, rights, withdrawn in DEVICES:
        device_id = new_id()
        devices.add_device(session, device_id, name, rights, now=at - timedelta(days=60), by=BY)
        devices.note_use(session, device_id, at - timedelta(minutes=25))
        if withdrawn:
            devices.revoke_device(session, device_id, now=at - timedelta(days=3))


def first_daily_run(database: Database, registry: Registry, at: datetime) -> None:
    """Let retention run once; in transactions of its own, after everything is planted."""
    retention.expire(database, registry, now=at)

"""Why an event can not be overbooked: the database itself counts the places.

A registration that holds places (it is registered, or has an offer) is refused where the sum
would be larger than the capacity of its event; so is a capacity below what is given away. The
code asks before it writes, in the one writing transaction that SQLite allows at a time; these
triggers are for everything that forgets to ask: an import, a repair by hand, a later mistake.

Limit: a node's database is SQLite, so there are triggers for SQLite only.
"""

from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

NO_PLACE = "no_place_left"  # the words by which a refusal is known again in the driver's error
BELOW_TAKEN = "capacity_below_taken"

_HOLDS = "state IN ('registered', 'offered')"
_TAKEN = f"(SELECT COALESCE(SUM(adults + children), 0) FROM registrations WHERE event_id = {{}} AND {_HOLDS})"
_TOO_MANY = f"""SELECT RAISE(ABORT, '{NO_PLACE}') FROM events
    WHERE id = NEW.event_id AND capacity IS NOT NULL AND {_TAKEN.format("NEW.event_id")} > capacity;"""
_TOO_FEW = f"""SELECT RAISE(ABORT, '{BELOW_TAKEN}') WHERE {_TAKEN.format("NEW.id")} > NEW.capacity;"""

# An update that takes fewer places is never refused: else an overfull event could not be mended.
TRIGGERS = {
    "registrations_places_insert": (f"AFTER INSERT ON registrations WHEN NEW.{_HOLDS}", _TOO_MANY),
    "registrations_places_update": (
        f"""AFTER UPDATE OF event_id, state, adults, children ON registrations WHEN NEW.{_HOLDS} AND NOT (
            OLD.{_HOLDS} AND OLD.event_id = NEW.event_id AND NEW.adults + NEW.children <= OLD.adults + OLD.children)""",
        _TOO_MANY,
    ),
    "events_capacity_update": (
        """AFTER UPDATE OF capacity ON events WHEN NEW.capacity IS NOT NULL
            AND NEW.capacity < COALESCE(OLD.capacity, NEW.capacity + 1)""",
        _TOO_FEW,
    ),
}


def build(_target: Any, connection: Connection, **_kw: Any) -> None:
    """Put the guard into the database behind `connection`; it may be run again at any time."""
    if connection.dialect.name != "sqlite":
        return
    for name, (moment, body) in TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER IF NOT EXISTS {name} {moment} BEGIN {body} END")


def is_no_place(error: DBAPIError) -> bool:
    """Tell whether the database refused a registration because no place was left."""
    return NO_PLACE in str(error.orig)


def is_guarded(connection: Connection) -> bool:
    """Tell whether all triggers stand."""
    listed = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
    return set(TRIGGERS) <= set(listed)

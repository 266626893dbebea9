"""The SQL that stamps a house anew when its profile, spaces or hours change.

None of these tables is written often; bookings, which are, have no trigger here.
"""

from typing import Any

from sqlalchemy import Connection

from hub.core.watching import Note, Watched, build

TABLES = ("centres", "spaces", "space_hours", "opening_hours")
_STAMP = Note(
    "house_stamps",
    ("centre_id", "stamp"),
    {
        "sqlite": "{row}.centre_id, abs(random() % 1099511627776)",
        "postgresql": "{row}.centre_id, floor(random() * 1099511627776)::bigint",
    },
    key=("centre_id",),
    again="stamp = excluded.stamp",
    per_house=True,
)
NOTES = [(Watched(table, both=False), [_STAMP]) for table in TABLES]


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; all tables exist."""
    build(connection, "stamp", NOTES)

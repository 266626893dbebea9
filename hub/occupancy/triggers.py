"""The SQL that notes which months of which house have to be added up again.

Rule: nothing here adds anything up. A confirmed booking makes the months due that it touches on
any wall clock of the world; whatever says when a house is open, or what its spaces are, makes
all of them due.
"""

from typing import Any

from sqlalchemy import Connection

from hub.core.watching import Note, Watched, build

ALWAYS = ("0000-00", "9999-99")
WEST, EAST = "-12 hours", "+14 hours"  # the clocks that are furthest behind and ahead of UTC


_DUE = ("centre_id", "first", "last")
_OF_MONTHS = Note(
    "occupancy_due",
    _DUE,
    {
        "sqlite": f"{{row}}.centre_id, strftime('%Y-%m', {{row}}.starts_at, '{WEST}'), "
        f"strftime('%Y-%m', {{row}}.ends_at, '{EAST}')",
        "postgresql": "{row}.centre_id, "
        f"to_char({{row}}.starts_at AT TIME ZONE 'UTC' + interval '{WEST}', 'YYYY-MM'), "
        f"to_char({{row}}.ends_at AT TIME ZONE 'UTC' + interval '{EAST}', 'YYYY-MM')",
    },
    where="{row}.state = 'confirmed'",
)
_OF_ALL = Note("occupancy_due", _DUE, f"{{row}}.centre_id, '{ALWAYS[0]}', '{ALWAYS[1]}'")
_HOURS = ("weekday", "opens_local", "closes_local", "valid_from", "valid_until")
NOTES = (
    (Watched("bookings", ("space_id", "starts_at", "ends_at", "kind", "state")), [_OF_MONTHS]),
    (Watched("opening_hours", ("kind", *_HOURS, "closed")), [_OF_ALL]),
    (Watched("space_hours", ("space_id", *_HOURS)), [_OF_ALL]),
    (Watched("spaces", ("parent_id", "bookable", "is_guest_space")), [_OF_ALL]),
    (Watched("centres", ("time_zone", "region", "closed_on_holidays")), [_OF_ALL]),
)


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; all tables exist."""
    build(connection, "occupancy", NOTES)

"""The SQL that notes of which centre and day the sums of the reports are due.

Rule: a trigger adds nothing up; it notes (centre, source, day of UTC), once however often the
day changes. What the sums do not look at (a title, say) notes nothing.
"""

from typing import Any

from sqlalchemy import Connection

from hub.core.watching import Note, Watched, build

VISITS, DAYS, EVENTS, BOOKINGS, ATTENDANCE, CENTRES = SOURCES = (
    *("visits", "visit_days", "events", "bookings", "attendance", "centres"),
)


_DUE = ("centre_id", "source", "day")


def _note(source: str, day: str = "") -> Note:
    """The centre, the source, and the day of UTC that column `day` lies in ('' where no day matters)."""
    days = {"sqlite": f"substr({{row}}.{day}, 1, 10)", "postgresql": f"({{row}}.{day} AT TIME ZONE 'UTC')::date::text"}
    if day == "day":
        days["postgresql"] = "{row}.day::text"
    if not day:
        days = dict.fromkeys(days, "''")
    return Note(
        "report_due", _DUE, {dialect: f"{{row}}.centre_id, '{source}', {said}" for dialect, said in days.items()}
    )


_OF_EVENT = Note(
    "report_due",
    _DUE,
    {
        "sqlite": f"{{row}}.centre_id, '{ATTENDANCE}', substr(e.starts_at, 1, 10)",
        "postgresql": f"{{row}}.centre_id, '{ATTENDANCE}', (e.starts_at AT TIME ZONE 'UTC')::date::text",
    },
    joined="events e",
    on="e.centre_id = {row}.centre_id AND e.id = {row}.event_id",
)
NOTES = (
    (Watched("visits", ("hour_starts_at", "kind", "target_group", "count")), [_note(VISITS, "hour_starts_at")]),
    (Watched("visit_days", ("day", "state", "complete")), [_note(DAYS, "day")]),
    (
        Watched(
            "events",
            ("starts_at", "state", "kind", "theme", "target_groups", "languages", "cost_cents", "attendance"),
        ),
        [_note(EVENTS, "starts_at")],
    ),
    (Watched("bookings", ("starts_at", "ends_at", "state", "kind", "event_id")), [_note(BOOKINGS, "starts_at")]),
    (Watched("attendance", ("event_id", "registered", "waiting", "attended", "headcount")), [_OF_EVENT]),
    (Watched("centres", ("district", "quarter"), both=False), [_note(CENTRES)]),
)


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; all tables exist."""
    build(connection, "sums", NOTES)

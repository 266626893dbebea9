"""Why a double booking is impossible: the database itself derives and defends the claims.

A confirmed booking holds each undivided part of its space twice: the `use` is its time, the
`hold` is the same with the buffers around it. Two bookings collide where the use of one
meets the hold of the other in the same part. That is exactly "the gap is at least the
larger of the two buffers, in both directions", and since use against hold is a comparison
of two rows, both databases can enforce it: SQLite by a trigger that aborts, PostgreSQL by
an exclusion constraint.

Rule: nobody but these triggers writes `booking_claims`. They derive it from `bookings` and
`spaces`, so an import, a restored record or a forgotten service call is checked like the rest.
Rule: buffers are those of the moment a booking was taken or moved; widening a space's buffer
later does not put the bookings of its past in the wrong. A tree that changes claims again
what has not ended yet; what is over is no longer at risk.
Limit: three levels of spaces (a house, its halls, their halves); `spaces.service` refuses more.
"""

from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

REFUSED = "space_taken"  # the word by which a refusal is known again in the driver's error

_PARTS = """(
    SELECT s.id AS space_id, COALESCE(g.id, c.id, s.id) AS part_id
    FROM spaces s LEFT JOIN spaces c ON c.parent_id = s.id LEFT JOIN spaces g ON g.parent_id = c.id
)"""

# A booking of a space that is not there (yet) claims the space's id: it is guarded all the same.
_CLAIMS = """
    SELECT b.id, COALESCE(p.part_id, b.space_id), r.role,
        CASE r.role WHEN 'use' THEN b.starts_at ELSE {before} END,
        CASE r.role WHEN 'use' THEN b.ends_at ELSE {after} END
    FROM bookings b
    CROSS JOIN (SELECT 'use' AS role UNION ALL SELECT 'hold') r
    LEFT JOIN spaces s ON s.id = b.space_id
    LEFT JOIN {parts} p ON p.space_id = b.space_id
    WHERE b.state = 'confirmed'"""

_INSERT = "INSERT INTO booking_claims (booking_id, part_id, role, starts_at, ends_at)"

_OUTDATED = """
    DELETE FROM booking_claims WHERE ends_at > {now} AND NOT EXISTS (
        SELECT 1 FROM bookings b LEFT JOIN {parts} p ON p.space_id = b.space_id
        WHERE b.id = booking_claims.booking_id AND COALESCE(p.part_id, b.space_id) = booking_claims.part_id)"""

_MISSING = """ AND b.ends_at > {now} AND NOT EXISTS (
        SELECT 1 FROM booking_claims c
        WHERE c.booking_id = b.id AND c.part_id = COALESCE(p.part_id, b.space_id) AND c.role = r.role)"""


def _sql(template: str, dialect: str) -> str:
    sqlite = dialect == "sqlite"
    shift = "strftime('%Y-%m-%dT%H:%M:%SZ', b.{0}, '{1}' || COALESCE(s.{2}, 0) || ' minutes')"
    interval = "b.{0} {1} make_interval(mins => COALESCE(s.{2}, 0))"
    moved = shift if sqlite else interval
    return template.format(
        parts=_PARTS,
        before=moved.format("starts_at", "-", "buffer_before_min"),
        after=moved.format("ends_at", "+", "buffer_after_min"),
        now="strftime('%Y-%m-%dT%H:%M:%SZ', 'now')" if sqlite else "now()",
    )


def _rebuild(dialect: str) -> str:
    """Statements that claim anew what a change of the tree of spaces has moved."""
    return f"{_sql(_OUTDATED, dialect)};\n{_INSERT} {_sql(_CLAIMS + _MISSING, dialect)};"


def _of_booking(dialect: str) -> str:
    """Statements that claim anew what the booking NEW holds."""
    return f"""DELETE FROM booking_claims WHERE booking_id = NEW.id;
    {_INSERT} {_sql(_CLAIMS, dialect)} AND b.id = NEW.id;"""


def sqlite_statements() -> list[str]:
    """Return the triggers for SQLite; they may be run again at any time."""
    clash = f"""SELECT RAISE(ABORT, '{REFUSED}') WHERE EXISTS (
        SELECT 1 FROM booking_claims c
        WHERE c.part_id = NEW.part_id AND c.starts_at < NEW.ends_at AND NEW.starts_at < c.ends_at
        AND c.booking_id <> NEW.booking_id AND c.role <> NEW.role)"""
    triggers = {
        "booking_claims_insert": ("BEFORE INSERT ON booking_claims", f"{clash};"),
        "booking_claims_update": ("BEFORE UPDATE ON booking_claims", f"{clash};"),
        "bookings_claim_insert": ("AFTER INSERT ON bookings", _of_booking("sqlite")),
        "bookings_claim_update": (
            "AFTER UPDATE OF id, space_id, starts_at, ends_at, state ON bookings",
            _of_booking("sqlite"),
        ),
        "spaces_claim_insert": ("AFTER INSERT ON spaces", _rebuild("sqlite")),
        "spaces_claim_update": ("AFTER UPDATE OF id, parent_id ON spaces", _rebuild("sqlite")),
        "spaces_claim_delete": ("AFTER DELETE ON spaces", _rebuild("sqlite")),
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} {moment} BEGIN {body} END" for name, (moment, body) in triggers.items()
    ]


def postgresql_statements() -> list[str]:
    """Return constraint, functions and triggers for PostgreSQL; they may be run again at any time.

    The lock makes writers of claims wait for each other: without it two transactions, each
    with one of its rows in, would wait for the other's and one would die of the deadlock.
    """
    lock = "LOCK TABLE booking_claims IN SHARE ROW EXCLUSIVE MODE;"

    def function(name: str, body: str) -> str:
        return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {lock} {body} RETURN NULL; END $$"""

    return [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        f"""DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{REFUSED}'
            AND conrelid = 'booking_claims'::regclass) THEN
            ALTER TABLE booking_claims ADD CONSTRAINT {REFUSED} EXCLUDE USING gist (
                part_id WITH =, tstzrange(starts_at, ends_at) WITH &&, booking_id WITH <>, role WITH <>);
            END IF; END $$""",
        function("claim_booking", _of_booking("postgresql")),
        function("claim_tree", _rebuild("postgresql")),
        """CREATE OR REPLACE TRIGGER bookings_claim AFTER INSERT OR UPDATE OF id, space_id, starts_at, ends_at, state
            ON bookings FOR EACH ROW EXECUTE FUNCTION claim_booking()""",
        """CREATE OR REPLACE TRIGGER spaces_claim AFTER INSERT OR DELETE OR UPDATE OF id, parent_id
            ON spaces FOR EACH ROW EXECUTE FUNCTION claim_tree()""",
    ]


def build(_target: Any, connection: Connection, **_kw: Any) -> None:
    """Put the guard into the database behind `connection`; a listener for `after_create` of the tables."""
    dialect = connection.dialect.name
    for statement in sqlite_statements() if dialect == "sqlite" else postgresql_statements():
        connection.exec_driver_sql(statement)


def is_refusal(error: DBAPIError) -> bool:
    """Tell whether the database refused a double booking (and not something else)."""
    return REFUSED in str(error.orig)


def is_guarded(connection: Connection) -> bool:
    """Tell whether the guard stands: a migration that recreates a table would drop it unseen."""
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%claim%'"
        if connection.dialect.name == "sqlite"
        else f"SELECT count(*) FROM pg_constraint WHERE conname = '{REFUSED}'"
    )
    return bool(connection.execute(text(query)).scalar_one())

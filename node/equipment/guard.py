"""Why the house never promises more than it has: the database itself adds up what is promised.

Whenever a reservation is written, or a stock made smaller, triggers look at every instant
at which the sum of the promised pieces could be at its peak (the beginning of a reservation)
and refuse the write if it is more than the stock. What came back early counts no more.

Rule: what is over is no longer at risk, so a stock may shrink below what was once lent.
"""

from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

REFUSED = "stock_exceeded"  # the word by which a refusal is known again in the driver's error
ONE_AT_A_TIME = 7_347_843_724  # key of PostgreSQL's advisory lock: writers of one sum wait for each other

# {first}/{last}: the stretch that is looked at; {later}: the later of two instants.
_EXCEEDED = """
    SELECT 1 FROM equipment_reservations p JOIN equipment_items i ON i.id = p.item_id
    WHERE p.item_id = {item} AND p.returned_at IS NULL AND p.ends_at > {first} AND p.starts_at < {last}
    AND i.stock < (
        SELECT SUM(r.count) FROM equipment_reservations r
        WHERE r.item_id = p.item_id AND r.returned_at IS NULL
        AND r.starts_at <= {later}(p.starts_at, {first}) AND r.ends_at > {later}(p.starts_at, {first}))"""
_OF_RESERVATION = {"{item}": "NEW.item_id", "{first}": "NEW.starts_at", "{last}": "NEW.ends_at"}
_SQLITE_NOW = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"


def _sql(words: dict[str, str]) -> str:
    found = _EXCEEDED
    for place, word in words.items():
        found = found.replace(place, word)
    return found


def sqlite_statements() -> list[str]:
    """Return the triggers for SQLite; they may be run again at any time."""
    of_reservation = _sql(_OF_RESERVATION | {"{later}": "MAX"})
    of_item = _sql({"{item}": "NEW.id", "{first}": _SQLITE_NOW, "{last}": "'9999'", "{later}": "MAX"})
    triggers = {
        "equipment_stock_insert": ("AFTER INSERT ON equipment_reservations", "1", of_reservation),
        "equipment_stock_update": (
            "AFTER UPDATE OF item_id, count, starts_at, ends_at, returned_at ON equipment_reservations",
            "NEW.returned_at IS NULL",
            of_reservation,
        ),
        "equipment_stock_shrink": ("AFTER UPDATE OF id, stock ON equipment_items", "NEW.stock < OLD.stock", of_item),
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} {moment} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}') WHERE EXISTS ({exceeded}); END"
        for name, (moment, condition, exceeded) in triggers.items()
    ]


def postgresql_statements() -> list[str]:
    """Return functions and triggers for PostgreSQL; they may be run again at any time.

    Each statement of a function sees what was committed before it: after the lock, that is
    all that another writer has promised.
    """
    of_reservation = _sql(_OF_RESERVATION | {"{later}": "GREATEST"})
    of_item = _sql({"{item}": "NEW.id", "{first}": "now()", "{last}": "'infinity'", "{later}": "GREATEST"})

    def function(name: str, exceeded: str) -> str:
        return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN
                PERFORM pg_advisory_xact_lock({ONE_AT_A_TIME});
                IF EXISTS ({exceeded}) THEN
                    RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            END $$"""

    return [
        function("equipment_refuse_reservation", of_reservation),
        function("equipment_refuse_stock", of_item),
        """CREATE OR REPLACE TRIGGER equipment_stock_insert AFTER INSERT ON equipment_reservations
            FOR EACH ROW EXECUTE FUNCTION equipment_refuse_reservation()""",
        """CREATE OR REPLACE TRIGGER equipment_stock_update
            AFTER UPDATE OF item_id, count, starts_at, ends_at, returned_at ON equipment_reservations
            FOR EACH ROW WHEN (NEW.returned_at IS NULL) EXECUTE FUNCTION equipment_refuse_reservation()""",
        """CREATE OR REPLACE TRIGGER equipment_stock_shrink AFTER UPDATE OF id, stock ON equipment_items
            FOR EACH ROW WHEN (NEW.stock < OLD.stock) EXECUTE FUNCTION equipment_refuse_stock()""",
    ]


def build(_target: Any, connection: Connection, **_kw: Any) -> None:
    """Put the guard into the database behind `connection`; a listener for `after_create` of the tables."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in sqlite_statements() if sqlite else postgresql_statements():
        connection.exec_driver_sql(statement)


def is_refusal(error: DBAPIError) -> bool:
    """Tell whether the database refused to promise more than there is (and not something else)."""
    return REFUSED in str(error.orig)


def is_guarded(connection: Connection) -> bool:
    """Tell whether all triggers stand."""
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'equipment_stock_%'"
        if connection.dialect.name == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'equipment_stock_%'"
    )
    return int(connection.execute(text(query)).scalar_one()) == 3

# ruff: noqa: S608 (every name in these statements stands in this file)
"""Whether anything has changed in a house's programme or profile, told without reading the programme.

A trigger raises the house's number with every change, whoever writes; so ingest pays for one small
row of its own house. While the numbers stand, what was made of the programme is still the same:
except for what follows later, pairs of events and found words (see `search.waiting`).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, String, event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.calendar.filters import Filters
from hub.centres.models import Centre
from hub.core.db import Base

_WATCHED = ("events", "centres")


class ProgrammeStamp(Base):
    """How often something of a house has changed. Filled by triggers alone."""

    __tablename__ = "programme_stamps"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


def of(session: Session, filters: Filters) -> Sequence[tuple[str, int]]:
    """Return the stamps of all houses that the filters may find something of."""
    query = select(ProgrammeStamp.centre_id, ProgrammeStamp.number)
    if filters.centre:
        query = query.where(ProgrammeStamp.centre_id == filters.centre)
    elif filters.district or filters.quarter:
        there = select(Centre.centre_id)
        if filters.district:
            there = there.where(Centre.district == filters.district)
        if filters.quarter:
            there = there.where(Centre.quarter == filters.quarter)
        query = query.where(ProgrammeStamp.centre_id.in_(there))
    return [(row[0], row[1]) for row in session.execute(query.order_by(ProgrammeStamp.centre_id))]


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; tables that are not there need none."""
    present = set(inspect(connection).get_table_names())
    if ProgrammeStamp.__tablename__ not in present:
        return
    for table in present.intersection(_WATCHED):
        for statement in _on_sqlite(table) if connection.dialect.name == "sqlite" else _on_postgresql(table):
            connection.exec_driver_sql(statement)


def _on_sqlite(table: str) -> Sequence[str]:
    return [
        f"""CREATE TRIGGER IF NOT EXISTS {table}_stamped_{name} AFTER {when} ON {table} BEGIN
            INSERT INTO programme_stamps(centre_id, number) VALUES ({row}.centre_id, 1)
            ON CONFLICT(centre_id) DO UPDATE SET number = number + 1; END"""
        for name, when, row in (
            ("inserted", "INSERT", "new"),
            ("updated", "UPDATE", "new"),
            ("deleted", "DELETE", "old"),
        )
    ]


def _on_postgresql(table: str) -> Sequence[str]:
    lines = []
    for name, when, transition in (
        ("inserted", "INSERT", "NEW TABLE AS changed"),
        ("updated", "UPDATE", "NEW TABLE AS changed"),
        ("deleted", "DELETE", "OLD TABLE AS changed"),
    ):
        trigger = f"{table}_stamped_{name}"
        lines += [
            f"""CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO programme_stamps(centre_id, number)
                SELECT DISTINCT centre_id, 1 FROM changed ORDER BY 1
                ON CONFLICT (centre_id) DO UPDATE SET number = programme_stamps.number + 1;
                RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {trigger} AFTER {when} ON {table} REFERENCING {transition}
                FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()""",
        ]
    return lines


event.listen(Base.metadata, "after_create", create)

"""Which program each centre runs, and whether the city's understands it.

Said by the centre's presence, so only for the eye: what the city cannot read yet is put off record by
record, whatever is said here.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.network.models import CentreProgram
from shared.replication.ledger import Ledger
from shared.replication.program import Program, this_program

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class Standing(StrEnum):
    """How a centre's program compares with the city's."""

    UNKNOWN = "unknown"  # of a time before programs said so, or never connected
    SAME = "same"
    OLDER = "older"
    NEWER = "newer"
    TOO_NEW = "too_new"  # it writes records that the city cannot read before an upgrade


def of_hub(ledger: Ledger) -> Program:
    """Return what this hub is."""
    return this_program(ledger, MIGRATIONS)


def note(session: Session, centre_id: str, program: Program | None, now: datetime) -> None:
    """Keep what a centre said of its program; one that says nothing any more is an older one again."""
    known = session.get(CentreProgram, centre_id)
    if program is None:
        if known is not None:
            session.delete(known)
        return
    said = {"version": program.version, "database": program.database, "records": _written(program.records)}
    if known is None:
        session.add(CentreProgram(centre_id=centre_id, said_at=now, **said))
    elif any(getattr(known, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(known, name, value)
        known.said_at = now


def of_centres(session: Session) -> dict[str, Program]:
    """Return the program of every centre that said so, by id."""
    columns = CentreProgram.centre_id, CentreProgram.version, CentreProgram.database, CentreProgram.records
    return {centre_id: _program(*said) for centre_id, *said in session.execute(select(*columns))}


def of_centre(session: Session, centre_id: str) -> Program | None:
    """Return the program of one centre, None if it has not said."""
    row = session.get(CentreProgram, centre_id)
    return None if row is None else _program(row.version, row.database, row.records)


def standing(theirs: Program | None, ours: Program) -> Standing:
    """Compare a centre's program with the city's."""
    if theirs is None:
        return Standing.UNKNOWN
    if unread(theirs, ours):
        return Standing.TOO_NEW
    if theirs.order == ours.order:
        return Standing.SAME
    return Standing.NEWER if theirs.order > ours.order else Standing.OLDER


def unread(theirs: Program, ours: Program) -> list[str]:
    """Return the collections that the city cannot read as this centre writes them."""
    return sorted(name for name, number in theirs.records.items() if number > ours.records.get(name, 0))


def _written(records: Mapping[str, int]) -> str:
    return orjson.dumps(dict(sorted(records.items()))).decode()


@lru_cache(maxsize=64)
def _program(version: str, database: str, records: str) -> Program:
    """Return what a row says; a thousand houses run a handful of programs."""
    return Program(version, database, orjson.loads(records))

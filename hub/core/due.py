"""Which houses something derived has to be reckoned anew for.

Triggers note the house, whoever writes; jobs take the houses off their list and reckon. So ingest
pays for a note and nothing more, and what is derived follows within seconds. Each list has a
`purpose` of its own.

Rule: nothing here looks at what has changed; a house that is noted for nothing is reckoned for nothing.
"""

from collections.abc import Callable, Iterable, Set
from typing import Any

from sqlalchemy import Connection, String, delete, event, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base, reading, transaction
from hub.core.rounds import in_rounds, of_house
from hub.core.watching import Note, Watched, build

NORM, OFFERS = "norm", "offers"
AT_ONCE = 5  # houses in one transaction: some fifty milliseconds, in which ingest waits on SQLite
ROUNDS_MAX = 40  # a rush is worked off in turns, so that other jobs get theirs

_PUT = text("INSERT INTO houses_due(purpose, centre_id) VALUES (:purpose, :centre_id) ON CONFLICT DO NOTHING")


class DueHouse(Base):
    """A house that is due. Filled by triggers, and by jobs when a new week begins."""

    __tablename__ = "houses_due"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)


def catch_up(purpose: str, reckon: Callable[[Session, str], None]) -> None:
    """Reckon the houses that are due, in short transactions: ingest waits for none of them for long.

    A house that fails stays due and holds up no other (see `rounds`).
    """

    def round_without(aside: Set[str]) -> bool:
        with reading() as session:
            if not waiting(session, purpose, up_to=1, without=aside):
                return False  # an idle look takes no lock
        with transaction() as session:
            for centre_id in take(session, purpose, without=aside):
                with of_house(centre_id):
                    reckon(session, centre_id)
        return True

    in_rounds(round_without, ROUNDS_MAX)


def waiting(session: Session, purpose: str, up_to: int = 1_000, without: Set[str] = frozenset()) -> int:
    """Return how many houses are due, counting no further than `up_to`."""
    some = select(DueHouse).where(DueHouse.purpose == purpose, DueHouse.centre_id.not_in(without))
    return session.scalar(select(func.count()).select_from(some.limit(up_to).subquery())) or 0


def take(session: Session, purpose: str, at_most: int = AT_ONCE, without: Set[str] = frozenset()) -> list[str]:
    """Take houses off the list. Needs a writing transaction; houses that ingest holds are left for later."""
    due_now = (DueHouse.purpose == purpose, DueHouse.centre_id.not_in(without))
    listed = select(DueHouse.centre_id).where(*due_now).limit(at_most)
    taken = list(session.scalars(listed.with_for_update(skip_locked=True)))
    session.execute(delete(DueHouse).where(DueHouse.purpose == purpose, DueHouse.centre_id.in_(taken)))
    return taken


def put(session: Session, purpose: str, centre_ids: Iterable[str]) -> None:
    """Put houses on the list; those that are on it stay there."""
    rows = [{"purpose": purpose, "centre_id": centre_id} for centre_id in sorted(set(centre_ids))]
    if rows:
        session.execute(_PUT, rows)


def _note(purpose: str) -> Note:
    return Note("houses_due", ("purpose", "centre_id"), f"'{purpose}', {{row}}.centre_id", per_house=True)


_OFFERED = ("state", "theme", "target_groups", "languages", "accessibility", "series_id", "starts_at")
_PLACED = ("closed_on_holidays", "region", "time_zone", "district", "quarter")
NOTES = (
    (Watched("events", _OFFERED, both=False), [_note(NORM), _note(OFFERS)]),
    (Watched("opening_hours", both=False), [_note(NORM)]),
    (Watched("centres", _PLACED, both=False), [_note(NORM), _note(OFFERS)]),
)


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; tables that are not there need none."""
    build(connection, "due", NOTES)


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", create)

"""Many register at once and nobody is registered beyond the capacity; nor by whoever forgets to ask."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.core.tokens import hash_of
from node.programme.models import Event
from node.registration import guard
from node.registration.finding import places_of
from node.registration.models import Registration, State
from node.registration.secret_links import new_reference, new_secret
from shared.database import Database
from tests.factories import NOW
from tests.node.registration.conftest import join, make_gathering

CROWD, PLACES = 50, 30


def write_unasked(session: Session, event_id: str, adults: int, state: State = State.REGISTERED) -> Registration:
    """Write a registration as somebody would who does not look at the places."""
    made = Registration(
        event_id=event_id, reference=new_reference(), link_hash=hash_of(new_secret()), state=state, name="x",
        adults=adults, children=0, registered_at=NOW, queued_at=NOW, changed_at=NOW, offer_until=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_fifty_groups_at_once_never_overbook(database: Database) -> None:
    """Each in a transaction of its own; the places are filled to what fits, the others wait."""
    with database.transaction() as session:
        event = make_gathering(session, places=PLACES)

    def come(number: int) -> str:
        with database.transaction() as session:
            return join(session, session.get_one(Event, event.id), 1 + number % 4).state

    with ThreadPoolExecutor(16) as pool:
        states = list(pool.map(come, range(CROWD)))
    with database.reading() as session:
        places = places_of(session, session.get_one(Event, event.id))
    assert states.count(State.REGISTERED) + states.count(State.WAITING) == CROWD
    assert places.registered <= PLACES
    assert places.registered > PLACES - 4, "an empty place for which the next group is too large, no more"
    assert places.registered + places.waiting == sum(1 + number % 4 for number in range(CROWD))


def test_fifty_writers_that_do_not_ask_are_stopped_by_the_database(database: Database) -> None:
    """The triggers alone: exactly as many get in as there are places."""
    with database.transaction() as session:
        event_id = make_gathering(session, places=PLACES).id

    def write(_number: int) -> bool:
        try:
            with database.transaction() as session:
                write_unasked(session, event_id, 1)
        except IntegrityError as error:
            if not guard.is_no_place(error):
                raise
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(write, range(CROWD))) == PLACES


def test_without_the_triggers_the_writers_would_overbook(database: Database) -> None:
    """The test above can fail."""
    with database.engine.begin() as connection:
        for name in guard.TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    with database.transaction() as session:
        event = make_gathering(session, places=1)
        for _again in range(2):
            write_unasked(session, event.id, 1)
        assert places_of(session, event).registered == 2


@pytest.mark.parametrize(
    "change",
    ["state = 'registered'", "adults = 3, state = 'offered'", "state = 'offered', children = 2"],
)
def test_whoever_waits_cannot_be_made_to_overbook(database: Database, change: str) -> None:
    """A change by hand is counted like a new registration; an offer holds places as well."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        write_unasked(session, event.id, 3)
        waiting = write_unasked(session, event.id, 2, State.WAITING)
        with pytest.raises(IntegrityError) as refused:
            session.execute(text(f"UPDATE registrations SET {change} WHERE id = :id"), {"id": waiting.id})
        assert guard.is_no_place(refused.value)
        session.rollback()


def test_the_capacity_cannot_fall_below_what_is_taken(database: Database) -> None:
    """Not even by hand; but it can fall to it, and rise again, and go."""
    with database.transaction() as session:
        event = make_gathering(session, places=4)
        write_unasked(session, event.id, 3)
        for capacity in (3, 9, None, 5):
            session.execute(text("UPDATE events SET capacity = :capacity"), {"capacity": capacity})
        with pytest.raises(IntegrityError, match=guard.BELOW_TAKEN):
            session.execute(text("UPDATE events SET capacity = 2"))
        session.rollback()


def test_an_overfull_event_can_be_mended(database: Database) -> None:
    """Somebody comes with fewer, although it is still too many."""
    with database.transaction() as session:
        event = make_gathering(session, places=None)
        large = write_unasked(session, event.id, 8)
        session.execute(text("DROP TRIGGER events_capacity_update"))
        session.execute(text("UPDATE events SET capacity = 5"))
        large.adults = 7
        session.flush()
        session.expire(large)
        assert large.adults == 7


def test_the_guard_stands_after_the_migrations(database: Database) -> None:
    """A migration that copies a table drops its triggers; they are put back."""
    with database.engine.connect() as connection:
        assert guard.is_guarded(connection)

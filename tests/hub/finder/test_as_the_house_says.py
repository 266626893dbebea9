"""The city's answer against the house's own, for the same house: its records travel as they do on the wire."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import node.app  # noqa: F401 (all tables of a node)
from hub.bookings.models import Booking as BookingHere
from hub.spaces.models import Space as SpaceHere
from hub.spaces.models import SpaceHours as SpaceHoursHere
from node.bookings.models import Booking
from node.bookings.service import BookingEntry, take_booking
from node.core.db import Base as NodeBase
from node.requests import rooms
from node.spaces import guest_hours
from node.spaces.models import Space, SpaceHours
from shared.database import Database
from shared.errors import Refusal
from shared.records.bookings import BOOKINGS, BookingState, Slot, SpaceTaken
from shared.records.space_hours import SPACE_HOURS
from shared.records.spaces import SPACES
from tests.factories import make_space
from tests.hub.finder.conftest import DAY, NOW, ZONE, ask, local, put_house

TRAVELLING = ((SPACES, Space, SpaceHere), (SPACE_HOURS, SpaceHours, SpaceHoursHere), (BOOKINGS, Booking, BookingHere))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Session]:
    """A house with a hall of halves, a school's hall, rules and buffers, and a week of bookings at random."""
    database = Database(f"sqlite:///{tmp_path / 'node.sqlite'}")
    NodeBase.metadata.create_all(database.engine)
    dice = random.Random(11)
    with database.transaction() as session:
        spaces = list(_spaces(session))
        for _ in range(120):
            starts = local("06:00", DAY + timedelta(days=dice.randrange(5))) + timedelta(
                minutes=5 * dice.randrange(200)
            )
            slot = Slot(starts, starts + timedelta(minutes=5 * dice.randrange(3, 40)))
            state = dice.choice((BookingState.CONFIRMED, BookingState.CONFIRMED, BookingState.REQUESTED))
            entry = BookingEntry(space_id=dice.choice(spaces).id, slot=slot)
            try:
                with session.begin_nested():
                    take_booking(session, entry, now=NOW, state=state)
            except Refusal:
                continue
        yield session
    database.dispose()


def _spaces(session: Session) -> Iterator[Space]:
    hall = make_space(session, "Saal", capacity=80, buffer_before_min=15, buffer_after_min=30)
    left = make_space(session, "Linke Hälfte", hall, capacity=40, buffer_after_min=10)
    school = make_space(session, "Aula", capacity=200, is_guest_space=True)
    entry = {"opens_local": "17:00", "closes_local": "22:30", "weekday": None}
    session.add(guest_hours.SpaceHours(space_id=school.id, **entry))
    yield from (hall, left, school)
    yield make_space(session, "Viertel", left, capacity=12, buffer_before_min=5)
    yield make_space(session, "Rechte Hälfte", hall, capacity=30, notice_hours=36)
    yield make_space(session, "Küche", capacity=0, kind="kitchen", length_max_min=150)


def travel(house: Session, city: Session) -> None:
    """Write the house's records into the city's tables, through the schemas of the wire."""
    for collection, here, there in TRAVELLING:
        for record in house.scalars(select(here)):
            sent = collection.checker.dump(record)
            row: dict[str, Any] = {"centre_id": "hamborn", "id": record.id, **collection.checker.load(sent)}
            city.connection().execute(insert(there.__table__), [row])


def test_the_city_says_free_exactly_where_the_house_does(house: Session, session: Session) -> None:
    """For hundreds of wishes: with buffers, parts, notice, the longest booking, a guest space's hours, seats."""
    put_house(session, hours=[("open", None, "00:00", "00:00")])
    travel(house, session)
    dice = random.Random(5)
    said = set()
    for _ in range(150):
        starts = local("06:00", DAY + timedelta(days=dice.randrange(5))) + timedelta(minutes=15 * dice.randrange(64))
        at, hours, persons = starts.astimezone(ZONE), dice.choice((0.5, 1, 2, 4)), dice.choice((0, 10, 35))
        slot = Slot(starts, starts + timedelta(hours=hours))
        fitting = rooms.fitting(house, slot, persons, "", zone=ZONE, now=NOW)
        found = ask(session, f"{at:%H:%M}", hours, NOW, day=at.date(), persons=persons)
        free = {one.name for one in found.answers if one.verdict in ("free", "asked_for")}
        assert free == {one.space.name for one in fitting}, slot
        said |= free
    assert len(said) == 6, "each space was free at least once"


def test_what_the_city_offers_instead_the_house_takes(house: Session, session: Session) -> None:
    """Each time that is offered could be booked in the house that very moment."""
    put_house(session, hours=[("open", None, "00:00", "00:00")])
    travel(house, session)
    offered = 0
    for starts in ("07:00", "10:15", "13:00", "16:30", "19:45"):
        for one in ask(session, starts, 2, NOW).answers:
            if one.starts_at is None or one.ends_at is None:
                continue
            offered += one.verdict != "free"
            entry = BookingEntry(space_id=one.space_id, slot=Slot(one.starts_at, one.ends_at))
            with house.begin_nested() as attempt:
                try:
                    take_booking(house, entry, now=NOW, state=BookingState.CONFIRMED)
                except SpaceTaken:
                    pytest.fail(f"{one.name} is taken at {one.starts_at}")
                attempt.rollback()
    assert offered > 5

"""Records for tests: each factory takes only what matters to the test that calls it.

They go through the same services that people use, and need only a writing session:

    hall = make_space(session, name="Saal")
    make_booking(session, space=hall, start="10:00", end="12:00")
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.bookings.service import BookingEntry
from node.equipment import service as equipment
from node.equipment.models import Item
from node.equipment.service import ItemEntry
from node.programme import service as programme
from node.programme.models import Event
from node.programme.service import EventEntry
from node.spaces import service as spaces
from node.spaces.models import Space
from node.spaces.service import SpaceEntry
from shared.records.bookings import BookingState, Slot
from shared.time import at_local

ZONE = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 23)  # a Monday, winter time
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def local_slot(start: str, end: str, day: date = DAY) -> Slot:
    """Return the slot from wall time `start` to `end` in Berlin; an end at or before the start is next day."""
    last_day = day if time.fromisoformat(end) > time.fromisoformat(start) else day + timedelta(days=1)
    return Slot(at_local(day, time.fromisoformat(start), ZONE), at_local(last_day, time.fromisoformat(end), ZONE))


def make_space(session: Session, name: str = "Saal", parent: Space | None = None, **said: Any) -> Space:
    """Add a space to the house."""
    entry = SpaceEntry(name=name, parent_id=parent.id if parent else None, **said)
    return spaces.add_space(session, entry)


def make_booking(
    session: Session,
    space: Space | None = None,
    start: str = "10:00",
    end: str = "11:00",
    day: date = DAY,
    *,
    state: BookingState = BookingState.CONFIRMED,
    now: datetime = NOW,
    **said: Any,
) -> Booking:
    """Book a space (a new one if none is named) by wall times of Berlin."""
    space = space or make_space(session)
    entry = BookingEntry(space_id=space.id, slot=local_slot(start, end, day), **said)
    return bookings.take_booking(session, entry, now=now, state=state, by="anna")


def make_event(
    session: Session,
    title: str = "Offenes Frühstück",
    start: str = "10:00",
    end: str = "12:00",
    day: date = DAY,
    *,
    space: Space | None = None,
    published: bool = True,
    now: datetime = NOW,
    **said: Any,
) -> Event:
    """Write an event of the programme, published unless said otherwise."""
    entry = EventEntry(title=title, slot=local_slot(start, end, day), space_id=space.id if space else None, **said)
    return programme.create_event(session, entry, now=now, by="anna", publish=published)


def make_item(session: Session, name: str = "Stühle", stock: int = 1, *, retired: bool = False, **said: Any) -> Item:
    """Add a kind of equipment of which the house has `stock` pieces."""
    item = equipment.add_item(session, ItemEntry(name=name, stock=stock, **said))
    return equipment.retire_item(session, item.id) if retired else item

"""Schemas that are made from entries and tables: the same limits, nothing forgotten, nothing leaked."""

import dataclasses

import pytest
from marshmallow import ValidationError

from node.api.shapes import entry_shape
from node.bookings.entry import BookingEntry
from node.bookings.models import Booking
from node.programme.entry import EventEntry
from node.programme.models import Event
from node.spaces.models import Space
from node.spaces.service import SpaceEntry
from shared.records.bookings import BookingSchema, Slot
from shared.records.events import EventSchema
from shared.records.spaces import SpaceSchema
from shared.time import from_wire
from shared.web.shapes import columns_shape

SHAPES = (
    (BookingEntry, Booking, BookingSchema),
    (EventEntry, Event, EventSchema),
    (SpaceEntry, Space, SpaceSchema),
)
BOOKING = {
    "space_id": "0190a000-0000-7000-8000-000000000001",
    "starts_at": "2026-11-23T09:00:00Z",
    "ends_at": "2026-11-23T10:00:00Z",
}


@pytest.mark.parametrize(("entry", "table", "rules"), SHAPES)
def test_a_shape_takes_every_field_of_its_entry(entry: type, table: type, rules: type) -> None:
    """A field that a service takes and the API does not would be a page that the API cannot do."""
    taken = set(entry_shape(entry, "Taken", table, rules)().fields)
    told = {field.name for field in dataclasses.fields(entry)} - {"slot"}
    assert told <= taken
    assert taken - told <= {"starts_at", "ends_at"}


def test_what_is_loaded_is_the_entry_itself() -> None:
    """Times become the slot; what was left out has the entry's defaults."""
    loaded = entry_shape(BookingEntry, "Taken", Booking, BookingSchema)().load(BOOKING)
    slot = Slot(from_wire(BOOKING["starts_at"]), from_wire(BOOKING["ends_at"]))
    assert loaded == BookingEntry(space_id=BOOKING["space_id"], slot=slot)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "party"),
        ("space_id", "hall"),
        ("starts_at", "2026-11-23 09:00"),
        ("title", "x" * 201),
        ("persons", "12"),
        ("colour", "red"),
    ],
)
def test_a_field_beyond_its_limits_is_named(field: str, value: object) -> None:
    """Limits of the record and of the column, and fields that nobody knows."""
    with pytest.raises(ValidationError) as refused:
        entry_shape(BookingEntry, "Taken", Booking, BookingSchema)().load({**BOOKING, field: value})
    assert list(refused.value.messages) == [field]


def test_an_answer_shows_the_named_columns_only() -> None:
    """A column that is added to a table later does not become public by itself."""
    booking = Booking(id="1", title="Chor", contact_name="A. Muster", starts_at=from_wire(BOOKING["starts_at"]))
    shown = columns_shape(Booking, "Shown", ["id", "title", "starts_at"])().dump(booking)
    assert shown == {"id": "1", "title": "Chor", "starts_at": BOOKING["starts_at"]}

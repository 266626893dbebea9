"""Columns, schemas and tables say the same, for every collection and on both sides."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields, validate
from sqlalchemy import Boolean, Column, Date, Float, Integer, String, Table, Text

import hub.announcements.models
import hub.attendance.models
import hub.bookings.models
import hub.centres.models
import hub.holidays.models
import hub.norm.models
import hub.opening_hours.models
import hub.programme.models
import hub.recovery.models
import hub.spaces.models
import hub.themes.models
import hub.visits.models  # noqa: F401 (the tables of both sides)
import node.announcements.models
import node.bookings.models
import node.centre.models
import node.holidays.models
import node.norm.models
import node.opening_hours.models
import node.programme.models
import node.recovery.models
import node.registration.models
import node.spaces.models
import node.themes.models
import node.visits.models  # noqa: F401 (the tables of both sides)
from hub.core.db import LEDGER as HUB_LEDGER
from node.core.db import LEDGER as NODE_LEDGER
from shared.columns import Tags, UTCDateTime, split_tags
from shared.records.base import Collection, Day, Instant, Side, TagList
from shared.records.catalogue import BY_NAME, COLLECTIONS, owned_by
from tests.shared.wire_records import records

named = pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda collection: collection.name)
PERSONAL = ("contact", "phone", "email", "persons", "note", "taken_by", "title", "reason")
TYPES: dict[type[fields.Field[Any]], tuple[type, ...]] = {
    fields.String: (String, Text),
    fields.Integer: (Integer,),
    fields.Float: (Float,),
    fields.Boolean: (Boolean,),
    Instant: (UTCDateTime,),
    Day: (Date,),
    TagList: (Tags,),
}


def tables(collection: Collection) -> list[Table]:
    return [ledger.shelves.all[collection.name].table for ledger in (NODE_LEDGER, HUB_LEDGER)]


def mixin_columns(collection: Collection) -> set[str]:
    """Return what the mixin declares itself, without what a side adds."""
    return {name for kind in collection.columns.__mro__ for name in getattr(kind, "__annotations__", {})} - {
        "__collection__",
        "id",
    }


@named
def test_every_field_is_a_column_and_every_column_a_field(collection: Collection) -> None:
    """Nothing is declared twice with different words, and no shared column stays behind."""
    assert mixin_columns(collection) == set(collection.field_names)


@named
def test_both_sides_have_a_table_with_the_columns(collection: Collection) -> None:
    """A record finds its place on either side; at the hub a centre's record is kept under the centre."""
    for table in tables(collection):
        assert {"id", *collection.field_names} <= set(table.c.keys())
    at_node, at_hub = tables(collection)
    assert [column.name for column in at_node.primary_key] == ["id"]
    of_centre = ["centre_id", "id"] if collection.owner is Side.NODE else ["id"]
    assert [column.name for column in at_hub.primary_key] == of_centre


@named
def test_a_replica_needs_nothing_that_does_not_travel(collection: Collection) -> None:
    """The receiver's table has no column that only its owner could fill, and no key to another record."""
    at_node, at_hub = tables(collection)
    received = at_hub if collection.owner is Side.NODE else at_node
    assert set(received.c.keys()) - {"id", "centre_id"} <= set(collection.field_names)
    assert not received.foreign_keys


@named
def test_types_lengths_and_nulls_agree(collection: Collection) -> None:
    """What the schema lets through fits into the column on both databases."""
    for table in tables(collection):
        for name, field in collection.checker.fields.items():
            column: Column[Any] = table.c[name]
            assert isinstance(column.type, TYPES[type(field)]), f"{table.name}.{name}"
            assert column.nullable == field.allow_none, f"{table.name}.{name}"
            length = getattr(column.type, "length", None)
            if isinstance(field, fields.String) and length is not None:
                assert _longest(field) <= length, f"{table.name}.{name}"


@named
@given(choice=st.data())
@settings(max_examples=25, deadline=None)
def test_check_project_and_render_is_the_identity(collection: Collection, choice: st.DataObject) -> None:
    """What came, checked and taken apart, gives the same text when it is put together again."""
    shelf = HUB_LEDGER.shelves.all[collection.name]
    payload = json.dumps(choice.draw(records(collection)), ensure_ascii=False, separators=(",", ":"))
    once = shelf.renderer.render(shelf.checker.check(payload))
    assert json.loads(once) == json.loads(payload)
    assert shelf.renderer.render(shelf.checker.check(once)) == once


def test_no_personal_data_of_a_booking_travels() -> None:
    """Who booked, and what for, has no field on the wire."""
    assert not [name for name in BY_NAME["bookings"].field_names if name.startswith(PERSONAL)]


def test_every_collection_has_one_writer() -> None:
    """The two sides share the catalogue without a rest."""
    assert {*owned_by(Side.NODE), *owned_by(Side.HUB)} == set(COLLECTIONS)
    assert not {*owned_by(Side.NODE)} & {*owned_by(Side.HUB)}


def test_tags_are_joined_and_split_alike() -> None:
    """The stored form of tags is read back as the same tuple."""
    shelf = NODE_LEDGER.shelves.all["spaces"]
    place = shelf.collection.field_names.index("accessibility")
    record = {
        "name": "Saal", "kind": "cafe", "parent_id": None, "capacity": 1, "accessibility": ["parking", "step_free"],
        "description": "", "buffer_before_min": 0, "buffer_after_min": 0, "bookable": True, "rank": 0,
    }  # fmt: skip
    values = shelf.checker.check(json.dumps(record))
    assert values[place] == "|parking|step_free|"
    assert split_tags(values[place]) == ("parking", "step_free")


def _longest(field: fields.Field[Any]) -> int:
    """Return the length of the longest text that the field lets through."""
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return max(map(len, validator.choices))
        if isinstance(validator, validate.Length):
            assert validator.max is not None
            return validator.max
        if isinstance(validator, validate.Regexp):
            return 5 if "[0-5]" in validator.regex.pattern else 40  # a wall time, or a key of at most 40
    return 36  # the id of another record

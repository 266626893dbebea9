"""The flat checker and marshmallow say the same about every record."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import WireError
from shared.records.base import Collection
from shared.records.catalogue import COLLECTIONS
from shared.replication.ledger.checking import Checker
from tests.shared.wire_records import broken_records, records

CHECKERS = {collection.name: Checker(collection) for collection in COLLECTIONS}
named = pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda collection: collection.name)


def judged(checker: Checker, record: Any) -> Any:
    """Return what marshmallow makes of a record, or its complaint."""
    try:
        return checker.judge(record)
    except WireError as error:
        return error.reason


def checked(checker: Checker, payload: str) -> Any:
    try:
        return checker.check(payload)
    except WireError as error:
        return error.reason


@named
@given(choice=st.data())
@settings(max_examples=30, deadline=None)
def test_a_valid_record_passes_the_flat_checker(collection: Collection, choice: st.DataObject) -> None:
    """Every record that the schema allows takes the fast way and comes out as marshmallow reads it."""
    checker, record = CHECKERS[collection.name], choice.draw(records(collection))
    assert checker.flat is not None
    assert checker.flat(record) == checker.judge(record)


@named
@given(choice=st.data())
@settings(max_examples=100, deadline=None)
def test_a_broken_record_gets_marshmallows_verdict(collection: Collection, choice: st.DataObject) -> None:
    """Whatever is wrong with a record: the checker accepts it if and only if marshmallow does, alike."""
    checker, record = CHECKERS[collection.name], choice.draw(broken_records(collection))
    payload = json.dumps(record, default=list)
    assert repr(checked(checker, payload)) == repr(judged(checker, json.loads(payload)))


@pytest.mark.parametrize("payload", ["", "{", "[]", "null", "3", '"text"', '{"a":1}x', "[" * 5000, '"\\ud800"'])
def test_what_is_no_json_object_is_refused(payload: str) -> None:
    """A payload that is not a JSON object is a wire error, never another exception."""
    with pytest.raises(WireError, match=r"not JSON|not a record"):
        CHECKERS["bookings"].check(payload)


def test_a_reason_does_not_repeat_what_came() -> None:
    """The reason goes on a page of the city, so it names the field and never its content."""
    record = {"contact_name": "Frau Yıldız", "space_id": "Frau Yıldız"}
    with pytest.raises(WireError) as caught:
        CHECKERS["bookings"].check(json.dumps(record))
    assert caught.value.reason == "space_id: Not a record id."
    with pytest.raises(WireError) as caught:
        CHECKERS["visits"].check(
            json.dumps(
                {
                    "hour_starts_at": "2026-11-23T09:00:00Z",
                    "kind": "event",
                    "target_group": "",
                    "count": 1,
                    "Frau Yıldız": 1,
                }
            )
        )
    assert caught.value.reason == "unknown field"


def test_a_null_character_is_refused() -> None:
    """PostgreSQL has no text with a null character, so no side shows one."""
    record = {"key": "sport", "label_de": "a\0b", "label_en": "", "rank": 0, "active": True}
    with pytest.raises(WireError, match="null character"):
        CHECKERS["themes"].check(json.dumps(record))

"""Every text that a house keeps is declared personal, travels, or is known to tell nothing about guests."""

import pytest
from flask import Flask
from sqlalchemy import JSON, LargeBinary, String, Text
from sqlalchemy.orm import ColumnProperty, Mapper

from node.core import privacy
from node.core.db import Base
from shared.columns import Tags, UTCDateTime
from shared.records.base import RecordColumns
from shared.records.catalogue import BY_NAME
from shared.web.audit.listening import names_staff

KEY_LENGTH_MAX = 40  # a state, a kind, an id: no room for a sentence about somebody

# Texts of the house about itself, and of machines. Who adds one decides here that nobody writes of people in it.
ABOUT_THINGS = """
    api_answers.key api_answers.digest
    audit_entries.actor_id audit_entries.table_name audit_entries.record_id audit_entries.changes
    audit_entries.look_key
    backup_runs.place backup_runs.name erased_records.record_id recovery_keys.public
    devices.name devices.token_hash
    equipment_items.name equipment_items.place equipment_items.note
    event_images.content
    event_series.entry event_series.title event_series.rule event_series.zone event_series.cancel_reason
    booking_series.equipment booking_series.rule booking_series.zone booking_series.cancel_reason
    events.source_uid events.source_recurrence_id
    expiry_runs.failed
    fee_classes.name fee_classes.meant_for
    house_days.name house_rules.text
    hub_trust.configured_key hub_trust.believed_key hub_trust.next_key hub_trust.hub_instance hub_trust.rival_instance
    imported_rows.key
    key_rings.label key_rings.note
    series_omissions.detail
    rejected_messages.topic rejected_messages.reason
    room_request_drafts.token_hash room_requests.token_hash
    sensors.name sensors.door sensors.token_hash sensor_counts.message_id sensor_rejections.excerpt
"""
# Kept for a day at most, and nobody is looked for in it.
FOR_A_DAY = """
    pending_imports.file_name pending_imports.content ended_sessions.id
"""
KNOWN = {*ABOUT_THINGS.split(), *FOR_A_DAY.split()}


def is_text(prop: ColumnProperty[object]) -> bool:
    """Whether a column has room for a sentence, or for anything at all."""
    kind = prop.columns[0].type
    if isinstance(kind, Tags | UTCDateTime):
        return False
    short = isinstance(kind, String) and kind.length is not None and kind.length <= KEY_LENGTH_MAX
    return isinstance(kind, String | Text | JSON | LargeBinary) and not short


def travels(mapper: Mapper[object], name: str) -> bool:
    """Whether a column goes to the city anyway, where no personal data goes."""
    kind = mapper.class_
    return issubclass(kind, RecordColumns) and name in BY_NAME[kind.__collection__].field_names


def undecided(app: Flask) -> list[str]:
    """Return the texts that nobody has decided about; names of those who work here stand in `…_by`."""
    registry = privacy.registry(app)
    found = []
    for mapper in Base.registry.mappers:
        table = str(mapper.local_table.name)  # type: ignore[attr-defined]
        decided = registry.personal_columns(table)
        for prop in mapper.column_attrs:
            known = prop.key in decided or names_staff(prop.key) or travels(mapper, prop.key)
            if is_text(prop) and not known:
                found.append(f"{table}.{prop.key}")
    return found


def test_somebody_has_decided_about_every_text(app: Flask) -> None:
    """A new column of text is declared in its feature's `privacy.py`, or listed here as telling nothing of people."""
    assert sorted(set(undecided(app)) - KNOWN) == []


def test_the_list_names_nothing_that_is_gone(app: Flask) -> None:
    """What was declared personal later, or dropped, is struck from the list."""
    assert sorted(KNOWN - set(undecided(app))) == []


@pytest.mark.parametrize("key", ["bookings", "registrations", "tenants", "accounts", "rentals", "key_handovers"])
def test_the_kinds_that_matter_are_there(app: Flask, key: str) -> None:
    """Whoever books, registers, rents, has a key or works here can be found and forgotten."""
    data = privacy.registry(app).kinds[key]
    assert data.columns
    assert data.find.__module__ != privacy.__name__
    assert data.erase.__module__ != privacy.__name__

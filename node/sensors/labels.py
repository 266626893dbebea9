"""What pages call directions, sources and the reasons for which a message is not counted."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from node.sensors.models import Direction
from node.visits.service import CountSource

DIRECTIONS: Mapping[str, Any] = {
    Direction.IN: _l("Who comes in"),
    Direction.BOTH_HALVED: _l("Both directions, halved"),
}

SOURCES: Mapping[str, Any] = {
    CountSource.TAPS: _l("Touches at the counter; sensors are only shown beside them"),
    CountSource.SENSORS: _l("Sensors, for the kinds of visit that they count; touches say who of them"),
    CountSource.BOTH: _l("Both added up: sensors stand where nobody touches the counter"),
}

REASONS: Mapping[str, Any] = {
    "unknown_sensor": _l("There is no sensor of this name here."),
    "not_in_use": _l("The sensor is not in use."),
    "not_json": _l("This is not JSON."),
    "too_long": _l("More than 500 messages at once, or more than 128 kB."),
    "not_a_message": _l("This is not a message of a sensor."),
    "bad_id": _l("The message has no number of its own: 1 to 64 letters, digits, or . _ : -"),
    "bad_number": _l("“in” and “out” are whole numbers from 0 to 10,000."),
    "bad_time": _l("“counted_at” is an instant in UTC, like 2026-11-23T09:15:00Z."),
    "in_the_future": _l("The clock of the sensor is ahead."),
    "too_old": _l("The message is older than three months."),
}

"""A message of a sensor: read strictly, refused with a short stable reason.

    {"id": "7f3a-000123", "counted_at": "2026-11-23T09:15:00Z", "in": 4, "out": 3}

`id` is the sensor's own, new for each count and the same each time the count is sent again;
`counted_at` is when it was counted, in UTC; `in` and `out` are passages since the message before.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from node.visits import service as visits
from node.visits.service import TapRefused
from shared.errors import Refusal

MESSAGE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
PASSAGES_MAX = 10_000
BATCH_MAX = 500
BODY_BYTES_MAX = 128 * 1024


class MessageRefused(Refusal):
    """A message that cannot be counted; `reason` is a short stable key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Message(NamedTuple):
    id: str
    counted_at: datetime
    came_in: int
    went_out: int


def read_body(body: bytes) -> Sequence[object]:
    """Return the messages of a body: one object, or a list of at most BATCH_MAX. Raises MessageRefused."""
    if len(body) > BODY_BYTES_MAX:
        raise MessageRefused("too_long")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MessageRefused("not_json") from error
    messages = said if isinstance(said, list) else [said]
    if not 0 < len(messages) <= BATCH_MAX:
        raise MessageRefused("too_long" if messages else "not_a_message")
    return messages


def read_message(given: object, now: datetime) -> Message:
    """Return what a message says. Raises MessageRefused."""
    if not isinstance(given, Mapping):
        raise MessageRefused("not_a_message")
    message_id = given.get("id")
    if not isinstance(message_id, str) or MESSAGE_ID.fullmatch(message_id) is None:
        raise MessageRefused("bad_id")
    try:
        counted_at = visits.read_time(given.get("counted_at"), now)
    except TapRefused as refusal:
        raise MessageRefused(refusal.reason) from refusal
    return Message(message_id, counted_at, _passages(given.get("in")), _passages(given.get("out", 0)))


def _passages(given: Any) -> int:
    if type(given) is not int or not 0 <= given <= PASSAGES_MAX:
        raise MessageRefused("bad_number")
    return given

"""What the finder answers of a space, in plain values that any form can be made of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.finder.openings import Manner
from hub.finder.wishes import Wish

LATE_AFTER = timedelta(hours=36)  # a house that is off for a day and a night is not yet late


class Verdict(StrEnum):
    """How well a space answers a wish, the best first."""

    FREE = "free"  # as wished
    ASKED_FOR = "asked_for"  # as wished, but somebody else has asked for it: probably taken
    NEAR = "near"  # on the wished day, at most two hours earlier or later
    FIRST_TIME = "first_time"  # the first day on which it goes
    NEVER = "never"  # not within the weeks that are looked at


class Why(StrEnum):
    """Why not at the wished time, or not at all."""

    OVER = "over"
    NOTICE = "notice"
    CLOSED = "closed"
    TAKEN = "taken"
    TOO_SMALL = "too_small"
    LACKS = "lacks"
    NOT_ACCESSIBLE = "not_accessible"
    TOO_LONG = "too_long"
    NOT_BOOKABLE = "not_bookable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a space answers. `starts_at` and `ends_at` are None if it is never free.

    `shift_min` is how much later than wished, negative if earlier, 0 where no time was wished.
    `seats` is for how many people it is in the wished seating, 0 if nobody said. `why` says
    what is in the way at the wished time, None if nothing is. `as_of` is when the house's data
    were last proven to be whole, None if never; `late` if that is too long ago.
    """

    centre_id: str
    centre: str
    district: str
    quarter: str
    space_id: str
    name: str
    kind: str
    verdict: Verdict
    starts_at: datetime | None
    ends_at: datetime | None
    shift_min: int
    manner: Manner | None
    why: Why | None
    seats: int
    features: tuple[str, ...]
    accessibility: tuple[str, ...]
    is_guest_space: bool
    host_building: str
    notice_hours: int
    length_max_min: int
    phone: str
    email: str
    website: str
    as_of: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Unfit:
    """Spaces in the wished places that cannot answer, for one reason; `examples` are some of them."""

    why: Why
    number: int
    examples: tuple[dict[str, Any], ...]  # centre_id, centre, space_id, name


@dataclass(frozen=True, slots=True)
class Found:
    """One page of answers. `total` counts all spaces that could answer, `free` and `near` how many are.

    `unfit` are the others of the wished places, by reason. `weeks` is how far was looked ahead.
    """

    wish: Wish
    at: datetime
    answers: tuple[Answer, ...]
    page: int
    per_page: int
    total: int
    free: int
    asked_for: int
    near: int
    unfit: tuple[Unfit, ...]
    weeks: int

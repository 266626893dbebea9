"""What an import does to an entry; the same words for calendars and lists."""

from enum import StrEnum
from typing import Any

from node.bookings.service import SpaceRetired
from shared.errors import Refusal
from shared.records.bookings import SpaceTaken
from shared.records.spaces import OutsideSpaceHours

# Where the space cannot be had, a date is entered without it, for this reason (a key of `labels.REASONS`).
WITHOUT_SPACE: dict[type[Refusal], str] = {
    SpaceTaken: "space_taken",
    SpaceRetired: "space_retired",
    OutsideSpaceHours: "space_closed",
}


class Outcome(StrEnum):
    """What happens to an entry, in the order in which a person wants to know it."""

    CREATED = "created"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class NotYet(Exception):
    """Not an error: the space is taken so far, perhaps by something that the same file will move away."""


class Rehearsal(Exception):
    """Not an error: takes the transaction back after a dry run, and carries the report out of it."""

    def __init__(self, report: Any) -> None:
        super().__init__()
        self.report = report

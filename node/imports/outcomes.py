"""What an import does to an entry; the same words for calendars and lists."""

import hashlib
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


class Promise:
    """What an import is going to do, step by step: the base of the reports of calendars and lists."""

    steps: tuple[Any, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(step.outcome is outcome for step in self.steps)

    @property
    def does_something(self) -> bool:
        return any(step.outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.CANCELLED) for step in self.steps)

    @property
    def fingerprint(self) -> str:
        """Two reports with one fingerprint promise the same."""
        return hashlib.sha256(repr(self.steps).encode()).hexdigest()[:32]


class NotYet(Exception):
    """Not an error: the space is taken so far, perhaps by something that the same file will move away."""


class Rehearsal(Exception):
    """Not an error: takes the transaction back after a dry run, and carries the report out of it."""

    def __init__(self, report: Any) -> None:
        super().__init__()
        self.report = report

"""What an import does to an entry; the same words for calendars and lists."""

from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What happens to an entry, in the order in which a person wants to know it."""

    CREATED = "created"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class Rehearsal(Exception):
    """Not an error: takes the transaction back after a dry run, and carries the report out of it."""

    def __init__(self, report: Any) -> None:
        super().__init__()
        self.report = report

"""What an import of a calendar did, or would do, date by date."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from node.imports.outcomes import Outcome
from node.imports.reading import Reading


class Step(NamedTuple):
    """What happens to one date, and why. `line` is 0 where the file says nothing about it any more."""

    outcome: Outcome
    title: str
    starts_at: datetime
    ends_at: datetime
    line: int
    reasons: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    reading: Reading
    steps: tuple[Step, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(step.outcome is outcome for step in self.steps)

    @property
    def does_something(self) -> bool:
        return any(step.outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.CANCELLED) for step in self.steps)

    @property
    def fingerprint(self) -> str:
        """Two reports with one fingerprint promise the same."""
        return hashlib.sha256(repr(self.steps).encode()).hexdigest()[:32]

"""What an import of a calendar did, or would do, date by date."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from node.imports.outcomes import Outcome, Promise
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
class Report(Promise):
    reading: Reading
    steps: tuple[Step, ...]

"""What a fault is, and what its run came to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.paper import Tally
from tests.faults.scene import Scene


class NotPlayed(Exception):
    """This machine or this copy of the repository lacks what the fault needs; the reason is the message."""


@dataclass(frozen=True)
class Fault:
    """`play` injects it `scene.times` times; `short` and `long` are how often in the two forms.

    `agreed_within_s` is how long both sides may take to agree afterwards.
    """

    name: str
    play: Callable[[Scene], None]
    short: int
    long: int
    agreed_within_s: float = 180.0


@dataclass
class Outcome:
    """One line of the summary."""

    name: str
    seed: int
    injected: int = 0
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    agreed_s: float = 0.0
    remarks: list[str] = field(default_factory=list)
    failure: str = ""
    missing: str = ""

    @property
    def is_good(self) -> bool:
        if self.missing:
            return True
        return not self.failure and not self.tally.lost and not self.tally.doubled and self.injected > 0

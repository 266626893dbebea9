"""Whoever keeps the dates of a series, and how steps are carried out through them.

A `Keeper` knows what one date is (a booking, or an event with its booking); this module knows
what happens to all of them.
Rule: one refused date never stops the others. It is noted with its reason and can be tried again.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from node.series.omissions import note_left_out, note_refusal
from node.series.steps import Action, Place, Step, Written
from shared.errors import Refusal


class Keeper(ABC):
    """What the dates of a series are made of. `make` and `move` raise a Refusal and then wrote nothing."""

    def __init__(self, session: Session, *, now: datetime, by: str = "") -> None:
        self.session, self.now, self.by = session, now, by

    @abstractmethod
    def written(self, series: Any) -> list[Written]:
        """Return all dates that are there, cancelled ones too."""

    @abstractmethod
    def make(self, series: Any, day: date, place: Place) -> None:
        """Write the date of `day` at `place`."""

    @abstractmethod
    def move(self, series: Any, written: Written, day: date, place: Place) -> None:
        """Let a date say what its series says, at `place`, known by `day`."""

    @abstractmethod
    def adopt(self, series: Any, written: Written, day: date) -> None:
        """Leave a date as it is, but let it belong to `series` as its date of `day`."""

    @abstractmethod
    def cancel(self, written: Written, reason: str) -> bool:
        """Cancel a date; return whether anything of it can still be seen."""


@dataclass(frozen=True)
class Failed:
    """A date that could not be made (or moved: then it `stays` as it was)."""

    day: date
    refusal: Refusal
    stays: bool = False


@dataclass
class Outcome:
    """What came of the steps."""

    made: int = 0
    moved: int = 0
    cancelled: int = 0
    failed: list[Failed] = field(default_factory=list)


def carry_out(keeper: Keeper, series: Any, steps: Iterable[Step], *, why: str = "") -> Outcome:
    """Do what the steps say; `why` is the reason that cancelled dates keep."""
    outcome = Outcome()
    by_action: dict[Action, list[Step]] = {action: [] for action in Action}
    for step in steps:
        by_action[step.action].append(step)
    for step in by_action[Action.KEEP]:
        assert step.written is not None
        keeper.adopt(series, step.written, step.written.day)
    for step in by_action[Action.CANCEL]:
        _cancel(keeper, series, step, why)
        outcome.cancelled += 1
    _move_all(keeper, series, by_action[Action.MOVE], outcome)
    for step in by_action[Action.MAKE]:
        _make(keeper, series, step, outcome)
    for step in by_action[Action.LEAVE]:
        note_left_out(keeper.session, series.id, step.day, step.occurrence, now=keeper.now, by=keeper.by)
    return outcome


def _make(keeper: Keeper, series: Any, step: Step, outcome: Outcome) -> None:
    assert step.place is not None
    try:
        keeper.make(series, step.day, step.place)
        outcome.made += 1
    except Refusal as refusal:
        outcome.failed.append(Failed(step.day, refusal))
        note_refusal(keeper.session, series.id, step.day, refusal, now=keeper.now, by=keeper.by)


def _move_all(keeper: Keeper, series: Any, steps: list[Step], outcome: Outcome) -> None:
    """Move dates in rounds: one may be in the way of the next until it has moved itself."""
    waiting, refused = steps, dict[date, Refusal]()
    while waiting:
        again = []
        for step in waiting:
            assert step.written is not None
            assert step.place is not None
            try:
                keeper.move(series, step.written, step.day, step.place)
                outcome.moved += 1
            except Refusal as refusal:
                refused[step.day] = refusal
                again.append(step)
        if len(again) == len(waiting):
            break
        waiting = again
    for step in waiting:
        assert step.written is not None
        keeper.adopt(series, step.written, step.day)
        outcome.failed.append(Failed(step.day, refused[step.day], stays=True))


def _cancel(keeper: Keeper, series: Any, step: Step, why: str) -> None:
    """Cancel a date; what is gone without a trace is at least noted as missing."""
    assert step.written is not None
    if keeper.cancel(step.written, why):
        keeper.adopt(series, step.written, step.written.day)
    elif step.occurrence:
        note_left_out(keeper.session, series.id, step.day, step.occurrence, now=keeper.now, by=keeper.by)

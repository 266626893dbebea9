"""What is to happen to each date of a series: made, moved, kept, cancelled, left out. Pure.

A new series and the edit of an old one are the same thing: dates that the rule gives meet
dates that are there already, and each gets one step.
Rule: a date that was changed on its own is kept as it is unless somebody says otherwise; one that was
cancelled on its own stays cancelled, one that was left out stays left out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from node.series.recurrence import Occurrence, Reason
from shared.records.bookings import Slot

SAME_PERIOD = timedelta(days=7)  # a date moves to the nearest new one: Tuesdays that become Wednesdays


class Place(NamedTuple):
    """Where and when a date takes place; without a space it is somewhere else."""

    space_id: str | None
    slot: Slot


@dataclass(frozen=True)
class Written:
    """A date of a series that is there: `stands` unless cancelled, `own` if it was changed on its own.

    What has `begun` is the past and never changed, whatever anybody wishes. `booking_id` is the
    booking that holds its space, if one does.
    """

    id: str
    day: date
    place: Place
    stands: bool = True
    own: bool = False
    begun: bool = False
    booking_id: str | None = None


class Action(StrEnum):
    MAKE = "make"
    MOVE = "move"  # or change what is said of it
    KEEP = "keep"
    CANCEL = "cancel"
    LEAVE = "leave"


class Wish(StrEnum):
    """What a person can choose for one date, beside another place."""

    AS_PLANNED = "planned"
    LEAVE_OUT = "leave"
    ANYWAY = "anyway"  # although it is a holiday, or on the nearest day that exists
    KEEP = "keep"  # as it was before the edit


@dataclass(frozen=True)
class Step:
    """One date and what happens to it. A date that is left out has its `reason` in `occurrence`."""

    day: date
    action: Action
    place: Place | None = None
    written: Written | None = None
    occurrence: Occurrence | None = None

    @property
    def reason(self) -> Reason | None:
        return self.occurrence.reason if self.occurrence else None

    @property
    def asked(self) -> Place | None:
        """The place that has to be free for it, or for the wish to hold it all the same."""
        if self.action in (Action.MAKE, Action.MOVE):
            return self.place
        return self.place if self.action == Action.LEAVE and self.written is None else None


@dataclass(frozen=True)
class Before:
    """What a series had before an edit: days left out by somebody, days held although the rule leaves them out."""

    left_out: Collection[date] = ()
    held_anyway: Collection[date] = ()


def plan(
    found: Sequence[Occurrence],
    space_id: str | None,
    written: Iterable[Written] = (),
    *,
    keep_own: bool = True,
    before: Before = Before(),
) -> list[Step]:
    """Return the steps from what is `written` to what the rule has `found`, by day."""
    there = {each.day: each for each in written}
    fixed = {day for day, each in there.items() if not each.stands or each.begun or (each.own and keep_own)}
    days = {each.day for each in found}
    steps = [
        _kept(each, there[each.day]) if each.day in fixed else _step(each, space_id, there.get(each.day), before)
        for each in found
    ]
    over = [there[day] for day in sorted(there) if day not in days]
    steps += [Step(each.day, Action.KEEP, each.place, each) for each in over if each.day in fixed]
    movable = [each for each in over if each.day not in fixed]
    return sorted(_pair(steps, movable), key=lambda step: step.day)


def choose(steps: Iterable[Step], wishes: Mapping[date, Wish | Place]) -> list[Step]:
    """Return the steps as a person wishes them; a wish that makes no sense for its step changes nothing."""
    return [_wished(step, wishes[step.day]) if step.day in wishes else step for step in steps]


def _kept(each: Occurrence, there: Written) -> Step:
    return Step(each.day, Action.KEEP, there.place, there, each)


def _step(each: Occurrence, space_id: str | None, there: Written | None, before: Before) -> Step:
    slot = each.slot or each.instead
    assert slot is not None, "every date has a slot, or one that could be taken instead"
    place = Place(space_id, slot)
    if there is not None:
        leaves = each.reason is not None and each.day not in before.held_anyway
        return Step(each.day, Action.CANCEL if leaves else Action.MOVE, place, there, each)
    if each.reason is None and each.day in before.left_out:
        each = _without(each)
    return Step(each.day, Action.LEAVE if each.reason else Action.MAKE, place, None, each)


def _without(each: Occurrence) -> Occurrence:
    return replace(each, slot=None, reason=Reason.LEFT_OUT, instead=each.slot)


def _pair(steps: list[Step], movable: list[Written]) -> list[Step]:
    """Let dates whose day is gone move to the nearest new day; those without one are cancelled."""
    for each in movable:
        free = [step for step in steps if step.action == Action.MAKE and abs(step.day - each.day) < SAME_PERIOD]
        nearest = min(free, key=lambda step: abs(step.day - each.day), default=None)
        if nearest is None:
            steps.append(Step(each.day, Action.CANCEL, each.place, each))
        else:
            steps[steps.index(nearest)] = replace(nearest, action=Action.MOVE, written=each)
    return steps


def _wished(step: Step, wish: Wish | Place) -> Step:
    there = step.written
    if isinstance(wish, Place):
        return _moved(step, wish)
    if there is not None and step.action in (Action.MOVE, Action.CANCEL):
        if wish == Wish.KEEP:
            return replace(step, action=Action.KEEP, place=there.place)
        return replace(step, action=Action.CANCEL) if wish == Wish.LEAVE_OUT else step
    if wish == Wish.ANYWAY and step.action == Action.LEAVE:
        return replace(step, action=Action.MAKE)
    if wish == Wish.LEAVE_OUT and step.action == Action.MAKE and step.occurrence:
        return replace(step, action=Action.LEAVE, occurrence=_without(step.occurrence))
    return step


def _moved(step: Step, place: Place) -> Step:
    """Return the step with another time or space; what is cancelled already stays so."""
    if step.written is None:
        return replace(step, action=Action.MAKE, place=place)
    return replace(step, action=Action.MOVE, place=place) if step.written.stands else step

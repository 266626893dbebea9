"""The kinds of alarms: what each is called in the code, its unit, its usual threshold, how long it must last.

A kind that a person does not set has unit "": it is an alarm as soon as it is so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from hub.backups.queries import OLD_AFTER


class Kind(StrEnum):
    """Something that is wrong."""

    OFFLINE = "offline"  # a centre has had no connection for too long
    DECISION = "decision"  # a link stands still until a person decides
    DISAGREEMENT = "disagreement"  # connected, and yet nobody could prove that both sides hold the same
    SET_ASIDE = "set_aside"  # records came that cannot be shown
    BACKLOG = "backlog"  # more is on its way than arrives
    STALE = "stale"  # an open house has reported no figures
    BACKUP = "backup"  # a centre that is connected has left no new backup here
    BROKER = "broker"  # the hub itself has no connection
    JOB = "job"  # work that the hub does by itself fails again and again


@dataclass(frozen=True)
class Nature:
    """`usual` is the threshold in `unit`; `lasting` is how long it must have been so before it is told."""

    unit: str
    usual: int
    most: int
    lasting: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Rule:
    """How a kind is judged now."""

    active: bool
    threshold: int


NATURES: Mapping[Kind, Nature] = {
    Kind.OFFLINE: Nature("hours", 24, 8760),
    Kind.DECISION: Nature("", 0, 0),
    Kind.DISAGREEMENT: Nature("hours", 6, 8760),  # agreement is proven again each hour
    Kind.SET_ASIDE: Nature("records", 1, 1_000_000, timedelta(minutes=5)),
    Kind.BACKLOG: Nature("records", 1000, 10_000_000, timedelta(hours=1)),
    Kind.STALE: Nature("days", 7, 365),
    Kind.BACKUP: Nature("days", OLD_AFTER.days, 365),
    Kind.BROKER: Nature("minutes", 10, 1440),
    Kind.JOB: Nature("times", 3, 1000),
}
USUAL: Mapping[Kind, Rule] = {kind: Rule(True, nature.usual) for kind, nature in NATURES.items()}

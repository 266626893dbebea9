"""Who gets a place, and when: the rules of the waiting line. Pure: no clock, no database.

A registration is a group that comes together or not at all. A family of four waits for four
places; it is never offered three. That makes a waiting line harder than it looks: give two free
places to the next couple and the family never comes to its turn, keep them for the family and
two chairs may stay empty on the evening. So there are two rules, and a moment to change over:

- IN_ORDER (the default): the line moves strictly by its order. While the group at its head does
  not fit, free places are kept for it and nobody overtakes it, neither from behind in the line
  nor by registering anew.
- WHO_FITS: along the line, everybody who fits into what is left gets a place. No chair stays
  empty that somebody could have; a large group may be overtaken.
- The last call: some time before the beginning (`last_call_before`) a house that goes by
  IN_ORDER changes over to WHO_FITS, because then an empty chair helps nobody any more. A house
  may also choose WHO_FITS from the start.

Whatever the rule: among groups that fit the earlier one goes first. A group larger than the
whole capacity can never have its turn (the capacity was lowered, say): it is passed over, so
that it does not hold up the line for ever.

A promotion from the line is an offer, never a surprise: it holds the places until its deadline
and then they go on to the next. A deadline is never later than `offers_end_before` the
beginning, and no offer is made that would leave less than SHORTEST_OFFER to answer.

Whoever acts at this moment (registers, or comes with fewer) needs no offer: if it is their turn,
they have the place at once. Coming with fewer keeps the place in the line, coming with more
means the end of it; else one would register alone and grow at the head of the line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST_OFFER = timedelta(minutes=30)  # to be called, to think, to answer


class Rule(StrEnum):
    """How the places that are free are given along the waiting line."""

    IN_ORDER = "in_order"
    WHO_FITS = "who_fits"


@dataclass(frozen=True)
class Group:
    """A group in the line; `persons` >= 1."""

    id: str
    persons: int


@dataclass(frozen=True)
class Terms:
    """What a house has decided about its waiting lines."""

    rule: Rule = Rule.IN_ORDER
    offer_time: timedelta = timedelta(hours=48)
    offers_end_before: timedelta = timedelta(hours=3)
    last_call_before: timedelta = timedelta(hours=48)


def rule_at(terms: Terms, starts_at: datetime, now: datetime) -> Rule:
    """Return the rule that is in force at `now`: after the last call whoever fits."""
    return Rule.WHO_FITS if now >= starts_at - terms.last_call_before else terms.rule


def deadline_of_offer(terms: Terms, starts_at: datetime, now: datetime) -> datetime | None:
    """Return until when an offer made now has to be answered; None if it is too late for offers."""
    until = min(now + terms.offer_time, starts_at - terms.offers_end_before)
    return until if until - now >= SHORTEST_OFFER else None


def whose_turn(line: Iterable[Group], capacity: int | None, taken: int, rule: Rule) -> list[Group]:
    """Return the groups of `line` (first come first) that get a place now, in the order of the line.

    `taken` counts the persons who have a place or an offer of one. Without a capacity everybody
    has a place. The persons returned never exceed what is free.
    """
    if capacity is None:
        return list(line)
    free, turns = capacity - taken, []
    for group in line:
        if group.persons <= free:
            turns.append(group)
            free -= group.persons
        elif rule is Rule.IN_ORDER and group.persons <= capacity:
            break
    return turns


def fits_behind(line: Sequence[Group], persons: int, capacity: int | None, taken: int, rule: Rule) -> bool:
    """Tell whether `persons` more would have a place at once, standing behind everybody in `line`."""
    newcomer = Group("", persons)
    return newcomer in whose_turn([*line, newcomer], capacity, taken, rule)

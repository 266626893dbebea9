"""Which links the desk shows, and in which order: by state, by words, by what is worst."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hub.core.folding import all_begin_in, words_of
from hub.network.links import CentreLink

STATES = ("fenced", "stalled", "offline", "delayed", "waiting", "agreed", "revoked")  # the most urgent first
TROUBLE = "trouble"  # whatever a person may have to look at
_IN_TROUBLE = ("fenced", "stalled", "offline")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Wanted(NamedTuple):
    """`state` is one of STATES, TROUBLE or '' for all; `words` are beginnings of words of name or id."""

    state: str = ""
    words: str = ""
    order: str = "name"


ALL = Wanted()


def _by_name(link: CentreLink) -> Any:
    return (link.name.casefold(), link.centre_id)


ORDERS: Mapping[str, Callable[[CentreLink], Any]] = {
    "name": _by_name,
    "zustand": lambda link: (STATES.index(link.state), _by_name(link)),
    "rueckstand": lambda link: (-(link.backlog_up + link.backlog_down), _by_name(link)),
    "abgleich": lambda link: (link.agreed_up_at or _NEVER, _by_name(link)),
    "gehoert": lambda link: (link.heard_at or _NEVER, _by_name(link)),
    "zurueckgestellt": lambda link: (-link.set_aside, _by_name(link)),
    "programm": lambda link: (link.program.order if link.program else (), _by_name(link)),
}


def choose(links: Sequence[CentreLink], wanted: Wanted) -> list[CentreLink]:
    """Return the links that are wanted, in the order that is wanted; an unknown order is that of the names."""
    words = words_of(wanted.words)
    found = [link for link in links if _is_wanted(link, wanted.state) and _has(link, words)]
    return sorted(found, key=ORDERS.get(wanted.order, _by_name))


def by_state(links: Sequence[CentreLink]) -> dict[str, int]:
    """Return how many links are in each state; a state that none is in is left out."""
    counted = Counter(link.state for link in links)
    return {state: counted[state] for state in STATES if counted[state]}


def _is_wanted(link: CentreLink, state: str) -> bool:
    if state == TROUBLE:
        return link.state in _IN_TROUBLE or bool(link.belongs and (link.set_aside or link.received.unconfirmed))
    return state not in STATES or link.state == state


def _has(link: CentreLink, words: list[str]) -> bool:
    return not words or all_begin_in(words, f"{link.name} {link.centre_id}")

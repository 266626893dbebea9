"""Marks of feeds that were asked for a moment ago, kept while nothing they are made of has changed.

Rule: a mark is a matter of the content alone; remembering only spares finding it again. So two
processes agree without talking, and a restart costs nobody their copy.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from flask import Flask, current_app

KEPT_MAX = 2_000  # feeds; some 300 bytes each
_EXTENSION = "stadtherz.calendar.marks"


class Marks:
    """The last marks by what was asked for, each with what it rested on."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Hashable, str]] = OrderedDict()
        self._lock = Lock()

    def mark(self, asked: Hashable, rests_on: Hashable, find: Callable[[], str]) -> str:
        """Return the mark of what is `asked`: the one kept if it rests on the same, else a new one."""
        with self._lock:
            kept = self._kept.get(asked)
        if kept is not None and kept[0] == rests_on:
            return kept[1]
        found = find()
        with self._lock:
            self._kept[asked] = (rests_on, found)
            self._kept.move_to_end(asked)
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return found


def equip(app: Flask) -> None:
    app.extensions[_EXTENSION] = Marks()


def marks() -> Marks:
    found: Marks = current_app.extensions[_EXTENSION]
    return found

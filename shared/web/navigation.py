"""The entries of the main navigation. Each feature adds its own; the shell draws them."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user

_EXTENSION = "stadtherz.navigation"


@dataclass(frozen=True)
class Entry:
    """A link of the navigation. `label` is a lazy text; `roles` () means every member of staff."""

    order: int
    label: Any
    endpoint: str
    for_staff: bool
    roles: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether the page shown belongs to this entry: the same endpoint, or one of its blueprint."""
        shown = request.endpoint or ""
        if shown == self.endpoint:
            return True
        others = {entry.endpoint for entry in _entries()}
        return shown not in others and shown.rpartition(".")[0] == self.endpoint.rpartition(".")[0]

    @property
    def is_for_this_person(self) -> bool:
        if not current_user.is_authenticated:
            return not self.for_staff
        return not self.roles or current_user.may(*self.roles)


def equip(app: Flask) -> None:
    """Give `app` an empty navigation."""
    app.extensions.setdefault(_EXTENSION, [])
    app.jinja_env.globals["navigation_entries"] = entries


def add(  # noqa: PLR0917 (others call it so)
    app: Flask, label: Any, endpoint: str, order: int, for_staff: bool = True, roles: tuple[str, ...] = ()
) -> None:
    """Add a link to `endpoint`; lower orders stand first. `roles` narrows it to some of the staff."""
    listed: list[Entry] = app.extensions.setdefault(_EXTENSION, [])
    listed.append(Entry(order, label, endpoint, for_staff, roles))
    listed.sort(key=lambda entry: entry.order)


def entries() -> list[Entry]:
    """Return the entries that whoever asks for this page may follow."""
    return [entry for entry in _entries() if entry.is_for_this_person]


def first() -> Entry | None:
    """Return the entry that this person begins with, None if there is nothing to see without signing in."""
    return next(iter(entries()), None)


def _entries() -> list[Entry]:
    listed: list[Entry] = current_app.extensions[_EXTENSION]
    return listed

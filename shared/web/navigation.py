"""The entries of the main navigation. Each feature adds its own; the shell draws them.

What is not needed every day belongs to a `group`: it is not drawn, but listed with a sentence
about it on the page whose entry `leads_to` that group.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user

_EXTENSION = "stadtherz.navigation"


@dataclass(frozen=True)
class Entry:
    """A link of the navigation. `label` and `about` are lazy texts; `roles` () means every member of staff."""

    order: int
    label: Any
    endpoint: str
    for_staff: bool
    roles: tuple[str, ...]
    group: str = ""
    about: Any = ""
    leads_to: str = ""
    only_role: str = ""
    also: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether the page shown belongs to this entry: the same endpoint, one of its blueprint, or of its group.

        A blueprint with an entry in the main navigation belongs to that one, not to one of a group.
        """
        shown = request.endpoint or ""
        if self.leads_to and any(entry.is_current for entry in _entries() if entry.group == self.leads_to):
            return True
        if shown in {self.endpoint, *self.also}:
            return True
        others = {endpoint for entry in _entries() for endpoint in (entry.endpoint, *entry.also)}
        if shown in others or shown.rpartition(".")[0] != self.blueprint:
            return False
        return not self.group or not any(entry.blueprint == self.blueprint and not entry.group for entry in _entries())

    @property
    def blueprint(self) -> str:
        return self.endpoint.rpartition(".")[0]

    @property
    def is_for_this_person(self) -> bool:
        if not current_user.is_authenticated:
            return not self.for_staff
        if self.only_role:
            return bool(current_user.role == self.only_role)
        return bool(current_user.may(*self.roles)) or not self.for_staff


def equip(app: Flask) -> None:
    """Give `app` an empty navigation."""
    app.extensions.setdefault(_EXTENSION, [])
    app.jinja_env.globals["navigation_entries"] = entries


def add(  # noqa: PLR0917 (others call it so)
    app: Flask,
    label: Any,
    endpoint: str,
    order: int,
    for_staff: bool = True,
    roles: tuple[str, ...] = (),
    **place: Any,
) -> None:
    """Add a link to `endpoint`; lower orders stand first. `roles` narrows it to some of the staff.

    `place`: `group` and `about`, for a page that is not needed every day; `leads_to`, for the
    page that lists such a group; `only_role`, for a page that means nothing to anybody else, not
    even to who leads; `also`, for endpoints of other blueprints that people reach from here.
    """
    listed: list[Entry] = app.extensions.setdefault(_EXTENSION, [])
    listed.append(Entry(order, label, endpoint, for_staff, tuple(roles), **place))
    listed.sort(key=lambda entry: entry.order)


def entries() -> list[Entry]:
    """Return the entries of the main navigation that whoever asks for this page may follow."""
    return of_group("")


def of_group(group: str) -> list[Entry]:
    """Return the entries of a group that whoever asks for this page may follow."""
    return [entry for entry in _entries() if entry.group == group and entry.is_for_this_person]


def first() -> Entry | None:
    """Return the entry that this person begins with, None if there is nothing to see without signing in."""
    return next(iter(entries()), None)


def _entries() -> list[Entry]:
    listed: list[Entry] = current_app.extensions[_EXTENSION]
    return listed

"""Who may do what for the city. One table, used by pages, the HTTP API and the navigation alike.

Rule: a view says which right it needs, never which roles: `@needs(Right.READ_REPORTS)`. The
administrator may do everything. Calendar, feeds, room finder and open data need no right.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from hub.core.accounts import Role, staff_required

View = TypeVar("View", bound=Callable[..., Any])


class Right(StrEnum):
    """Something that somebody may do here."""

    READ_REPORTS = "read_reports"  # figures, coverage, the norm of each house
    SET_STANDARDS = "set_standards"  # the opening norm, thresholds, quarters, shapes of the map
    WRITE_FOR_CITY = "write_for_city"  # announcements, themes, holidays
    SEE_NETWORK = "see_network"  # the state of each centre
    RUN_NETWORK = "run_network"  # admit, revoke, retry, decide on recovery, alarms, accounts


GRANTED: dict[Right, tuple[Role, ...]] = {
    Right.READ_REPORTS: (Role.PLANNER, Role.EDITOR),
    Right.SET_STANDARDS: (Role.PLANNER,),
    Right.WRITE_FOR_CITY: (Role.EDITOR, Role.PLANNER),
    Right.SEE_NETWORK: (Role.PLANNER, Role.EDITOR),
    Right.RUN_NETWORK: (),
}


RIGHT_NAMES: Mapping[Right, Any] = {
    Right.READ_REPORTS: _l("Read figures, coverage and the norm of each house"),
    Right.SET_STANDARDS: _l("Set the opening norm and thresholds, keep quarters and the map"),
    Right.WRITE_FOR_CITY: _l("Write announcements, keep themes and holidays"),
    Right.SEE_NETWORK: _l("See the state of each house"),
    Right.RUN_NETWORK: _l("Admit and revoke houses, look after accounts, alarms and the log"),
}


def roles_with(right: Right) -> tuple[str, ...]:
    """Return the roles that have `right`; for the navigation and for words about it."""
    return (Role.ADMINISTRATOR, *GRANTED[right])


def rights_of(role: str) -> list[Right]:
    """Return what `role` may do, in the order of the table."""
    return [right for right in Right if role in roles_with(right)]


def needs(right: Right) -> Callable[[View], View]:
    """Guard a view: whoever lacks `right` is told so (403), whoever is not signed in is asked to."""
    guard: Callable[[View], View] = staff_required(*roles_with(right))
    return guard


def may(right: Right | str) -> bool:
    """Tell whether whoever asks for this page has `right`; templates say `may("write_for_city")`.

    As with `needs`, a duty comes first: a start password, a second factor that is demanded.
    """
    is_free = current_user.is_authenticated and not current_user.duty
    return bool(is_free and current_user.may(*roles_with(Right(right))))


def register(app: Flask) -> None:
    """Let the templates of `app` ask `may("…")`."""
    app.jinja_env.globals["may"] = may

"""Who may do what in a house. One table, used by pages, the HTTP API and the navigation alike.

Rule: a view says which right it needs, never which roles: `@needs(Right.TAKE_BOOKINGS)`.
Rule: least rights. The lead may do everything; a tenant only what `OWN_SPACE` names.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from node.core.accounts import Role, staff_required

View = TypeVar("View", bound=Callable[..., Any])


class Right(StrEnum):
    """Something that somebody may do here. Reading what is not personal needs no right but being staff."""

    COUNT = "count"  # count visitors, correct counts of today
    TAKE_BOOKINGS = "take_bookings"  # book a space, move or cancel a booking; hand over keys, and see who has one
    DECIDE_BOOKINGS = "decide_bookings"  # confirm and decline requests, blocks, rentals
    SEE_PERSONS = "see_persons"  # names and contacts of those who booked or registered
    WRITE_PROGRAMME = "write_programme"  # drafts
    PUBLISH = "publish"  # publish, change and cancel what the public sees
    REGISTER_PEOPLE = "register_people"  # take and change registrations, tick attendance
    CORRECT_COUNTS = "correct_counts"  # counts of past days, whether a day was counted
    ARRANGE_HOUSE = "arrange_house"  # spaces, equipment, hours, fees, buttons, imports
    READ_LOG = "read_log"  # the audit log, as far as it is not about people
    RUN_HOUSE = "run_house"  # accounts, the whole audit log, privacy, devices, month lock
    OWN_SPACE = "own_space"  # a tenant: see the own bookings, ask for more, open and close


_COUNTER = (Role.OFFICE, Role.RECEPTION, Role.VOLUNTEER)
_DESK = (Role.OFFICE, Role.RECEPTION)
GRANTED: dict[Right, tuple[Role, ...]] = {
    Right.COUNT: _COUNTER,
    Right.TAKE_BOOKINGS: _COUNTER,
    Right.DECIDE_BOOKINGS: _DESK,
    Right.SEE_PERSONS: _DESK,
    Right.WRITE_PROGRAMME: _DESK,
    Right.PUBLISH: (Role.OFFICE,),
    Right.REGISTER_PEOPLE: _COUNTER,
    Right.CORRECT_COUNTS: _DESK,
    Right.ARRANGE_HOUSE: (Role.OFFICE,),
    Right.READ_LOG: _DESK,
    Right.RUN_HOUSE: (),
    Right.OWN_SPACE: (Role.TENANT,),
}

RIGHT_NAMES: Mapping[Right, Any] = {
    Right.COUNT: _l("Count visitors and correct the counts of today"),
    Right.TAKE_BOOKINGS: _l("Book spaces, move and cancel bookings, hand over keys"),
    Right.DECIDE_BOOKINGS: _l("Confirm and decline requests, block spaces, let rooms"),
    Right.SEE_PERSONS: _l("See names and contacts of those who booked or registered"),
    Right.WRITE_PROGRAMME: _l("Write drafts of the programme"),
    Right.PUBLISH: _l("Publish, change and call off what the public sees"),
    Right.REGISTER_PEOPLE: _l("Take and change registrations, tick who came"),
    Right.CORRECT_COUNTS: _l("Correct the counts of past days"),
    Right.ARRANGE_HOUSE: _l("Arrange spaces, equipment, opening hours, fees and imports"),
    Right.READ_LOG: _l("Read the log, as far as it is not about people"),
    Right.RUN_HOUSE: _l("Look after accounts, the whole log, privacy and devices; lock months"),
    Right.OWN_SPACE: _l("See the own bookings, ask for more, open and close the own room"),
}


def roles_with(right: Right) -> tuple[str, ...]:
    """Return the roles that have `right`; for the navigation and for words about it."""
    return (Role.LEAD, *GRANTED[right])


def rights_of(role: str) -> list[Right]:
    """Return what `role` may do, in the order of the table."""
    return [right for right in Right if role in roles_with(right)]


def needs(right: Right) -> Callable[[View], View]:
    """Guard a view: whoever lacks `right` is told so (403), whoever is not signed in is asked to."""
    guard: Callable[[View], View] = staff_required(*roles_with(right))
    return guard


def may(right: Right | str) -> bool:
    """Tell whether whoever asks for this page has `right`; templates say `may("take_bookings")`.

    As with `needs`, a duty comes first: a start password, a second factor that is demanded.
    """
    is_free = current_user.is_authenticated and not current_user.duty
    return bool(is_free and current_user.may(*roles_with(Right(right))))


def register(app: Flask) -> None:
    """Let the templates of `app` ask `may("…")`."""
    app.jinja_env.globals["may"] = may

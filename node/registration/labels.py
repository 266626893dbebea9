"""What states, ways and rules are called, and refusals in words that say what to do next."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext
from sqlalchemy.orm import Session

from node.programme.models import Event
from node.programme.service import EventUnknown
from node.registration.models import News, Registration, State, Way
from node.registration.queue import Rule
from node.registration.refusals import (
    Closed,
    GroupTooLarge,
    OfferOver,
    PlacesMissing,
    RegistrationClosed,
    StateRefused,
)
from node.spaces import service as spaces
from shared.errors import Refusal

STATES: Mapping[str, Any] = {
    State.REGISTERED: lazy_pgettext("registration", "Registered"),
    State.WAITING: lazy_pgettext("registration", "Waiting"),
    State.OFFERED: lazy_pgettext("registration", "Place offered"),
    State.DECLINED: lazy_pgettext("registration", "Declined"),
    State.CANCELLED: lazy_pgettext("registration", "Cancelled"),
    State.EXPIRED: lazy_pgettext("registration", "Offer not answered"),
}
TONES: Mapping[str, str] = {
    State.REGISTERED: "success",
    State.WAITING: "warning",
    State.OFFERED: "info",
}
WAYS: Mapping[str, Any] = {Way.WEB: _l("on the web"), Way.PHONE: _l("by phone"), Way.IN_PERSON: _l("in person")}
NEWS: Mapping[str, Any] = {
    News.OFFER: _l("A place has come free"),
    News.CANCELLED: _l("The event is cancelled"),
    News.MOVED: _l("Time or place has changed"),
}
RULES: Mapping[str, Any] = {
    Rule.IN_ORDER: _l("Strictly in order: free places are kept for the first, also if that is a large group"),
    Rule.WHO_FITS: _l("No empty chair: the first group that fits has the places"),
}
CLOSED: Mapping[str, Any] = {
    Closed.NOT_ASKED: _l("This event needs no registration. Just come by."),
    Closed.CANCELLED: _l("This event is cancelled, so nobody can register any more."),
    Closed.ENDED: _l("The time to register is over. If you want to come all the same, please call us."),
    Closed.OVER: _l("This event is over."),
}


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    if isinstance(refusal, RegistrationClosed):
        return str(CLOSED[refusal.why])
    if isinstance(refusal, GroupTooLarge):
        return _too_large(refusal.capacity)
    if isinstance(refusal, PlacesMissing):
        return _missing(refusal.free)
    if isinstance(refusal, OfferOver):
        return str(_("The time to answer is over, and the places went on to the next. You can join the line again."))
    if isinstance(refusal, StateRefused):
        return str(_("This has been changed meanwhile. Please look at how it stands now."))
    if isinstance(refusal, EventUnknown):
        return str(_("There is no such event any more. Please choose another one."))
    raise refusal


def group_in_words(registration: Registration) -> str:
    """Return how many they are: `2 adults, 1 child`."""
    parts = []
    if registration.adults:
        parts.append(ngettext("%(num)s adult", "%(num)s adults", registration.adults))
    if registration.children:
        parts.append(ngettext("%(num)s child", "%(num)s children", registration.children))
    return ", ".join(parts)


def place_in_words(session: Session, event: Event) -> str:
    """Return where an event takes place: its space, its place, or both."""
    names = {space.id: space.name for space in spaces.list_spaces(session)} if event.space_id else {}
    return ", ".join(part for part in (names.get(event.space_id or "", ""), event.place) if part)


def _too_large(capacity: int) -> str:
    return str(
        ngettext(
            "This event has %(num)s place only, so your group would wait for ever. Please come with fewer.",
            "This event has %(num)s places only, so your group would wait for ever. Please come with fewer.",
            capacity,
        )
    )


def _missing(free: int) -> str:
    if not free:
        return str(_("There are no free places for more persons at the moment. What you have stays as it is."))
    return str(
        ngettext(
            "Only %(num)s more place is free. What you have stays as it is.",
            "Only %(num)s more places are free. What you have stays as it is.",
            free,
        )
    )

"""The words for the keys that records carry, on both sites: languages, target groups, kinds of spaces.

Keys are those of `shared.records`; a key without a word here (of a newer node, say) is shown as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from shared.records.centres import CentreKind
from shared.records.events import Attendance, EventKind, EventState, Registration
from shared.records.opening_hours import HoursKind
from shared.records.spaces import Seating, SpaceKind
from shared.web.forms import options

LANGUAGES: Mapping[str, Any] = {
    "de": _l("German"),
    "en": _l("English"),
    "tr": _l("Turkish"),
    "ro": _l("Romanian"),
    "bg": _l("Bulgarian"),
    "ar": _l("Arabic"),
    "uk": _l("Ukrainian"),
    "ru": _l("Russian"),
    "pl": _l("Polish"),
    "fr": _l("French"),
    "rom": _l("Romani"),
    "dgs": _l("German Sign Language"),
}
TARGET_GROUPS: Mapping[str, Any] = {
    "everyone": _l("Everyone"),
    "children": _l("Children"),
    "youth": _l("Young people"),
    "families": _l("Families"),
    "adults": _l("Adults"),
    "seniors": _l("Older people"),
    "women": _l("Women"),
    "newcomers": _l("Newcomers"),
    "volunteers": lazy_pgettext("target group", "Volunteers"),
}
ACCESSIBILITY: Mapping[str, Any] = {
    "step_free": _l("Step-free"),
    "accessible_toilet": _l("Accessible toilet"),
    "induction_loop": _l("Induction loop"),
    "sign_language": _l("Sign language"),
    "plain_language": _l("Plain language"),
    "parking": _l("Accessible parking"),
}
CENTRE_KINDS: Mapping[str, Any] = {
    CentreKind.STADTTEILZENTRUM: "Stadtteilzentrum",
    CentreKind.NACHBARSCHAFTSZENTRUM: "Nachbarschaftszentrum",
    CentreKind.QUARTIERSBUERO: "Quartiersbüro",
    CentreKind.STADTTEILBUERO: "Stadtteilbüro",
}
SPACE_KINDS: Mapping[str, Any] = {
    SpaceKind.MULTI_PURPOSE: _l("Multi-purpose room"),
    SpaceKind.COUNSELLING: _l("Counselling room"),
    SpaceKind.KITCHEN: _l("Kitchen"),
    SpaceKind.CAFE: _l("Café"),
    SpaceKind.OFFICE: lazy_pgettext("space", "Office"),
    SpaceKind.STORAGE: _l("Storage"),
    SpaceKind.OUTDOOR: _l("Outdoors"),
}
SPACE_FEATURES: Mapping[str, Any] = {
    "projector": _l("Projector and screen"),
    "sound_system": _l("Sound system"),
    "whiteboard": _l("Whiteboard"),
    "flipchart": _l("Flip chart"),
    "wifi": _l("Wi-Fi"),
    "stage": _l("Stage"),
    "piano": _l("Piano"),
    "kitchenette": _l("Kitchenette"),
    "dishes": _l("Crockery"),
    "mirrors": _l("Wall of mirrors"),
    "toys": _l("Toys"),
    "cupboard": _l("Lockable cupboard"),
}
SEATINGS: Mapping[str, Any] = {
    Seating.ROWS: _l("In rows"),
    Seating.TABLES: _l("At tables, facing the front"),
    Seating.CIRCLE: _l("In a circle or at round tables"),
    Seating.STANDING: _l("Standing"),
}
EVENT_KINDS: Mapping[str, Any] = {
    EventKind.OFFER: _l("Offer"),
    EventKind.EVENT: lazy_pgettext("kind of event", "Event"),
    EventKind.OPEN_MEETING: lazy_pgettext("kind of event", "Open meeting"),
    EventKind.CONSULTATION: lazy_pgettext("kind of event", "Consultation"),
    EventKind.POLITICIAN_SURGERY: _l("Surgery with politicians"),
}
EVENT_STATES: Mapping[str, Any] = {
    EventState.DRAFT: _l("Draft"),
    EventState.PUBLISHED: _l("Published"),
    EventState.CANCELLED: lazy_pgettext("event", "Cancelled"),
}
ATTENDANCE: Mapping[str, Any] = {
    Attendance.ON_SITE: _l("On site"),
    Attendance.ONLINE: _l("Online"),
    Attendance.HYBRID: _l("On site and online"),
}
REGISTRATION: Mapping[str, Any] = {
    Registration.NONE: _l("Just come"),
    Registration.WANTED: _l("Please register"),
    Registration.REQUIRED: _l("Only with registration"),
}
HOURS_KINDS: Mapping[str, Any] = {
    HoursKind.OPEN: lazy_pgettext("opening hours", "Open"),
    HoursKind.CONSULTATION: _l("Consultation hours for residents"),
    HoursKind.SELF_MANAGED: lazy_pgettext("opening hours", "Self-managed use"),
    HoursKind.BY_APPOINTMENT: _l("By appointment"),
}
WEEKDAYS: tuple[Any, ...] = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


def words(vocabulary: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Return the words for `keys` in the language of the page."""
    return [str(vocabulary.get(key, key)) for key in keys]


def ages(age_min: int | None, age_max: int | None) -> str:
    """Return for whom something is by age: `6 to 12 years`; '' for everybody."""
    if age_min is not None and age_max is not None:
        return str(gettext("%(min)s to %(max)s years", min=age_min, max=age_max))
    if age_min is not None:
        return str(gettext("from %(min)s years", min=age_min)) if age_min else ""
    return "" if age_max is None else str(gettext("up to %(max)s years", max=age_max))


def choices(vocabulary: Mapping[str, Any]) -> list[SelectChoice]:
    """Return a choice for each entry, for the fields of a form."""
    return options((str(key), word) for key, word in vocabulary.items())

"""What a visitor wants to see: the filters of the calendar, and how an address writes them.

Every list, month and feed takes the same filters from the same arguments, so an address
can be shared, bookmarked and subscribed to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from werkzeug.datastructures import MultiDict

ARGUMENT_LENGTH_MAX = 200
TICKED = "1"


@dataclass(frozen=True, slots=True)
class Filters:
    """All filters must hold; '' and False do not filter.

    `age` is somebody's age in years who wants to come, `access` asks for one accessibility
    feature, `free` for events that cost nothing, `online` for those one can join from home,
    `registration` for those where one can have a place kept. `words` must all occur.
    """

    words: str = ""
    district: str = ""
    quarter: str = ""
    centre: str = ""
    theme: str = ""
    target_group: str = ""
    language: str = ""
    kind: str = ""
    age: str = ""
    access: str = ""
    free: bool = False
    online: bool = False
    registration: bool = False

    @property
    def any(self) -> bool:
        return self != Filters()


ARGUMENTS: Mapping[str, str] = {
    "words": "q",
    "district": "bezirk",
    "quarter": "stadtteil",
    "centre": "zentrum",
    "theme": "thema",
    "target_group": "zielgruppe",
    "language": "sprache",
    "kind": "art",
    "age": "alter",
    "access": "barrierefrei",
    "free": "kostenlos",
    "online": "online",
    "registration": "anmeldung",
}
assert set(ARGUMENTS) == {field.name for field in fields(Filters)}


def from_arguments(arguments: MultiDict[str, str]) -> Filters:
    """Return the filters that a query string asks for.

    A value that nobody has (a misspelt theme, say) is kept: it finds nothing, whereas
    ignoring it would show a subscriber of a feed everything.
    """
    given: dict[str, Any] = {}
    for field in fields(Filters):
        value = " ".join(arguments.get(ARGUMENTS[field.name], "").split())[:ARGUMENT_LENGTH_MAX].replace("\0", "")
        given[field.name] = value == TICKED if isinstance(field.default, bool) else value
    return Filters(**given)


def to_arguments(filters: Filters) -> dict[str, str]:
    """Return the arguments that `from_arguments` reads; filters that are not set are left out."""
    values = {name: getattr(filters, name) for name in ARGUMENTS}
    return {ARGUMENTS[name]: TICKED if value is True else value for name, value in values.items() if value}

"""What somebody looks for: when, for how long, for how many, what kind of room; and how an address writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from shared.records.spaces import CAPACITY_MAX
from shared.time import YEARS

STEP_MIN = 15
LENGTH_MIN = 120  # two hours: a meeting with setting up and clearing away
LENGTHS_MIN = (STEP_MIN, 24 * 60)
WEEK = 7
ARGUMENT_LENGTH_MAX = 200
CHOICES_MAX = 20
TICKED = "1"


@dataclass(frozen=True, slots=True)
class Wish:
    """All of it must hold; '', () and 0 ask for nothing.

    A use of `length_min` minutes on `day`, or with `days` on any of so many days from then;
    from the wall time `starts`, or (None) at any time of the day. Times are quarters of an hour
    of the city's clocks. `elsewhere`: other districts may answer too, after the wished one.
    `own_rooms` leaves out guest spaces, `attended` all times in which a group is by itself.
    """

    day: date
    days: int = 1
    starts: time | None = None
    length_min: int = LENGTH_MIN
    persons: int = 0
    seating: str = ""
    district: str = ""
    elsewhere: bool = False
    quarter: str = ""
    centre: str = ""
    kind: str = ""
    features: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    own_rooms: bool = False
    attended: bool = False

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.length_min)

    @property
    def quarters(self) -> int:
        return self.length_min // STEP_MIN


ARGUMENTS: Mapping[str, str] = {
    "day": "tag",
    "days": "tage",
    "starts": "von",
    "length_min": "dauer",
    "persons": "personen",
    "seating": "bestuhlung",
    "district": "bezirk",
    "elsewhere": "umgebung",
    "quarter": "stadtteil",
    "centre": "zentrum",
    "kind": "art",
    "features": "ausstattung",
    "accessibility": "barrierefrei",
    "own_rooms": "nur_haus",
    "attended": "betreut",
}
assert set(ARGUMENTS) == {field.name for field in fields(Wish)}
_TEXTS = ("seating", "district", "quarter", "centre", "kind")
_LISTS = ("features", "accessibility")
_TICKS = ("elsewhere", "own_rooms", "attended")


def from_arguments(arguments: MultiDict[str, str], today: date) -> Wish:
    """Return the wish that a query string tells; what cannot be read is as if it was not said.

    A key that nobody has (a misspelt feature, say) is kept: it finds nothing, whereas ignoring
    it would promise it of every room.
    """
    said: dict[str, Any] = {name: _text(arguments.get(ARGUMENTS[name], "")) for name in _TEXTS}
    said |= {name: _list(arguments.getlist(ARGUMENTS[name])) for name in _LISTS}
    said |= {name: arguments.get(ARGUMENTS[name]) == TICKED for name in _TICKS}
    length = _number(arguments.get("dauer", ""), LENGTHS_MIN[1]) or LENGTH_MIN
    return Wish(
        day=max(_day(arguments.get("tag", "")) or today, today),
        days=min(max(_number(arguments.get("tage", ""), WEEK), 1), WEEK),
        starts=_wall(arguments.get("von", "")),
        length_min=max(LENGTHS_MIN[0], -(-length // STEP_MIN) * STEP_MIN),
        persons=_number(arguments.get("personen", ""), CAPACITY_MAX),
        **said,
    )


def to_arguments(wish: Wish) -> dict[str, Any]:
    """Return the arguments that `from_arguments` reads; what was not wished is left out, the day is not."""
    ordinary = Wish(day=date.min)
    given: dict[str, Any] = {}
    for name, argument in ARGUMENTS.items():
        value = getattr(wish, name)
        if value != getattr(ordinary, name):
            given[argument] = _written(value)
    return given


def without(wish: Wish, *names: str) -> Wish:
    """Return the wish without what `names` ask for."""
    ordinary = Wish(day=wish.day)
    return replace(wish, **{name: getattr(ordinary, name) for name in names})


def _written(value: Any) -> Any:
    match value:
        case True:
            return TICKED
        case datetime() | date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return list(value)
    return value


def _text(said: str) -> str:
    return " ".join(said.split())[:ARGUMENT_LENGTH_MAX].replace("\0", "")


def _list(said: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in said[:CHOICES_MAX] if (text := _text(each))))


def _number(said: str, most: int) -> int:
    text = said.strip()
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _day(said: str) -> date | None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            found = datetime.strptime(said.strip(), form).date()  # noqa: DTZ007 (a date has no zone)
        except ValueError:
            continue
        return found if YEARS[0] < found.year < YEARS[1] else None
    return None


def _wall(said: str) -> time | None:
    try:
        found = time.fromisoformat(said.strip())
    except ValueError:
        return None
    return time(found.hour, found.minute // STEP_MIN * STEP_MIN)

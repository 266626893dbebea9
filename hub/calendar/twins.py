"""Which events of different houses are one and the same. Pure: houses' words in, sets of twins out.

Rule: the same title at the same moment is never enough, every house has its »Offener Treff« at
ten. It needs evidence (a house names the other one, or both name the same organiser and the same
proper place, or the same address to join online) and nothing that contradicts it: neither two
places, nor two organisers, nor two ends. A wrong merging hides an event; a missed one shows it
twice. So in doubt they are two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from hub.core.folding import words_of
from shared.records.events import Attendance

SAME_MOMENT_MAX = 50  # a title that more houses than this use for one moment says nothing about any of them
ENDS_APART_MAX = timedelta(hours=2)  # one house counts the clearing up
NAME_LENGTH_MIN = 8  # a shorter single word (»Treff«) is no name of a house
_EVERY_HOUSE_HAS = """saal raum cafe kuche garten hof foyer halle turnhalle aula keller bibliothek werkstatt
gruppenraum seminarraum mehrzweckraum mehrzwecksaal gemeindesaal buro eingang terrasse spielplatz online zoom
grosser kleiner grosse kleine grossen kleinen oberer unterer neuer alter im am in der die das den und haus unser
unserem vor ort erdgeschoss obergeschoss etage eg og ug 1 2 3 4 5"""
GENERIC_PLACES = frozenset(_EVERY_HOUSE_HAS.split())


@dataclass(frozen=True)
class Told:
    """What a house says of an event. `own_room`: it names one of its own rooms."""

    centre_id: str
    event_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    attendance: str = Attendance.ON_SITE
    place: str = ""
    organiser: str = ""
    partners: str = ""
    online_url: str = ""
    own_room: bool = False
    house: str = ""
    street: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.event_id, self.centre_id


def sets_of_twins(told: Iterable[Told]) -> list[list[Told]]:
    """Return the sets of two and more events that are one, in each set the house where it is first.

    An event joins the first set in which it is the same as one event and contradicts none, so
    that the outcome depends on nothing but what is told.
    """
    by_moment: dict[tuple[datetime, tuple[str, ...]], list[Told]] = {}
    for one in sorted(told, key=lambda each: (each.centre_id, each.event_id)):
        by_moment.setdefault((one.starts_at, tuple(words_of(one.title))), []).append(one)
    found = [each for moment in by_moment.values() if len(moment) <= SAME_MOMENT_MAX for each in _sets(moment)]
    return [sorted(each, key=_precedence) for each in found if len(each) > 1]


def _sets(moment: Sequence[Told]) -> list[list[Told]]:
    evident = [
        (one, other)
        for one, other in combinations(moment, 2)
        if one.centre_id != other.centre_id and is_evident(one, other) and not contradict(one, other)
    ]
    sets: list[list[Told]] = []
    for one, other in evident:
        mine = next((each for each in sets if one in each or other in each), None)
        if mine is None:
            sets.append([one, other])
            continue
        joining = [each for each in (one, other) if not any(each in known for known in sets)]
        if all(not contradict(each, known) for each in joining for known in mine):
            mine += joining
    return sets


def _precedence(one: Told) -> tuple[int, str, str]:
    return (0 if one.own_room else 1 if not one.place else 2), one.centre_id, one.event_id


def is_evident(one: Told, other: Told) -> bool:
    """Tell whether anything besides title and moment says that these are one event."""
    if _speaks_of(one, other) or _speaks_of(other, one):
        return True
    if one.online_url and one.online_url == other.online_url:
        return Attendance.ON_SITE not in (one.attendance, other.attendance)
    by_the_same = _agree(one.organiser, other.organiser) or _agree(one.partners, other.partners)
    return by_the_same and _agree(one.place, other.place) and _is_proper(one.place)


def contradict(one: Told, other: Told) -> bool:
    """Tell whether these cannot be one event, whatever speaks for it."""
    if one.centre_id == other.centre_id or abs(one.ends_at - other.ends_at) > ENDS_APART_MAX:
        return True
    if {one.attendance, other.attendance} == {Attendance.ONLINE, Attendance.ON_SITE}:
        return True
    return _places_differ(one, other) or _organisers_differ(one, other)


def _speaks_of(one: Told, other: Told) -> bool:
    return _is_at(one, other) or any(_names(text, other.house) for text in (one.organiser, one.partners))


def _is_at(one: Told, other: Told) -> bool:
    """Whether the place that `one` tells is the other's house, by its name or its street and number."""
    has_number = any(sign.isdigit() for sign in other.street)
    return _names(one.place, other.house) or (has_number and _names(one.place, other.street))


def _places_differ(one: Told, other: Told) -> bool:
    if one.place and other.place:
        at_home = (_is_at(one, other) and not _is_proper(other.place)) or (
            _is_at(other, one) and not _is_proper(one.place)
        )
        return not (at_home or _agree(one.place, other.place))
    if one.place or other.place:
        away, home = (one, other) if one.place else (other, one)
        return home.own_room and not _is_at(away, home)
    return one.own_room and other.own_room


def _organisers_differ(one: Told, other: Told) -> bool:
    if not one.organiser or not other.organiser or _agree(one.organiser, other.organiser):
        return False
    if _mentions(one.partners, other.organiser) or _mentions(other.partners, one.organiser):
        return False
    houses = (one.house, other.house)
    return not any(_names(told.organiser, house) for told in (one, other) for house in houses)


def _names(text: str, name: str) -> bool:
    """Whether `text` has the words of `name` in a row; a single short word is no name."""
    words = words_of(name)
    if not text or not words or (len(words) == 1 and len(words[0]) < NAME_LENGTH_MIN):
        return False
    return f" {' '.join(words)} " in f" {' '.join(words_of(text))} "


def _mentions(text: str, somebody: str) -> bool:
    return set(words_of(somebody)) <= set(words_of(text))


def _agree(one: str, other: str) -> bool:
    """Whether two texts say the same, one perhaps with more words."""
    mine, theirs = set(words_of(one)), set(words_of(other))
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _is_proper(place: str) -> bool:
    """Whether a place is more than »the hall«, which every house has."""
    return bool(set(words_of(place)) - GENERIC_PLACES)

"""What each filter of the calendar means in SQL, for the table of events or an alias of it.

An event that several houses publish is shown once: as the first of its twins that passes the
filters. So whoever filters for a house or a district finds it too, under that house.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, exists, literal_column, or_, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from hub.calendar.filters import Filters
from hub.calendar.models import EventTwin
from hub.centres.models import Centre
from hub.programme.models import Event
from hub.spaces.models import Space
from shared.records.events import AGE_MAX, Attendance, Registration

Condition = ColumnElement[bool]
EXPRESSIONS_KEPT = 256  # combinations of filters; people use the same few


class sifted(FunctionElement[Any]):  # noqa: N801 (reads as the SQL function that it is)
    """A column that SQLite shall not look up by an index: another order of tables is known to be better."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(sifted)
def _plain(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(sifted, "sqlite")
def _unary_plus(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def conditions(filters: Filters, *, leads: bool = False, events: Any = Event) -> Iterator[Condition]:
    """Yield what must hold of a row of `events`; `leads` is whether its own indexes may find it.

    Words are not among it: `matching` asks the full-text index.
    """
    by_index: Any = (lambda column: column) if leads else sifted
    if filters.centre:
        yield by_index(events.centre_id) == filters.centre
    if filters.district or filters.quarter:
        yield sifted(events.centre_id).in_(_houses(filters))
    if filters.theme:
        yield by_index(events.theme) == filters.theme
    yield from _for_whom(filters, events)
    yield from _on_what_terms(filters, events)


def _for_whom(filters: Filters, events: Any) -> Iterator[Condition]:
    if filters.kind:
        yield events.kind == filters.kind
    if filters.age:
        yield from _for_age(filters.age, events)
    for tags, key in ((events.target_groups, filters.target_group), (events.languages, filters.language)):
        if key:
            yield _has(tags, key)


def _on_what_terms(filters: Filters, events: Any) -> Iterator[Condition]:
    if filters.access:
        yield _accessible(filters.access, events)
    if filters.free:
        yield events.cost_cents == 0
    if filters.online:
        yield events.attendance.in_((Attendance.ONLINE, Attendance.HYBRID))
    if filters.registration:
        yield events.registration.in_((Registration.WANTED, Registration.REQUIRED))


def is_first_twin(filters: Filters) -> Condition:
    """Whether no earlier twin of an event passes the filters, too. A twin in another state stands for itself."""
    return ~is_later_twin(filters)


def is_later_twin(filters: Filters) -> Condition:
    """Whether an earlier twin of an event is shown in its place. What was sought does not matter: twins share words."""
    return _earlier_twin(replace(filters, words=""))


# Made once: building this expression would take longer than the database needs for a page.
_MINE, _OTHER, _TWIN = aliased(EventTwin), aliased(EventTwin), aliased(Event)


@lru_cache(EXPRESSIONS_KEPT)
def _earlier_twin(filters: Filters) -> Condition:
    earlier = (_OTHER.set_number == _MINE.set_number) & (_OTHER.rank < _MINE.rank)
    return exists(
        select(1)
        .select_from(_MINE)
        .join(_OTHER, earlier)
        .join(_TWIN, (_TWIN.centre_id == _OTHER.centre_id) & (_TWIN.id == _OTHER.event_id))
        .where(_MINE.event_id == Event.id, _MINE.centre_id == Event.centre_id)
        .where(sifted(_TWIN.starts_at) == Event.starts_at, _TWIN.state == Event.state)
        .where(*conditions(filters, events=_TWIN))
        .correlate(Event)
    )


def _houses(filters: Filters) -> Any:
    houses = select(Centre.centre_id)
    if filters.district:
        houses = houses.where(Centre.district == filters.district)
    return houses.where(Centre.quarter == filters.quarter) if filters.quarter else houses


def _for_age(age: str, events: Any) -> Iterator[Condition]:
    """Somebody of that age may come: the event is for it, or for every age."""
    if not age.isdecimal() or int(age) > AGE_MAX:
        yield literal_column("1 = 0")
        return
    yield or_(events.age_min.is_(None), events.age_min <= int(age))
    yield or_(events.age_max.is_(None), events.age_max >= int(age))


def _has(tags: Any, key: str) -> Condition:
    return type_coerce(tags, Text).contains(f"|{key}|", autoescape=True)


def _accessible(feature: str, events: Any) -> Condition:
    """Whether somebody has said so: the event itself; else its room; else its house, if it takes place there."""
    rooms = select(Space.id).where(Space.centre_id == events.centre_id, _has(Space.accessibility, feature))
    houses = select(Centre.centre_id).where(_has(Centre.accessibility, feature))
    somewhere_in_the_house = events.space_id.is_(None) & (events.place == "")
    return or_(
        _has(events.accessibility, feature),
        events.space_id.in_(rooms),
        somewhere_in_the_house & sifted(events.centre_id).in_(houses),
    )

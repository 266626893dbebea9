"""Keeping `event_twins` up to date: which events might be one, and what became of those that were.

Rule: called with the events that are due and after their words are in the index, whose numbers
bring events of one title and one moment together. `twins` decides.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, literal_column, select, tuple_
from sqlalchemy.orm import Session, aliased

from hub.calendar.models import SLOT_BITS, EventTwin, EventWords
from hub.calendar.twins import SAME_MOMENT_MAX, Told, sets_of_twins
from hub.centres import queries as centre_queries
from hub.programme.models import Event

Key = tuple[str, str]  # (event_id, centre_id)
_TOLD = ("title", "starts_at", "ends_at", "attendance", "place", "organiser", "partners", "online_url")


def regroup(session: Session, due: Collection[Key], numbers: Collection[int]) -> set[Key]:
    """Find the twins of the `due` events anew; `numbers` are those of the ones that are still there.

    Return the events whose words have to be united with those of their twins, or parted from
    former ones: members of sets, old and new, that a due event belongs or belonged to.
    """
    former = _sets_with(session, due)
    left = {key for members in former.values() for key in members} - set(due)
    crowds = _crowds(session, [*numbers, *_number_by_key(session, left).values()])
    before = {**former, **_sets_among(session, [crowd.number for crowd in crowds])}
    if not before and not crowds:
        return set()
    small = [crowd.number for crowd in crowds if crowd.size <= SAME_MOMENT_MAX]
    after = sets_of_twins(_told(session, small))
    if before:
        session.execute(delete(EventTwin).where(EventTwin.set_number.in_(before)))
    _keep(session, after)
    kept = {frozenset(one.key for one in each) for each in after}
    gone = {frozenset(members) for members in before.values()} - kept
    changed = kept - {frozenset(members) for members in before.values()}
    touched = {members for members in kept if not members.isdisjoint(due)}
    return {key for members in (*gone, *changed, *touched) for key in members}


def _keep(session: Session, sets: Sequence[Sequence[Told]]) -> None:
    if not sets:
        return
    firsts = _number_by_key(session, [each[0].key for each in sets])
    rows = [
        {"event_id": one.event_id, "centre_id": one.centre_id, "set_number": firsts[each[0].key], "rank": rank}
        for each in sets
        for rank, one in enumerate(each)
    ]
    session.execute(insert(EventTwin), rows)


def _sets_with(session: Session, keys: Iterable[Key]) -> dict[int, set[Key]]:
    """Return the sets that any of these events belong to, by number."""
    mine = tuple_(EventTwin.event_id, EventTwin.centre_id).in_(list(keys))
    return _sets(session, EventTwin.set_number.in_(select(EventTwin.set_number).where(mine)))


def _sets_among(session: Session, numbers: Collection[int]) -> dict[int, set[Key]]:
    """Return the sets in the slots of these numbers, by number."""
    if not numbers:
        return {}
    low, high = _slot_of(EventWords)
    there = select(EventTwin.set_number).join(EventWords, EventTwin.set_number.between(low, high))
    return _sets(session, EventTwin.set_number.in_(there.where(EventWords.number.in_(numbers))))


def _sets(session: Session, condition: ColumnElement[bool]) -> dict[int, set[Key]]:
    columns = EventTwin.set_number, EventTwin.event_id, EventTwin.centre_id
    found: dict[int, set[Key]] = {}
    for number, event_id, centre_id in session.execute(select(*columns).where(condition)):
        found.setdefault(number, set()).add((event_id, centre_id))
    return found


class _Crowd(NamedTuple):
    """A slot in which more than one event stands: one of its numbers, and how many there are."""

    number: int
    size: int


def _crowds(session: Session, numbers: Collection[int]) -> list[_Crowd]:
    """Return the slots of these numbers in which more than one event stands."""
    if not numbers:
        return []
    mine, near = aliased(EventWords), aliased(EventWords)
    low, high = _slot_of(mine)
    size = func.count(near.number.distinct())
    together = select(func.min(mine.number), size).join(near, near.number.between(low, high))
    found = session.execute(together.where(mine.number.in_(numbers)).group_by(low).having(size > 1))
    return [_Crowd(*row) for row in found]


def _told(session: Session, numbers: Collection[int]) -> list[Told]:
    """Return what the houses say of all events in the slots of these numbers."""
    if not numbers:
        return []
    mine, near = aliased(EventWords), aliased(EventWords)
    low, high = _slot_of(mine)
    columns: list[Any] = [Event.centre_id, Event.id, *(getattr(Event, name) for name in _TOLD), Event.space_id]
    query = (
        select(*columns)
        .select_from(mine)
        .join(near, near.number.between(low, high))
        .join(Event, (Event.id == near.event_id) & (Event.centre_id == near.centre_id))
        .where(mine.number.in_(numbers))
    )
    rows = session.execute(query).all()
    places = centre_queries.places(session, {row.centre_id for row in rows})
    return [_what_it_tells(row, places[row.centre_id]) for row in rows]


def _what_it_tells(row: Any, place: centre_queries.Place) -> Told:
    said: dict[str, Any] = dict(zip(("centre_id", "event_id", *_TOLD), row[:-1], strict=True))
    return Told(**said, own_room=row.space_id is not None, house=_name(place), street=place.street)


def _name(place: centre_queries.Place) -> str:
    """Return what a house is called; one that has not introduced itself has no name yet."""
    return place.name if place.name != place.centre_id else ""


def _slot_of(words: Any) -> tuple[Any, Any]:
    """Return the lowest and the highest number in the slot of a row, as SQL."""
    bits: Any = literal_column(str(SLOT_BITS))  # PostgreSQL would take a parameter for a BIGINT, and not shift by it
    low: Any = words.number.op(">>")(bits).op("<<")(bits)
    return low, low + ((1 << SLOT_BITS) - 1)


def _number_by_key(session: Session, keys: Collection[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    mine = tuple_(EventWords.event_id, EventWords.centre_id).in_(list(keys))
    found = session.execute(select(EventWords.event_id, EventWords.centre_id, EventWords.number).where(mine))
    return {(row[0], row[1]): row[2] for row in found}

"""Keeping `event_twins` up to date: which events might be one, and what became of those that were.

Rule: called with the events that are due and after their words are in the index, whose numbers
bring events of one title and one moment together. `twins` decides.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, literal_column, or_, select, tuple_
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
    slots = _crowded(session, [*numbers, *_numbers_of(session, left)])
    before = {**former, **_sets_in(session, slots)}
    if not before and not slots:
        return set()
    after = [
        each for slot, many in slots.items() if many <= SAME_MOMENT_MAX for each in sets_of_twins(_told(session, slot))
    ]
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


def _sets_in(session: Session, slots: Iterable[int]) -> dict[int, set[Key]]:
    ranges = [EventTwin.set_number.between(*_range(slot)) for slot in slots]
    return _sets(session, or_(*ranges)) if ranges else {}


def _sets(session: Session, condition: ColumnElement[bool]) -> dict[int, set[Key]]:
    columns = EventTwin.set_number, EventTwin.event_id, EventTwin.centre_id
    found: dict[int, set[Key]] = {}
    for number, event_id, centre_id in session.execute(select(*columns).where(condition)):
        found.setdefault(number, set()).add((event_id, centre_id))
    return found


def _crowded(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """Return the slots of these numbers in which more than one event stands, and how many do."""
    if not numbers:
        return {}
    mine, near = aliased(EventWords), aliased(EventWords)
    bits: Any = literal_column(str(SLOT_BITS))  # PostgreSQL would take a parameter for a BIGINT, and not shift by it
    slot: Any = mine.number.op(">>")(bits)
    low: Any = slot.op("<<")(bits)
    together = (
        select(slot.label("slot"), func.count(near.number.distinct()))
        .where(mine.number.in_(numbers), near.number >= low, near.number < low + (1 << SLOT_BITS))
        .group_by(slot)
        .having(func.count(near.number.distinct()) > 1)
    )
    return {row[0]: row[1] for row in session.execute(together)}


def _told(session: Session, slot: int) -> list[Told]:
    """Return what the houses say of the events of a slot."""
    same = (Event.id == EventWords.event_id) & (Event.centre_id == EventWords.centre_id)
    columns: list[Any] = [Event.centre_id, Event.id, *(getattr(Event, name) for name in _TOLD), Event.space_id]
    rows = session.execute(
        select(*columns).select_from(EventWords).join(Event, same).where(EventWords.number.between(*_range(slot)))
    ).all()
    places = centre_queries.places(session, {row.centre_id for row in rows})
    return [_what_it_tells(row, places[row.centre_id]) for row in rows]


def _what_it_tells(row: Any, place: centre_queries.Place) -> Told:
    said: dict[str, Any] = dict(zip(("centre_id", "event_id", *_TOLD), row[:-1], strict=True))
    return Told(**said, own_room=row.space_id is not None, house=_name(place), street=place.street)


def _name(place: centre_queries.Place) -> str:
    """Return what a house is called; one that has not introduced itself has no name yet."""
    return place.name if place.name != place.centre_id else ""


def _range(slot: int) -> tuple[int, int]:
    return slot << SLOT_BITS, ((slot + 1) << SLOT_BITS) - 1


def _numbers_of(session: Session, keys: Collection[Key]) -> list[int]:
    return list(_number_by_key(session, keys).values())


def _number_by_key(session: Session, keys: Collection[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    mine = tuple_(EventWords.event_id, EventWords.centre_id).in_(list(keys))
    found = session.execute(select(EventWords.event_id, EventWords.centre_id, EventWords.number).where(mine))
    return {(row[0], row[1]): row[2] for row in found}

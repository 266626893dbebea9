"""The search index of the calendar: how it catches up with what the houses write.

An event is found by its own words, by those it has in other languages, by those of its house and
its theme, and by what another house says that publishes it, too (see `twins`): each of the twins
has the words of all. `matching` knows how words are stored and asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from hub.calendar import pairing
from hub.calendar.matching import stored
from hub.calendar.models import EventTwin, EventWords, EventWordsDue, wished_number
from hub.calendar.pairing import Key
from hub.centres.models import Centre
from hub.programme.models import Event, EventText
from hub.themes.models import Theme

_DUE: Any = EventWordsDue.__table__
_WORDS: Any = EventWords.__table__


class _Due(NamedTuple):
    event_id: str
    centre_id: str
    starts_at: datetime | None = None
    theme: str = ""
    title: str = ""
    summary: str = ""
    description: str = ""
    organiser: str = ""
    partners: str = ""
    place: str = ""

    @property
    def key(self) -> Key:
        return self.event_id, self.centre_id


def waiting(session: Session, up_to: int = 1_000) -> int:
    """Return how many events wait for the index, counting no further than `up_to`."""
    return session.scalar(select(func.count()).select_from(select(EventWordsDue).limit(up_to).subquery())) or 0


def catch_up(session: Session, at_most: int = 500) -> int:
    """Look at up to `at_most` due events again; return how many there were. Needs a writing transaction."""
    rows = _take(session, at_most)
    if not rows:
        return 0
    keys = [{"event": row.event_id, "centre": row.centre_id} for row in rows]
    connection = session.connection()
    for done in (_DUE, _WORDS):
        this_one = (done.c.event_id == bindparam("event")) & (done.c.centre_id == bindparam("centre"))
        connection.execute(delete(done).where(this_one), keys)
    alive = [row for row in rows if row.starts_at is not None]
    numbers = _free_numbers(session, [_wished(row) for row in alive])
    if alive:
        entries = zip(alive, numbers, _own_words(session, alive), strict=True)
        lines = [
            {"number": number, "centre_id": row.centre_id, "event_id": row.event_id, "words": words}
            for row, number, words in entries
        ]
        connection.execute(insert(_WORDS), lines)
    _unite_words(session, pairing.regroup(session, {row.key for row in rows}, numbers))
    return len(rows)


def rebuild(session: Session) -> None:
    """Put every event on the list of those that are due; `catch_up` does the rest."""
    session.execute(delete(EventWordsDue))
    everything = select(Event.id, Event.centre_id)
    stale = select(EventWords.event_id, EventWords.centre_id)
    session.execute(insert(EventWordsDue).from_select(["event_id", "centre_id"], everything.union(stale)))


def forget(session: Session) -> None:
    """Rewrite the index without what was deleted, so that no erased word stays in the file. Takes seconds."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO event_words_fts(event_words_fts) VALUES ('optimize')"))


def _take(session: Session, at_most: int) -> list[_Due]:
    """Return due events with their texts; one that is gone has no `starts_at`.

    On PostgreSQL the list is locked first and read in a statement of its own, so that the
    texts are no older than the lock; rows that ingest holds are left for later.
    """
    listed = select(EventWordsDue.event_id, EventWordsDue.centre_id).limit(at_most)
    keys = [(row.event_id, row.centre_id) for row in session.execute(listed.with_for_update(skip_locked=True))]
    events = _read(session, keys)
    return [events.get(key) or _Due(*key) for key in keys]


def _read(session: Session, keys: Collection[Key]) -> dict[Key, _Due]:
    columns: Any = [getattr(Event, "id" if name == "event_id" else name) for name in _Due._fields]
    found = session.execute(select(*columns).where(tuple_(Event.id, Event.centre_id).in_(keys)))
    return {(row[0], row[1]): _Due(*row) for row in found}


def _own_words(session: Session, events: Collection[_Due]) -> Iterable[str]:
    """Return the words of each event by itself."""
    centres = select(Centre.centre_id, Centre.name, Centre.quarter, Centre.district)
    places = {
        row[0]: row[1:] for row in session.execute(centres.where(Centre.centre_id.in_({e.centre_id for e in events})))
    }
    themes = {row[0]: row[1:] for row in session.execute(select(Theme.key, Theme.label_de, Theme.label_en))}
    translated = _translated(session, events)
    stems = session.get_bind().dialect.name == "sqlite"
    for event in events:
        said = (event.description, event.organiser, event.partners, event.place, *translated.get(event.key, ()))
        others = (*said, *themes.get(event.theme, ()), *places.get(event.centre_id, ()))
        yield stored((event.title, event.summary), others, stems=stems)


def _translated(session: Session, events: Collection[_Due]) -> Mapping[Key, list[str]]:
    """Return what the houses say of these events in other languages."""
    columns = EventText.event_id, EventText.centre_id, EventText.title, EventText.summary, EventText.description
    wanted = tuple_(EventText.centre_id, EventText.event_id).in_([(each.centre_id, each.event_id) for each in events])
    found: dict[Key, list[str]] = {}
    for event_id, centre_id, *said in session.execute(select(*columns).where(wanted).order_by(EventText.id)):
        found.setdefault((event_id, centre_id), []).extend(said)
    return found


def _unite_words(session: Session, keys: Collection[Key]) -> None:
    """Give each of these events its own words and those of its twins."""
    events = _read(session, keys) if keys else {}
    if not events:
        return
    own = dict(zip(events, _own_words(session, list(events.values())), strict=True))
    columns = EventTwin.event_id, EventTwin.centre_id, EventTwin.set_number
    mine = select(*columns).where(tuple_(*columns[:2]).in_(list(events)))
    sets = {(row[0], row[1]): row[2] for row in session.execute(mine)}
    together: dict[Any, list[str]] = {}
    for key in sorted(own):
        together.setdefault(sets.get(key, key), []).extend(own[key].split())
    united = {key: " ".join(dict.fromkeys(together[sets.get(key, key)])) for key in own}
    these = (_WORDS.c.event_id == bindparam("event")) & (_WORDS.c.centre_id == bindparam("centre"))
    lines = [{"event": key[0], "centre": key[1], "said": words} for key, words in united.items()]
    session.connection().execute(update(_WORDS).where(these).values(words=bindparam("said")), lines)


def _wished(event: _Due) -> int:
    assert event.starts_at is not None
    return wished_number(event.starts_at, event.title, event.event_id)


def _free_numbers(session: Session, wished: list[int]) -> list[int]:
    """Return a number of its own for each wish: the wish itself, or one a little later if it is taken."""
    while True:
        numbers: list[int] = []
        seen: set[int] = set()
        for number in wished:
            while number in seen:
                number += 1  # noqa: PLW2901 (the next one is what we are after)
            seen.add(number)
            numbers.append(number)
        taken = set(session.scalars(select(EventWords.number).where(EventWords.number.in_(numbers))))
        if not taken:
            return numbers
        wished = [number + 1 if number in taken else number for number in numbers]

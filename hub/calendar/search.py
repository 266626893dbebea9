"""Full-text search: how words are folded, how the index catches up, how it is asked.

Words are folded (see `hub.core.folding`) when they are stored and when they are sought. Long
words of titles are also stored by their endings, because German puts the word that
matters last: »Frauenfrühstück« is found by »frühstück«. A sought word of three letters or
more finds all words that begin with it; on SQLite one that is very frequent by itself finds
just itself.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from hub.calendar.models import EventWords, EventWordsDue
from hub.centres.models import Centre
from hub.core.folding import words_of
from hub.programme.models import Event
from hub.themes.models import Theme

FTS = table("event_words_fts", column("rowid"), column("event_words_fts"))  # SQLite's; never written from here
WORDS_SOUGHT_MAX = 8
FREQUENT = 5_000  # events: five times what a list counts; FTS5 merges so many in a few milliseconds
_DUE: Any = EventWordsDue.__table__
_WORDS: Any = EventWords.__table__
LONG_WORD_MIN, ENDING_MIN, BEGINNING_MIN = 8, 4, 3  # letters
_SECOND_BITS = 30  # how many events may begin in one second before numbers spill into the next
_LAST_SECOND = 2**32 - 1  # later years share it: their order no longer matters, the number must fit 63 bits


def sought(words: str) -> list[str]:
    """Return the folded words of what a visitor typed; at most eight count."""
    return list(dict.fromkeys(words_of(words)))[:WORDS_SOUGHT_MAX]


def stored(titles: Iterable[str], others: Iterable[str]) -> str:
    """Return the words to store, each once; those of `titles` with the endings of long ones."""
    first = words_of(" ".join(titles))
    endings = [word[at:] for word in first if len(word) >= LONG_WORD_MIN for at in _ending_starts(word)]
    return " ".join(dict.fromkeys([*first, *endings, *words_of(" ".join(others))]))


def _ending_starts(word: str) -> range:
    return range(BEGINNING_MIN, len(word) - ENDING_MIN + 1)


def number_of(starts_at: datetime) -> int:
    """Return the lowest number in the index of an event that starts then."""
    return min(max(int(starts_at.timestamp()), 0), _LAST_SECOND) << _SECOND_BITS


def matches(session: Session, words: str, frequent: int = FREQUENT) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a row of `EventWords` has all of `words`.

    On SQLite the caller joins `FTS` on `FTS.c.rowid == EventWords.number`.
    """
    wanted = sought(words)
    if not wanted:
        return (literal_column("1 = 0"),)  # only signs were typed: nothing has them
    if session.get_bind().dialect.name == "sqlite":
        return (_has_all(" ".join(_on_sqlite(session, word, frequent) for word in wanted)),)
    query = " & ".join(f"{word}:*" if len(word) >= BEGINNING_MIN else word for word in wanted)
    simple: Any = literal_column("'simple'")
    return (func.to_tsvector(simple, EventWords.words).op("@@")(func.to_tsquery(simple, query)),)


def _on_sqlite(session: Session, word: str, frequent: int) -> str:
    """Return how FTS5 is asked for `word`: as a beginning, unless the word itself is very frequent.

    FTS5 merges all words with that beginning before its first hit: with a hundred thousand
    of them that takes a hundred times as long as the word itself, whose hits it reads one by one.
    """
    if len(word) < BEGINNING_MIN:
        return f'"{word}"'
    hits = select(FTS.c.rowid).where(_has_all(f'"{word}"')).limit(frequent)
    number = session.scalar(select(func.count()).select_from(hits.subquery())) or 0
    return f'"{word}"' if number >= frequent else f'"{word}"*'


def _has_all(query: str) -> ColumnElement[bool]:
    return FTS.c.event_words_fts.op("MATCH")(query)


class _Due(NamedTuple):
    event_id: str
    centre_id: str
    starts_at: datetime | None = None
    theme: str = ""
    title: str = ""
    summary: str = ""
    description: str = ""
    organiser: str = ""
    place: str = ""


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
    if alive:
        connection.execute(insert(_WORDS), list(_entries(session, alive)))
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
    columns = (getattr(Event, "id" if name == "event_id" else name) for name in _Due._fields)
    found = session.execute(select(*columns).where(tuple_(Event.id, Event.centre_id).in_(keys)))
    events = {(row[0], row[1]): _Due(*row) for row in found}
    return [events.get(key) or _Due(*key) for key in keys]


def _entries(session: Session, events: list[_Due]) -> Iterable[dict[str, Any]]:
    centres = select(Centre.centre_id, Centre.name, Centre.quarter, Centre.district)
    places = {
        row[0]: row[1:] for row in session.execute(centres.where(Centre.centre_id.in_({e.centre_id for e in events})))
    }
    themes = {row[0]: row[1:] for row in session.execute(select(Theme.key, Theme.label_de, Theme.label_en))}
    numbers = _free_numbers(session, [_number(event) for event in events])
    for number, event in zip(numbers, events, strict=True):
        others = (event.description, event.organiser, event.place, *themes.get(event.theme, ()))
        words = stored((event.title, event.summary), (*others, *places.get(event.centre_id, ())))
        yield {"number": number, "centre_id": event.centre_id, "event_id": event.event_id, "words": words}


def _number(event: _Due) -> int:
    assert event.starts_at is not None
    return number_of(event.starts_at) + int(event.event_id[-7:], 16)  # the random end of a UUID: 28 bits


def _free_numbers(session: Session, wished: list[int]) -> list[int]:
    """Return a number of its own for each wish: the wish itself, or one a little later if it is taken."""
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
    return _free_numbers(session, [number + 1 if number in taken else number for number in numbers])

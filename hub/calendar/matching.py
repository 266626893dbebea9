"""How the full-text index is asked.

Words are folded (see `hub.core.folding`) when they are stored and when they are sought. A
sought word finds itself, what has the same German stem (»Kurse« finds »Kurs«) and, from three
letters on, all words that begin with it; on SQLite one that is very frequent by itself finds
only itself and its stem.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, column, func, literal_column, select, table
from sqlalchemy.orm import Session

from hub.calendar.stemming import stem
from hub.core.folding import words_of

FTS = table("event_words_fts", column("rowid"), column("event_words_fts"))  # SQLite's; never written from here
WORDS_SOUGHT_MAX = 8
FREQUENT = 5_000  # events: five times what a list counts; FTS5 merges so many in a few milliseconds
LONG_WORD_MIN, ENDING_MIN, BEGINNING_MIN = 8, 4, 3  # letters


def sought(words: str) -> list[str]:
    """Return the folded words of what a visitor typed; at most eight count."""
    return list(dict.fromkeys(words_of(words)))[:WORDS_SOUGHT_MAX]


def stored(titles: Iterable[str], others: Iterable[str], *, stems: bool) -> str:
    """Return the words to store, each once; those of `titles` with the endings of long ones.

    German puts the word that matters last: »Frauenfrühstück« is found by »Frühstück«. `stems`
    is for an index that knows no German itself.
    """
    first = words_of(" ".join(titles))
    endings = [word[at:] for word in first if len(word) >= LONG_WORD_MIN for at in _ending_starts(word)]
    all_words = list(dict.fromkeys([*first, *endings, *words_of(" ".join(others))]))
    return " ".join(dict.fromkeys([*all_words, *map(stem, all_words)]) if stems else all_words)


def _ending_starts(word: str) -> range:
    return range(BEGINNING_MIN, len(word) - ENDING_MIN + 1)


def matches(session: Session, words: str, frequent: int = FREQUENT) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a row of `EventWords` has all of `words`.

    On SQLite the caller joins `FTS` on `FTS.c.rowid == EventWords.number`.
    """
    wanted = sought(words)
    if not wanted:
        return (literal_column("1 = 0"),)  # only signs were typed: nothing has them
    if session.get_bind().dialect.name == "sqlite":
        return (_has_all(" AND ".join(_on_sqlite(session, word, frequent) for word in wanted)),)
    query = _on_postgresql(wanted[0])
    for word in wanted[1:]:
        query = query.op("&&")(_on_postgresql(word))
    vector: Any = literal_column("to_tsvector('simple', event_words.words) || to_tsvector('german', event_words.words)")
    return (vector.self_group().op("@@")(query),)


def _on_postgresql(word: str) -> Any:
    """Return the query for a word: as it is (or begins), or by its stem; a stop word has none."""
    simple: Any = literal_column("'simple'")
    german: Any = literal_column("'german'")
    as_typed: Any = func.to_tsquery(simple, f"{word}:*" if len(word) >= BEGINNING_MIN else word)
    return as_typed.op("||")(func.to_tsquery(german, word)).self_group()


def _on_sqlite(session: Session, word: str, frequent: int) -> str:
    """Return how FTS5 is asked for `word`: as a beginning, unless the word itself is very frequent.

    FTS5 merges all words with that beginning before its first hit: with a hundred thousand
    of them that takes a hundred times as long as the word itself, whose hits it reads one by one.
    """
    same_stem = stem(word)
    itself = f'"{word}"' if same_stem == word else f'("{word}" OR "{same_stem}")'
    if len(word) < BEGINNING_MIN:
        return f'"{word}"'
    hits = select(FTS.c.rowid).where(_has_all(itself)).limit(frequent)
    number = session.scalar(select(func.count()).select_from(hits.subquery())) or 0
    return itself if number >= frequent else itself.replace(f'"{word}"', f'"{word}"*')


def _has_all(query: str) -> ColumnElement[bool]:
    return FTS.c.event_words_fts.op("MATCH")(query)

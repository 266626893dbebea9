"""German words are found by their stem, on both engines."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters
from hub.calendar.stemming import stem
from hub.core.folding import words_of
from shared.database import Database
from tests.hub.calendar.conftest import local, put_event

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Kurs für Anfänger", "Kurse"),
        ("Kurse am Abend", "Kurs"),
        ("Frauenfrühstück", "Frauenfrühstücke"),
        ("Internationales Frauenfrühstück", "Frühstücke"),
        ("Beratung", "Beratungen"),
        ("Lesungen im Park", "lesung"),
        ("Ein Haus", "Häuser"),
        ("Nachbarschaftliche Hilfe", "nachbarschaftlicher"),
    ],
)
def test_a_word_finds_its_other_forms(session: Session, index: Callable[[], int], written: str, typed: str) -> None:
    """Plural finds singular and the other way round."""
    put_event(session, written)
    put_event(session, "Ganz anderes")
    index()
    found = queries.listed(session, Filters(words=typed), local("00:00"))
    assert [row.title for row in found] == [written]


def test_a_stop_word_is_a_word_like_others(session: Session, index: Callable[[], int]) -> None:
    """Whoever types the whole title with its »und« finds it."""
    put_event(session, "Kaffee und Kuchen")
    index()
    found = queries.listed(session, Filters(words="Kaffee und Kuchen"), local("00:00"))
    assert [row.title for row in found] == ["Kaffee und Kuchen"]


@pytest.mark.service("postgresql")
def test_our_stemmer_is_the_dictionary_of_postgresql(postgres_url: str) -> None:
    """Every German word of this program's own texts gets the same stem from both."""
    texts = " ".join(file.read_text() for app in ("hub", "node") for file in (ROOT / app).rglob("de.po"))
    words = sorted({word for word in words_of(texts) if re.fullmatch("[a-z]+", word)})
    database = Database(postgres_url)
    with database.transaction() as session:
        session.execute(text("CREATE TEXT SEARCH DICTIONARY bare (TEMPLATE = snowball, LANGUAGE = german)"))
        asked = text("SELECT word, (ts_lexize('bare', word))[1] FROM unnest(CAST(:words AS text[])) word")
        theirs = {row[0]: row[1] for row in session.execute(asked, {"words": words})}
    database.dispose()
    assert len(words) > 1_000
    assert {word: stem(word) for word in words} == theirs

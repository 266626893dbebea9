"""Words find events: how they are folded, and that the index follows every change."""

import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.calendar import matching, queries, search
from hub.calendar.filters import Filters
from hub.calendar.models import EventWords
from hub.centres.models import Centre
from hub.core.folding import fold
from hub.programme.models import Event
from hub.themes.models import Theme
from shared.database import Database
from tests.hub.calendar.conftest import DAY, local, put_centre, put_event

GERMAN = string.ascii_letters + "äöüÄÖÜßẞéñşğıçłăâ"


def titles(session: Session, words: str, **said: str) -> list[str]:
    """Return the titles that `words` find from the test's day on."""
    return [row.title for row in queries.listed(session, Filters(words=words, **said), local("00:00"))]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Frühstück", "frühstück"),
        ("Frühstück", "Fruehstueck"),
        ("Frühstück", "FRUHSTUCK"),
        ("Großeltern", "grosseltern"),
        ("Straße", "STRASSE"),
        ("Café", "cafe"),
        ("Işık", "isik"),
        ("Übergang", "ueber"),
    ],
)
def test_a_word_is_found_however_it_is_typed(
    session: Session, index: Callable[[], int], written: str, typed: str
) -> None:
    """Case, accents, umlauts and their spelt-out forms make no difference."""
    put_event(session, f"Ein {written} für alle")
    index()
    assert titles(session, typed) == [f"Ein {written} für alle"]


@given(st.text(GERMAN, min_size=1, max_size=20), st.integers(1, 20))
def test_the_fold_of_a_beginning_is_a_beginning_of_the_fold(word: str, length: int) -> None:
    """So that what somebody has typed so far already finds the word."""
    assert fold(word).startswith(fold(word[:length]))


def test_all_words_must_occur_anywhere_in_the_event(session: Session, index: Callable[[], int]) -> None:
    """Title, summary, description, organiser and place are searched together."""
    put_event(session, "Nähtreff", description="Mit Kaffee", organiser="Verein Nadel")
    put_event(session, "Nähkurs", start="11:00")
    index()
    assert titles(session, "näh kaffee nadel") == ["Nähtreff"]
    assert titles(session, "näh") == ["Nähtreff", "Nähkurs"]
    assert titles(session, "näh schach") == []


def test_the_end_of_a_compound_is_found(session: Session, index: Callable[[], int]) -> None:
    """German puts the word that matters last."""
    put_event(session, "Internationales Frauenfrühstück")
    index()
    assert titles(session, "frühstück") == ["Internationales Frauenfrühstück"]


def test_an_event_is_found_by_its_house_and_its_theme(session: Session, index: Callable[[], int]) -> None:
    """Whoever types the quarter or the theme as a word finds what is on there."""
    put_centre(session, name="Stadtteilbüro Alt-Hamborn", quarter="Alt-Hamborn")
    session.add(Theme(key="health", label_de="Gesundheit", label_en="Health"))
    session.flush()
    put_event(session, "Rückenfit", theme="health")
    index()
    assert titles(session, "hamborn gesundheit") == ["Rückenfit"]


def test_hits_come_in_the_order_of_time_and_by_pages(session: Session, index: Callable[[], int]) -> None:
    """The index yields its hits by time; a second page goes on where the first ended."""
    for day in (4, 1, 3, 0, 2):
        put_event(session, f"Schach {day}", day=DAY + timedelta(days=day))
    index()
    assert titles(session, "schach") == [f"Schach {day}" for day in range(5)]
    second = queries.listed(session, Filters(words="schach"), local("00:00"), offset=2, limit=2)
    assert [row.title for row in second] == ["Schach 2", "Schach 3"]


def test_words_and_filters_combine(session: Session, index: Callable[[], int]) -> None:
    """A search within a district finds only that district's events."""
    put_centre(session, "hamborn", "Hamborn")
    put_centre(session, "mitte", "Mitte")
    put_event(session, "Chor Nord", centre="hamborn")
    put_event(session, "Chor Mitte", centre="mitte")
    index()
    assert titles(session, "chor", district="Mitte") == ["Chor Mitte"]
    assert queries.count(session, Filters(words="chor", district="Mitte"), local("00:00")) == 1


def test_a_very_frequent_word_finds_itself_at_least(session: Session, index: Callable[[], int]) -> None:
    """On SQLite not what begins with it: merging hundreds of thousands of hits would take too long."""
    for title in ("Chor", "Chor am Abend", "Chorprobe"):
        put_event(session, title)
    index()

    def found(frequent: int) -> int:
        conditions = matching.matches(session, "chor", frequent)
        query = select(EventWords.words).where(*conditions)
        if session.get_bind().dialect.name == "sqlite":
            query = query.join(matching.FTS, matching.FTS.c.rowid == EventWords.number)
        return len(session.execute(query).all())

    assert found(frequent=3) == 3
    assert found(frequent=2) == (2 if session.get_bind().dialect.name == "sqlite" else 3)


@pytest.mark.parametrize("typed", ["!!!", '"', "' OR 1=1 --", "NEAR(", "a*b", "title:x", "\U0001f600", "& | !"])
def test_signs_are_not_a_language(session: Session, index: Callable[[], int], typed: str) -> None:
    """What means something to a search engine means nothing here, and breaks nothing."""
    put_event(session, "Offener Treff")
    index()
    assert titles(session, typed) == []


def test_the_index_follows_a_new_title(session: Session, index: Callable[[], int]) -> None:
    """The old word finds nothing any more, the new one does."""
    event_id = put_event(session, "Boxen")
    index()
    session.execute(update(Event).where(Event.id == event_id).values(title="Ringen"))
    assert index() == 1
    assert titles(session, "boxen") == []
    assert titles(session, "ringen") == ["Ringen"]


def test_the_index_follows_a_new_date(session: Session, index: Callable[[], int]) -> None:
    """An event that moves is found in its new place in time."""
    event_id = put_event(session, "Boxen")
    put_event(session, "Boxen für Kinder", day=DAY + timedelta(days=1))
    index()
    moved = local("10:00", DAY + timedelta(days=2))
    session.execute(update(Event).where(Event.id == event_id).values(starts_at=moved, ends_at=moved))
    index()
    assert titles(session, "boxen") == ["Boxen für Kinder", "Boxen"]


def test_the_index_forgets_what_is_deleted(session: Session, index: Callable[[], int]) -> None:
    """A deleted event leaves no words behind."""
    event_id = put_event(session, "Boxen")
    index()
    session.execute(delete(Event).where(Event.id == event_id))
    assert titles(session, "boxen") == []
    index()
    assert session.scalars(select(EventWords.words)).all() == []


def test_a_change_that_touches_no_word_leaves_the_index_alone(session: Session, index: Callable[[], int]) -> None:
    """Cancelling an event costs the index nothing."""
    put_event(session, "Boxen")
    index()
    session.execute(update(Event).values(state="cancelled", sequence=2))
    assert search.waiting(session) == 0


def test_a_renamed_house_brings_its_events_back_into_the_queue(session: Session, index: Callable[[], int]) -> None:
    """Its events are found by the new name and no longer by the old."""
    put_centre(session, name="Haus Nord")
    put_event(session, "Boxen")
    index()
    session.execute(update(Centre).values(name="Haus Süd", phone="1"))
    assert index() == 1
    assert titles(session, "boxen nord") == []
    assert titles(session, "boxen sued") == ["Boxen"]


def test_a_renamed_theme_brings_its_events_back_into_the_queue(session: Session, index: Callable[[], int]) -> None:
    """The theme's new name finds them."""
    session.add(Theme(key="arts", label_de="Kultur"))
    session.flush()
    put_event(session, "Chor", theme="arts")
    put_event(session, "Schach")
    index()
    session.execute(update(Theme).values(label_de="Kunst und Kultur"))
    assert index() == 1
    assert titles(session, "kunst") == ["Chor"]


def test_an_upsert_counts_as_one_change(store: Database) -> None:
    """Ingest writes `INSERT … ON CONFLICT DO UPDATE`; the same event again is due once at most."""
    with store.transaction() as session:
        event_id = put_event(session, "Boxen")
        search.catch_up(session)
    again = "INSERT INTO events SELECT * FROM events WHERE true"
    text = f"{again} ON CONFLICT (centre_id, id) DO UPDATE SET title = 'Ringen'"
    with store.transaction() as session:
        session.connection().exec_driver_sql(text)
        session.connection().exec_driver_sql(text)
        assert search.waiting(session) == 1
        search.catch_up(session)
        assert [row.id for row in queries.listed(session, Filters(words="ringen"), local("00:00"))] == [event_id]


def test_a_rebuilt_index_is_the_same_index(session: Session, index: Callable[[], int]) -> None:
    """Everything derived can be made again from the records alone."""
    for number in range(5):
        put_event(session, f"Schach {number}", start=f"1{number}:00")
    index()
    words = select(EventWords.number, EventWords.event_id, EventWords.words).order_by(EventWords.number)
    before = session.execute(words).all()
    search.rebuild(session)
    assert index() == 5
    assert session.execute(words).all() == before


def test_events_of_one_second_each_have_a_number(session: Session, index: Callable[[], int]) -> None:
    """Even ids that end alike do not get in each other's way."""
    ending = "-0000-7000-8000-000000000001"
    for number in range(20):
        put_event(session, f"Schach {number:02}", event_id=f"{number:08x}{ending}")
    index()
    put_event(session, "Schach 99", event_id=f"{99:08x}{ending}")
    index()
    assert len(titles(session, "schach")) == 21


def test_dates_far_away_do_not_stop_the_index(session: Session, index: Callable[[], int]) -> None:
    """A wrong year in somebody's calendar is that event's trouble alone."""
    put_event(session, "Fern", starts_at=datetime(2199, 12, 31, tzinfo=UTC))
    put_event(session, "Alt", starts_at=datetime(1900, 1, 2, tzinfo=UTC))
    assert index() == 2
    assert titles(session, "fern") == ["Fern"]


def test_forgetting_leaves_no_deleted_word_in_the_index(session: Session, index: Callable[[], int]) -> None:
    """After an erasure the full-text index is rewritten without the word."""
    put_event(session, "Geheimniskrämerei")
    index()
    session.execute(delete(Event))
    index()
    search.forget(session)
    if session.get_bind().dialect.name == "sqlite":
        blocks = session.connection().exec_driver_sql("SELECT block FROM event_words_fts_data").scalars().all()
        assert not any(b"geheimnis" in block for block in blocks)

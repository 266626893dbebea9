"""What two houses publish together stands in the calendar once, and follows every change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.calendar import queries, search
from hub.calendar.filters import Filters
from hub.calendar.models import EventTwin
from hub.centres.models import Centre
from hub.programme.models import Event
from tests.hub.calendar.conftest import DAY, ZONE, local, put_centre, put_event


@pytest.fixture
def together(session: Session, index: Callable[[], int]) -> tuple[str, str]:
    """The same festival of two houses, and an open meeting in each; the ids of the festival."""
    put_centre(session, "north", "Hamborn", name="Haus Nord")
    put_centre(session, "south", "Süd", name="Haus Süd")
    for centre in ("north", "south"):
        put_event(session, "Offener Treff", centre=centre, start="09:00")
    first = put_event(session, "Sommerfest", centre="north", theme="family", description="Mit Hüpfburg")
    second = put_event(session, "Sommerfest", centre="south", partners="Haus Nord", description="Mit Musik")
    index()
    return first, second


def festivals(session: Session, **said: object) -> list[str]:
    """Return the houses under which these filters show the festival."""
    found = queries.listed(session, Filters(**said), local("00:00"))  # type: ignore[arg-type]
    return [row.centre_id for row in found if row.title == "Sommerfest"]


def test_lists_and_counts_have_it_once(session: Session, together: tuple[str, str]) -> None:
    """And the open meetings, which only share a title, both."""
    assert festivals(session) == ["north"]
    assert queries.count(session, Filters(), local("00:00")) == 3
    assert {day: number for day, (number, _) in queries.by_day(session, Filters(), [DAY], ZONE, shown=3).items()} == {
        DAY: 3
    }
    found = queries.by_hour(session, Filters(), [DAY], ZONE, shown=3)
    assert {hour: number for (_, hour), (number, _) in found.items()} == {9: 2, 10: 1}


def test_pages_stay_whole(session: Session, index: Callable[[], int]) -> None:
    """Twenty festivals of two houses are two pages of ten."""
    put_centre(session, "north", name="Haus Nord")
    for number in range(20):
        for centre, partners in (("north", ""), ("south", "Haus Nord")):
            put_event(session, "Fest", centre=centre, partners=partners, day=DAY + timedelta(days=number))
    index()
    pages = [queries.listed(session, Filters(), local("00:00"), offset=at, limit=10) for at in (0, 10, 20)]
    assert [len(page) for page in pages] == [10, 10, 0]
    assert {row.centre_id for page in pages for row in page} == {"north"}


@pytest.mark.parametrize(
    ("said", "shown_by"),
    [
        ({"centre": "south"}, ["south"]),
        ({"district": "Süd"}, ["south"]),
        ({"district": "Hamborn"}, ["north"]),
        ({"theme": "family"}, ["north"]),
        ({"words": "sommerfest"}, ["north"]),
        ({"words": "sommerfest", "district": "Süd"}, ["south"]),
    ],
)
def test_each_filter_finds_it_under_the_house_that_fits(
    session: Session, together: tuple[str, str], said: dict[str, str], shown_by: list[str]
) -> None:
    """It is hidden only behind a twin that is shown itself."""
    assert festivals(session, **said) == shown_by
    assert queries.count(session, Filters(**said), local("10:00")) == len(shown_by)
    (found,) = queries.by_day(session, Filters(**said), [DAY + timedelta(days=0)], ZONE, shown=9).values()
    assert [row.title for row in found[1]].count("Sommerfest") == 1


def test_the_words_of_either_house_find_it_once(session: Session, together: tuple[str, str]) -> None:
    """Each twin has the words of all."""
    for words in ("hüpfburg", "musik", "hüpfburg musik", "Sommerfest Süd"):
        assert festivals(session, words=words) == ["north"]
    assert festivals(session, words="musik", district="Hamborn") == ["north"]


def test_the_other_houses_are_told(session: Session, together: tuple[str, str]) -> None:
    """So that the page can name and link them."""
    (row,) = [row for row in queries.listed(session, Filters(), local("00:00")) if row.title == "Sommerfest"]
    assert queries.twins_of(session, [row]) == {("north", together[0]): [("south", together[1], "published")]}


def test_two_states_are_two_truths(session: Session, together: tuple[str, str]) -> None:
    """If one house cancels and the other does not, visitors see both, at once."""
    session.execute(update(Event).where(Event.id == together[1]).values(state="cancelled"))
    assert festivals(session) == ["north", "south"]
    assert sum(n for n, _ in queries.by_day(session, Filters(), [DAY], ZONE, shown=9).values()) == 4
    session.execute(update(Event).where(Event.id == together[0]).values(state="cancelled"))
    assert festivals(session) == ["north"]


@pytest.mark.parametrize(
    "change",
    [{"title": "Herbstfest"}, {"partners": ""}, {"starts_at": local("16:00"), "ends_at": local("18:00")}],
)
def test_what_is_no_longer_the_same_parts(
    session: Session, together: tuple[str, str], index: Callable[[], int], change: dict[str, object]
) -> None:
    """With its own words again."""
    session.execute(update(Event).where(Event.id == together[1]).values(**change))
    index()
    assert session.scalars(select(EventTwin.event_id)).all() == []
    assert queries.count(session, Filters(), local("00:00")) == 4
    assert festivals(session, words="hüpfburg") == ["north"]
    assert [row.centre_id for row in queries.listed(session, Filters(words="musik"), local("00:00"))] == ["south"]


def test_one_that_is_deleted_leaves_the_other(
    session: Session, together: tuple[str, str], index: Callable[[], int]
) -> None:
    """The one that was shown goes; the other comes into its place."""
    session.execute(delete(Event).where(Event.id == together[0]))
    index()
    assert festivals(session) == ["south"]
    assert session.scalars(select(EventTwin.event_id)).all() == []
    assert festivals(session, words="hüpfburg") == []


def test_a_house_that_is_named_later_unites_them(session: Session, index: Callable[[], int]) -> None:
    """The profile may come after the programme."""
    put_event(session, "Sommerfest", centre="north")
    put_event(session, "Sommerfest", centre="south", partners="Haus Nord")
    index()
    assert festivals(session) == ["north", "south"]
    put_centre(session, "north", name="Haus Nord")
    index()
    assert festivals(session) == ["north"]
    session.execute(update(Centre).values(name="Haus Mitte"))
    index()
    assert festivals(session) == ["north", "south"]


def test_a_rebuilt_calendar_is_the_same(session: Session, together: tuple[str, str], index: Callable[[], int]) -> None:
    """Twins come from the records alone."""
    rows = select(EventTwin.event_id, EventTwin.centre_id, EventTwin.rank).order_by(EventTwin.rank)
    before = session.execute(rows).all()
    search.rebuild(session)
    assert len(before) == 2
    index()
    assert session.execute(rows).all() == before


def test_an_event_of_several_days_goes_on_once(session: Session, index: Callable[[], int]) -> None:
    """An exhibition of two houses is one exhibition."""
    put_centre(session, "north", name="Haus Nord")
    for centre, partners in (("north", ""), ("south", "Haus Nord")):
        put_event(session, "Bilder", centre=centre, partners=partners, lasts=timedelta(days=5))
    index()
    later = local("00:00", DAY + timedelta(days=2))
    assert [row.centre_id for row in queries.lasting(session, Filters(), later, later)] == ["north"]

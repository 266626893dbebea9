"""The smaller pieces: filters, pages of lists, the navigation, jobs."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from apscheduler.triggers.date import DateTrigger
from flask import render_template_string, request
from sqlalchemy import select

from shared.time import now
from shared.web import filters, jobs, pagination, zone
from shared.web.pagination import Page, of_list, of_query, wanted
from tests.shared.web.conftest import Person

INSTANT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # half past midnight of the next day in Berlin


@pytest.fixture
def german(town: Any) -> Iterator[None]:
    """Inside a request of somebody who reads German."""
    with town.app.test_request_context():
        yield


@pytest.fixture
def english(town: Any) -> Iterator[None]:
    """Inside a request of somebody who reads English."""
    with town.app.test_request_context(headers={"Cookie": "stadtherz_sprache=en"}):
        yield


@pytest.mark.usefixtures("german")
def test_instants_are_shown_in_the_zone_of_the_site() -> None:
    """Late evening in UTC is the next day in Berlin's summer."""
    assert zone().key == "Europe/Berlin"
    assert filters.local_date(INSTANT) == "02.07.2026"
    assert filters.local_time(INSTANT) == "00:30"
    assert filters.local_datetime(INSTANT) == "02.07.2026, 00:30"
    assert filters.weekday_date(INSTANT) == "Donnerstag, 2. Juli 2026"


@pytest.mark.usefixtures("german")
def test_dates_and_wall_times_are_shown_as_they_are() -> None:
    """A date or a wall time has no zone to go to."""
    assert filters.local_date(date(2026, 7, 1)) == "01.07.2026"
    assert filters.local_time(time(9, 5)) == "09:05"
    assert filters.month(date(2026, 7, 1)) == "Juli 2026"


@pytest.mark.usefixtures("english")
def test_english_readers_get_english_dates() -> None:
    """Dates follow the language, hours stay 24."""
    assert filters.weekday_date(INSTANT) == "Thursday, July 2, 2026"
    assert filters.local_date(INSTANT) == "2 Jul 2026"
    assert filters.local_time(INSTANT) == "00:30"


@pytest.mark.usefixtures("german")
def test_a_span_names_the_day_once() -> None:
    """An interval within a day has one date, one past midnight has two."""
    assert filters.span(INSTANT, INSTANT + timedelta(hours=2)) == "Donnerstag, 2. Juli 2026, 00:30–02:30"
    night = filters.span(INSTANT - timedelta(hours=2), INSTANT)
    assert night == "Mittwoch, 1. Juli 2026, 22:30 – Donnerstag, 2. Juli 2026, 00:30"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "gerade eben"),
        (timedelta(minutes=2), "vor 2 Min."),
        (timedelta(hours=5), "vor 5 Std."),
        (timedelta(hours=-3), "in 3 Std."),
    ],
)
def test_spans_to_now_are_words(passed: timedelta, words: str) -> None:
    """What happened is so long ago, what will happen is so far ahead."""
    assert filters.ago(INSTANT - passed, INSTANT).replace("\xa0", " ") == words


@pytest.mark.usefixtures("german")
def test_figures_are_written_in_german() -> None:
    """Money comes in cents, shares as parts of one."""
    assert filters.money(123450).replace("\xa0", " ") == "1.234,50 €"
    assert filters.number(12345) == "12.345"
    assert filters.percent(0.62).replace("\xa0", " ") == "62 %"


def test_texts_of_people_become_paragraphs_and_never_markup() -> None:
    """Line breaks stay, tags are shown and not obeyed."""
    assert filters.lines("a\nb\r\n\r\n<script>") == "<p>a<br>b</p><p>&lt;script&gt;</p>"


@pytest.mark.parametrize(("asked", "page"), [(None, 1), ("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("9" * 30, 1)])
def test_nonsense_in_the_address_is_page_one(asked: str | None, page: int) -> None:
    """Whatever stands in the query, a page number comes out."""
    assert wanted(asked) == page


def test_a_number_past_the_end_is_the_last_page() -> None:
    """A bookmark of a page that no longer exists shows the last one."""
    found = of_list(list(range(25)), 9, per_page=10)
    assert (found.items, found.page, found.pages, found.first, found.last) == ([20, 21, 22, 23, 24], 3, 3, 21, 25)
    assert (Page([], 1, 0).pages, Page([], 1, 0).first) == (1, 0)


def test_a_query_is_paged_in_the_database(town: Any) -> None:
    """Only the page's rows are fetched, and the total is right."""
    town.staff(name="Anna")
    town.staff(name="Bert")
    town.staff(name="Cem")
    with town.database.reading() as session:
        found = of_query(session, select(Person).order_by(Person.name), 2, per_page=2)
        assert ([person.name for person in found.items], found.total) == (["Cem"], 3)


def test_page_links_keep_the_filters(town: Any) -> None:
    """The links to other pages keep what narrows the list."""
    template = '{% from "macros.html" import page_nav %}{{ page_nav(page) }}'
    with town.app.test_request_context("/notes?a=1&a=2&seite=2"):
        page = render_template_string(template, page=Page(list(range(50)), 2, 120))
    assert 'rel="prev" href="/notes?a=1&amp;a=2&amp;seite=1"' in page
    assert 'rel="next" href="/notes?a=1&amp;a=2&amp;seite=3"' in page
    assert "51 bis 100 von 120" in page
    assert pagination.ARGUMENT == "seite"


def test_the_navigation_shows_what_one_may_open(town: Any) -> None:
    """Visitors see public entries, staff all of theirs, in the order that was given."""
    public = town.visitor().get("/notes").text
    assert ">Notes<" in public
    assert ">Desk<" not in public
    staff = town.staff().get("/notes").text
    assert staff.index(">Desk<") < staff.index(">Safe<") < staff.index(">Notes<")
    assert 'href="/notes" aria-current="page"' in staff


def test_the_door_leads_to_where_one_begins(town: Any) -> None:
    """The start address goes to the first entry that a person may open."""
    assert town.visitor().get("/").location == "/notes"
    assert town.staff().get("/").location == "/desk"
    assert town.visitor().get("/healthz").json["status"] == "ok"


def test_a_job_runs_inside_the_app(town: Any) -> None:
    """A job knows its app, is run by the scheduler in its own thread, and is listed by name."""
    done: list[str] = []

    def look() -> None:
        done.append(zone().key)

    jobs.add(town.app, "look", DateTrigger(now() + timedelta(days=1)), look)
    assert jobs.names(town.app) == ["look"]
    jobs.run_now(town.app, "look")
    jobs.start(town.app)
    jobs.stop(town.app)
    assert done == ["Europe/Berlin"]


def test_whoever_asks_behind_a_proxy_is_told_apart(make_town: Callable[..., Any]) -> None:
    """With a trusted proxy the address of the visitor counts, without one it cannot be claimed."""
    for proxies, address in ((1, "192.0.2.7"), (0, "127.0.0.1")):
        town = make_town(trusted_proxies=proxies)
        town.app.add_url_rule("/me", "me", lambda: str(request.remote_addr))
        assert address in town.visitor().get("/me", headers={"X-Forwarded-For": "192.0.2.7"}).text

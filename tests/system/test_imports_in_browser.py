"""Programme and imports in a real browser: a list said yes to, a series seen before it is written, one sheet.

Rule: wait for what shall be there, never for time to pass.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from node.programme.copying import monday_of
from shared.time import now
from tests.factories import ZONE, make_event, make_space
from tests.node.programme.test_week_pages import pages_in
from tests.system.browsers import running_browser
from tests.system.desk_house import House, sign_in

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(300)]

AHEAD = now().astimezone(ZONE).date() + timedelta(days=30)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with a hall and a full week."""
    made = House(tmp_path_factory.mktemp("house"))
    with made.database.transaction() as session:
        make_space(session, "Saal")
        for number in range(20):
            make_event(session, f"Termin {number}", day=monday_of(AHEAD) + timedelta(days=number % 7), now=now())
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de")
    opened = context.new_page()
    sign_in(opened, house)
    yield opened
    context.close()


def refuse_barriers(page: Page) -> None:
    """Raise if axe finds anything."""
    assert Axe().run(page).response["violations"] == []


def test_a_list_is_chosen_looked_at_and_imported(page: Page, house: House) -> None:
    """Two presses of two buttons: each sends its form, although a second press of the same would not."""
    page.goto(f"{house.url}/import/liste/raeume")
    rooms = "Raum;Personen\nKüche;12\nBüro;viele\n"
    page.set_input_files("[name=file]", {"name": "r.csv", "mimeType": "text/csv", "buffer": rooms.encode()})
    page.get_by_role("button", name="Zeigen, was geschehen würde").click()
    expect(page.get_by_text("Personen: viele")).to_be_visible()
    refuse_barriers(page)
    mended = rooms.replace("viele", "3").encode("cp1252")
    page.set_input_files("[name=file]", {"name": "r.csv", "mimeType": "text/csv", "buffer": mended})
    page.get_by_role("button", name="Zeigen, was geschehen würde").click()
    expect(page.get_by_text("neu: 2")).to_be_visible()
    refuse_barriers(page)
    page.get_by_role("button", name="So importieren").click()
    expect(page.get_by_text("2 neu")).to_be_visible()
    expect(page.get_by_text("Küche").first).to_be_visible()


def test_one_event_becomes_a_series_without_typing_twice(page: Page, house: House) -> None:
    """The button in the form of one event leads to that of a series; every date is seen before it is written."""
    page.goto(f"{house.url}/programm/neu")
    page.get_by_label("Titel").fill("Nähtreff")
    page.get_by_label("Tag", exact=True).fill(AHEAD.isoformat())
    page.get_by_label("Von", exact=True).select_option("18:00")
    page.get_by_label("Bis", exact=True).select_option("20:00")
    page.get_by_role("button", name="Es wiederholt sich").click()
    expect(page.get_by_label("Titel")).to_have_value("Nähtreff")
    page.locator("[name=until]").fill((AHEAD + timedelta(weeks=2)).isoformat())
    for box in page.locator("[name=skips]").all():
        box.uncheck()
    page.get_by_role("button", name="Vorschau aller Termine").click()
    expect(page.locator(".dates__one")).to_have_count(3)
    refuse_barriers(page)
    page.get_by_role("button", name="Serie veröffentlichen").click()
    expect(page.get_by_text("3 Termine gespeichert")).to_be_visible()
    refuse_barriers(page)


def test_the_sheet_of_a_full_week_is_printed_on_one_page(page: Page, house: House) -> None:
    """As the browser prints it."""
    page.goto(f"{house.url}/programm/aushang?tag={AHEAD}")
    expect(page.get_by_text("Termin 19")).to_be_visible()
    assert pages_in(page.pdf(format="A4", prefer_css_page_size=True)) == 1
    refuse_barriers(page)
    assert re.search(r"Programm vom \d\d\.\d\d\.\d{4} bis", page.title())

"""The handbook for the counter is two sheets of paper, in each language, and stays so."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.system.browsers import running_browser
from tests.system.demo_city import Demo

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.mark.parametrize(
    ("book", "language", "pages"),
    [("empfang", "de", 2), ("empfang", "en", 2), ("leitung", "de", 2), ("leitung", "en", 2)],
)
def test_a_handbook_fits_on_its_sheets(demo: Demo, browser: Browser, book: str, language: str, pages: int) -> None:
    """What is printed on A4 has at most two pages: one sheet, both sides."""
    site = demo.centre("hochfeld")
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.goto(f"{site['url']}/anmelden")
    page.fill("[name=name]", site["user"])
    page.fill("[name=password]", site["password"])
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda address: "/anmelden" not in address)
    page.goto(f"{site['url']}/sprache/{language}?weiter=/handbuch/{book}")
    assert page.locator(f"article[lang={language}]").is_visible()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    context.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2

"""Every page of both sites, looked at in a real browser: no accessibility finding, no sideways scrolling."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.system.browsers import running_browser
from tests.system.demo_city import Demo

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(900)]

PAGES_MAX = 250
NOT_A_PAGE = re.compile(r"\.(ics|csv|json|xml|pdf|atom|xlsx|ttl|rdf|jsonld|txt)$|^/api/|/abmelden|/sprache|/language")
LOOKS = [("light", 1280, "de"), ("dark", 320, "en")]  # the two ends: whatever breaks in between breaks at one of them


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
@pytest.mark.parametrize("which", ["hub", "hochfeld"])
def test_every_page_is_accessible_and_fits(demo: Demo, browser: Browser, which, look):
    """Axe finds nothing and nothing scrolls sideways, on each page that staff can reach by links."""
    scheme, width, language = look
    site = demo.said["hub"] if which == "hub" else demo.centre(which)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language, reduced_motion="reduce"
    )
    page = context.new_page()
    _sign_in(page, site)
    if language != "de":
        page.goto(f"{site['url']}/")
        page.locator(f"[hreflang={language}], button[lang={language}], [lang={language}] button").first.click()
    seen, findings = _walk(page, site["url"], f"{which}-{scheme}-{width}-{language}")
    context.close()
    assert len(seen) > 10, seen
    assert findings == []


def _walk(page: Page, home: str, name: str) -> tuple[list[str], list[str]]:
    """Follow links from the start page; return the pages seen, and what is wrong with them."""
    waiting, kinds, seen, findings = ["/"], set(), [], []
    while waiting and len(seen) < PAGES_MAX:
        path = waiting.pop(0)
        answer = page.goto(urljoin(home, path))
        seen.append(path)
        if answer is None or answer.status != 200:
            findings.append(f"{path}: answered {answer.status if answer else 'nothing'}")
            continue
        findings += _findings(page, path)
        _keep_picture(page, f"{name}-{len(seen):02}-{re.sub(r'[^a-z0-9]+', '-', path)[:60]}")
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))"):
            target = urlsplit(urljoin(page.url, link))
            kind = _kind(target.path, target.query)
            if target.netloc == urlsplit(home).netloc and not NOT_A_PAGE.search(target.path) and kind not in kinds:
                kinds.add(kind)
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return seen, findings


def _kind(path: str, query: str) -> str:
    """Return what makes a page another kind of page: its path without ids, dates and numbers, and its questions."""
    named = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d{2}(-\d{2})?|\d+", "*", path)
    return f"{named}?{','.join(sorted(part.split('=')[0] for part in query.split('&')))}"


def _findings(page: Page, path: str) -> list[str]:
    found = [
        f"{path}: {violation['id']} at {violation['nodes'][0]['target']}"
        for violation in Axe().run(page).response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{path}: scrolls sideways by {width} px"] if width > 0 else found


def _keep_picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at, if a folder for them is named."""
    if folder := os.environ.get("STADTHERZ_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _sign_in(page: Page, site: dict[str, str]) -> None:
    page.goto(f"{site['url']}/anmelden")
    page.fill("[name=name]", site["user"])
    page.fill("[name=password]", site["password"])
    page.click("main button[type=submit], main input[type=submit]")
    page.wait_for_url(lambda address: "/anmelden" not in address)

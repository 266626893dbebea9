"""The desk in a real browser: without a mouse, with one thumb, on a tablet, from right to left; nothing typed is lost.

Rule: wait for what shall be there, never for time to pass.
"""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from node.bookings.models import Booking
from node.programme.models import Event
from node.registration.models import Registration, State
from shared.time import now
from tests.factories import ZONE
from tests.node.registration.conftest import join, make_gathering
from tests.system.browsers import running_browser
from tests.system.desk_house import House, Keys, sign_in

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(900)]

AHEAD = now().astimezone(ZONE).date() + timedelta(days=12)
NOT_A_PAGE = re.compile(r"\.(ics|csv|json|xml|pdf|atom|xlsx|webmanifest)$|/abmelden|/sprache|/bild|/dateien/")
PAGES_MAX = 250  # a guard against going round in circles
TYPED = """form => [...new FormData(document.querySelector(form)).entries()]
    .filter(([name, value]) => !["csrf_token", "form_token"].includes(name) && typeof value === "string")"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOUCH_TARGETS = {"runOnly": {"type": "rule", "values": ["target-size"]}, "rules": {"target-size": {"enabled": True}}}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with a few weeks of life."""
    made = House(tmp_path_factory.mktemp("house"))
    made.live()
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """Somebody of the house at a desk, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de", reduced_motion="reduce")
    opened = context.new_page()
    sign_in(opened, house)
    yield opened
    context.close()


def one(house: House, query: Any) -> Any:
    """Return what a query finds in the house's database."""
    with house.database.reading() as session:
        return session.scalars(query).one()


def test_a_space_is_booked_from_the_day_grid_without_a_mouse(house: House, page: Page) -> None:
    """From signing in to the booking: Tab, arrows, Enter, and the focus always in sight."""
    keys = Keys(page)
    page.goto(f"{house.url}/buchungen?tag={AHEAD}")
    keys.go_to(".day__link")
    keys.press("End")
    first = page.evaluate("document.activeElement.closest('tr').rowIndex")
    keys.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") > first
    keys.press("Home")
    if not page.evaluate("document.activeElement.matches('a[href*=neu]')"):
        keys.go_to("a.day__link[href*=neu]", "ArrowRight")
    keys.press_and_arrive("Enter", lambda address: "/buchungen/neu" in address)
    keys.go_to("[name=title]")
    keys.type("Probe ohne Maus")
    keys.press("Enter")
    expect(page.locator(".notice--success")).to_be_visible()
    booked = one(house, select(Booking).where(Booking.title == "Probe ohne Maus"))
    assert booked.starts_at.astimezone(ZONE).date() == AHEAD


def test_visitors_are_counted_without_a_mouse(house: House, page: Page) -> None:
    """Enter and space count one each, and one is taken back."""
    keys = Keys(page)
    page.goto(f"{house.url}/zaehler")
    expect(page.locator("[data-ready]")).to_be_attached()
    before = int(page.locator("[data-total]").inner_text())
    keys.go_to("button[value=event]")
    keys.press("Enter")
    expect(page.locator("[data-total]")).to_have_text(str(before + 1))
    keys.press("Space")
    expect(page.locator("[data-total]")).to_have_text(str(before + 2))
    keys.go_to("[data-undo] button")
    keys.press("Enter")
    expect(page.locator("[data-total]")).to_have_text(str(before + 1))
    expect(page.locator("[data-status]")).to_contain_text("Alles ist gesendet")


def test_a_caller_is_registered_without_a_mouse(house: House, page: Page) -> None:
    """From the list of events to the name on the list of attendance, ticked."""
    with house.database.transaction() as session:
        event = make_gathering(session, places=5, day=AHEAD)
    keys = Keys(page)
    page.goto(f"{house.url}/anmeldungen/termin/{event.id}")
    keys.go_to("a[href$='/neu']")
    keys.press_and_arrive("Enter", lambda address: address.endswith("/neu"))
    if not page.evaluate("document.activeElement.matches('[name=name]')"):
        keys.go_to("[name=name]")
    keys.type("Frau Ohnemaus")
    keys.go_to("[name=adults]")
    keys.type("2")
    keys.go_to("[name=phone]")
    keys.type("0203 4711")
    keys.go_to("[name=way]")
    keys.press("ArrowDown")
    keys.go_to("main button[type=submit]")
    keys.press("Enter")
    expect(page.locator(".notice--success")).to_contain_text("Frau Ohnemaus")
    made = one(house, select(Registration).where(Registration.name == "Frau Ohnemaus"))
    assert (made.state, made.adults, made.way) == (State.REGISTERED, 2, "in_person")
    keys.go_to("a[href$='/liste']")
    keys.press_and_arrive("Enter", lambda address: address.endswith("/liste"))
    keys.go_to("button[aria-label='Da: Frau Ohnemaus']")
    keys.press("Enter")
    expect(page.locator(f"#g-{made.id}")).to_contain_text("2 sind da")


def write_event(page: Page, house: House, title: str) -> list[Any]:
    """Fill in the long form of an event; return what stands in it."""
    page.goto(f"{house.url}/programm/neu")
    page.fill("[name=title]", title)
    page.fill("[name=day]", AHEAD.isoformat())
    page.select_option("[name=starts]", "10:00")
    page.select_option("[name=ends]", "12:00")
    page.fill("[name=summary]", "Ein Satz, „mit Anführung“ & <Klammern>")
    page.fill("[name=description]", "Erste Zeile\n\nZweiter Absatz: Ümläute, ğ und 🙂")
    page.fill("[name=organiser]", "Nähkreis")
    for box in page.locator("input[type=checkbox][name=languages]").all()[:3]:
        box.check()
    return page.evaluate(TYPED, "main form:has([name=title])")


def test_an_expired_session_loses_nothing_of_a_long_form(house: House, page: Page) -> None:
    """Sign in in a new window, send again: everything is there, as it was typed."""
    write_event(page, house, "Nicht verloren")
    page.context.clear_cookies()
    page.locator("main form:has([name=title]) button[type=submit][name=publish]").click()
    expect(page.locator("main")).to_contain_text("Ihre Sitzung war abgelaufen")
    with page.context.expect_page() as opened:
        page.locator("main a[target=_blank]").click()
    beside = opened.value
    beside.fill("[name=name]", "Anna")
    beside.fill("[name=password]", "a long enough password")
    beside.locator("main button[type=submit]").click()
    beside.wait_for_url(lambda address: "/anmelden" not in address)
    page.bring_to_front()
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_text("Nicht verloren")
    event = one(house, select(Event).where(Event.title == "Nicht verloren"))
    assert event.state == "published"
    assert event.description.replace("\r\n", "\n") == "Erste Zeile\n\nZweiter Absatz: Ümläute, ğ und 🙂"
    assert event.summary == "Ein Satz, „mit Anführung“ & <Klammern>"
    assert len(event.languages) == 3


@pytest.mark.parametrize(
    ("path", "wrong", "filled"),
    [
        ("/programm/neu", {"title": ""}, {"summary": "Bleibt", "description": "Auch\ndas", "cost": "3,50"}),
        ("/buchungen/neu", {"day": ""}, {"title": "Bleibt", "contact_name": "Frau Ö.", "note": "Zwei\nZeilen"}),
        ("/anmeldungen/termin/{event}/neu", {"phone": "ruf an"}, {"name": "Bleibt", "needs": "Rampe", "note": "Enkel"}),
        ("/haus/programm/{event}/anmelden", {"phone": "", "email": ""}, {"name": "Bleibt", "needs": "Rampe"}),
        ("/raeume/neu", {"name": ""}, {"description": "Bleibt\nauch"}),
        ("/ausstattung/neu", {"name": ""}, {"note": "Bleibt"}),
        ("/zentrum/bearbeiten", {"name": ""}, {"street": "Bleibt 8", "description": "Auch\ndas"}),
    ],
)
def test_a_form_with_an_error_keeps_everything(
    house: House, page: Page, path: str, wrong: dict[str, str], filled: dict[str, str]
) -> None:
    """What was typed and chosen stands there again, and the focus on what is to be looked at."""
    with house.database.transaction() as session:
        event = make_gathering(session, places=5, day=AHEAD)
    page.goto(house.url + path.format(event=event.id))
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
    for name, text in {**filled, **wrong}.items():
        page.fill(f"[name={name}]", text)
    form = f"main form:has([name={next(iter(filled))}])"
    before = page.evaluate(TYPED, form)
    page.locator(f"{form} button.kern-btn--primary[type=submit]").click()
    expect(page.locator(".notice--danger[role=alert]")).to_be_focused()
    assert page.evaluate(TYPED, form) == before


def test_the_names_of_forty_groups_fit_on_one_sheet(house: House, page: Page) -> None:
    """With a box beside each that a thick pen can tick."""
    with house.database.transaction() as session:
        event = make_gathering(session, places=200, day=AHEAD)
        for number in range(40):
            needs = "Ein Platz für einen Rollstuhl" if number % 8 == 0 else ""
            join(session, event, 1 + number % 3, number % 2, name=f"Familie Musterfrau-Beispiel {number}", needs=needs)
    page.goto(f"{house.url}/anmeldungen/termin/{event.id}/liste")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    box = page.locator(".names__box").first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 26, "7 mm at 96 dots to the inch"


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_usable_with_a_thumb_on_a_tablet_and_from_right_to_left(
    house: House, browser: Browser, language: str
) -> None:
    """Nothing scrolls sideways, and whatever is to be touched is large enough (WCAG 2.2, 2.5.8)."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, locale=language, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, house)
    page.goto(f"{house.url}/sprache/{language}?weiter=/")
    seen, findings = walk(page, house.url, language)
    context.close()
    assert 20 < len(seen) < PAGES_MAX, seen
    assert not findings, "\n".join(findings)


def walk(page: Page, home: str, name: str) -> tuple[list[str], list[str]]:
    """Follow links from the start page, each kind of page once; return what was seen and what is wrong."""
    waiting, kinds, seen, findings = ["/"], set(), [], []
    while waiting and len(seen) < PAGES_MAX:
        path = waiting.pop(0)
        page.set_viewport_size({"width": 360, "height": 740})
        answer = page.goto(urljoin(home, path))
        if answer is None or answer.status != 200:
            findings.append(f"{path}: answered {answer.status if answer else 'nothing'}")
            continue
        seen.append(path)
        findings += look(page, path, name)
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))"):
            target = urlsplit(urljoin(page.url, link))
            kind = kind_of(target.path)
            if target.netloc == urlsplit(home).netloc and not NOT_A_PAGE.search(target.path) and kind not in kinds:
                kinds.add(kind)
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return seen, findings


def look(page: Page, path: str, name: str) -> list[str]:
    """Look at the page that is open, with all that can be unfolded: on a phone and a tablet, in both directions."""
    found = []
    keep_picture(page, f"{name}-360-{path}")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    for width, height in ((360, 740), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("document.documentElement.removeAttribute('dir')")
        for violation in Axe().run(page, options=TOUCH_TARGETS).response["violations"]:
            found += [f"{path} at {width} px: too small to touch: {node['target']}" for node in violation["nodes"]]
        for direction in ("ltr", "rtl"):
            page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
            over = page.evaluate(SIDEWAYS)
            if over > 0:
                found.append(f"{path} at {width} px, {direction}: scrolls sideways by {over} px")
    keep_picture(page, f"{name}-768-rtl-{path}")
    return found


def kind_of(path: str) -> str:
    """Return what makes a page another kind of page: its path without ids, dates and numbers."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d{2}(-\d{2})?|\d{4}-W\d+|\d+", "*", path)


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at, if a folder for them is named."""
    if folder := os.environ.get("STADTHERZ_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{re.sub(r'[^a-z0-9]+', '-', name)[:90]}.png", full_page=True)

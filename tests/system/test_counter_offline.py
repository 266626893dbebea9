"""The counter in a real browser: online, offline, closed, opened again, signed out; each touch counts once."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select
from werkzeug.serving import BaseWSGIServer, make_server

from node.app import create_app
from node.config import NodeConfig
from node.core.accounts import Account, Role, people
from node.visits import buttons, late, locks
from node.visits.models import HourCount, Tap
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret
from tests.system.browsers import PATIENCE_MS, running_browser

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

PASSWORD = "a long enough password"
SENT = "Alles ist gesendet"
WITHOUT_COMFORTS = """
    delete Navigator.prototype.locks; delete Navigator.prototype.serviceWorker; delete Crypto.prototype.randomUUID;
"""
WORKER_IS_READY = """async () => {
    await navigator.serviceWorker.ready;
    const kept = await caches.open("stadtherz-counter-1");
    return (await kept.keys()).length > 5 && !!(await kept.match("/zaehler", { ignoreVary: true }));
}"""
WORKER_HAS_THE_PAGE = "navigator.serviceWorker.controller !== null"


class House:
    """A node that really listens, and what is in its database."""

    def __init__(self, folder: Path) -> None:
        config = NodeConfig(centre_id="alt-hamborn", city="duisburg", data_folder=folder)
        write_secret(config.secret_file, "a secret for tests only")
        self.app = create_app(config)
        self.database: Database = self.app.extensions["stadtherz.database"]
        with self.database.transaction() as session:
            add_account(session, Account, "Anna", PASSWORD, Role.RECEPTION, list(Role), now())
        self.server: BaseWSGIServer = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.database.dispose()

    def end_sessions(self) -> None:
        with self.database.transaction() as session:
            people.end_sessions(session.scalars(select(Account)).one())

    def counted(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.sum(HourCount.count))) or 0

    def taps(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Tap)) or 0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def tablet(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet held upright in one hand."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, locale="de")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def sign_in(page: Page, house: House) -> None:
    page.goto(f"{house.url}/anmelden")
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda address: "/anmelden" not in address)


def open_counter(page: Page, house: House) -> None:
    page.goto(f"{house.url}/zaehler")
    expect(page.locator("[data-ready]")).to_be_attached()


def tap(page: Page, times: int = 1, kind: str = "event") -> None:
    for _ in range(times):
        page.locator(f"button[value={kind}]").click()


def expect_total(page: Page, total: int) -> None:
    expect(page.locator("[data-total]")).to_have_text(str(total))


def expect_status(page: Page, text: str) -> None:
    """Wait for the words; after a touch only once its number is seen, or the words may be from before it."""
    expect(page.locator("[data-status]")).to_contain_text(text)


def test_touches_online_and_offline_count_exactly_once(house: House, tablet: BrowserContext) -> None:
    """Two online, three offline with a number that goes on; back online all five are there, once."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tap(page, 2)
    expect_total(page, 2)
    expect_status(page, SENT)
    assert house.counted() == 2
    tablet.set_offline(True)
    tap(page, 3)
    expect_total(page, 5)
    expect_status(page, "3 noch nicht gesendet")
    assert house.counted() == 2
    tablet.set_offline(False)
    expect_status(page, SENT)
    expect_total(page, 5)
    assert (house.counted(), house.taps()) == (5, 5)


def test_a_page_closed_while_offline_sends_when_it_is_opened_again(house: House, tablet: BrowserContext) -> None:
    """The touches are on the disk of the tablet, not in the page."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tablet.set_offline(True)
    tap(page, 3)
    expect_total(page, 3)
    expect_status(page, "3 noch nicht gesendet")
    page.close()
    tablet.set_offline(False)
    again = tablet.new_page()
    open_counter(again, house)
    expect_status(again, SENT)
    expect_total(again, 3)
    assert (house.counted(), house.taps()) == (3, 3)


def test_the_page_can_be_loaded_anew_while_offline(house: House, tablet: BrowserContext) -> None:
    """Where service workers exist the counter opens without the house, with its numbers, and goes on counting."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tap(page, 2)
    expect_total(page, 2)
    expect_status(page, SENT)
    page.wait_for_function(WORKER_IS_READY)
    open_counter(page, house)
    page.wait_for_function(WORKER_HAS_THE_PAGE)
    tablet.set_offline(True)
    tap(page)
    expect_total(page, 3)
    page.reload()
    expect(page.locator("[data-ready]")).to_be_attached()
    expect_total(page, 3)
    tap(page)
    expect_status(page, "2 noch nicht gesendet")
    tablet.set_offline(False)
    expect_status(page, SENT)
    expect_total(page, 4)
    assert (house.counted(), house.taps()) == (4, 4)


def test_an_answer_that_got_lost_is_asked_for_again_without_counting_twice(
    house: House, tablet: BrowserContext
) -> None:
    """The house has counted, the tablet does not know: it sends the same touches again."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    lost = []

    def lose(route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/zaehler/zaehlungen", lose)
    tap(page)
    expect_total(page, 1)
    expect_status(page, SENT)
    assert [answer.status for answer in lost] == [200]
    assert (house.counted(), house.taps()) == (1, 1)


def test_undo_offline_takes_back_what_was_counted_online(house: House, tablet: BrowserContext) -> None:
    """One less, once, however late it arrives."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tap(page, 2)
    expect_total(page, 2)
    expect_status(page, SENT)
    tablet.set_offline(True)
    page.locator("[data-undo] button").click()
    expect_total(page, 1)
    tablet.set_offline(False)
    expect_status(page, SENT)
    assert (house.counted(), house.taps()) == (1, 3)


def test_an_ended_session_loses_nothing(house: House, tablet: BrowserContext) -> None:
    """The page says to sign in again; after that the touches arrive."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    house.end_sessions()  # at the house: an answer under way would give the tablet its cookie back
    tap(page, 2)
    expect_total(page, 2)
    expect_status(page, "Bitte melden Sie sich wieder an")
    expect(page.locator("[data-sign-in]")).to_be_visible()
    assert house.counted() == 0
    sign_in(page, house)
    open_counter(page, house)
    expect_status(page, SENT)
    assert (house.counted(), house.taps()) == (2, 2)


def test_two_pages_of_one_tablet_send_nothing_twice(house: House, tablet: BrowserContext) -> None:
    """Both count offline and wake at the same moment."""
    pages = [tablet.new_page(), tablet.new_page()]
    sign_in(pages[0], house)
    for page in pages:
        open_counter(page, house)
    tablet.set_offline(True)
    for number, page in enumerate(pages, 1):
        page.bring_to_front()
        tap(page, 2)
        expect_total(page, 2 * number)  # both pages see what the tablet keeps
    tablet.set_offline(False)
    for page in pages:
        expect_status(page, SENT)
    assert (house.counted(), house.taps()) == (4, 4)


def test_over_plain_http_the_fallbacks_count_as_well(house: House, tablet: BrowserContext) -> None:
    """Without locks, service worker and randomUUID, as a browser is on a house's own network."""
    tablet.add_init_script(WITHOUT_COMFORTS)
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    assert page.evaluate("[!!navigator.locks, 'serviceWorker' in navigator, !!crypto.randomUUID]") == [False] * 3
    tablet.set_offline(True)
    tap(page, 2)
    expect_status(page, "2 noch nicht gesendet")
    tablet.set_offline(False)
    expect_status(page, SENT)
    assert (house.counted(), house.taps()) == (2, 2)


def test_without_javascript_the_same_buttons_count(house: House, browser: Browser) -> None:
    """Each press is a form of its own."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="de")
    page = context.new_page()
    sign_in(page, house)
    page.goto(f"{house.url}/zaehler")
    tap(page, 2)
    expect_total(page, 2)
    page.locator("[data-undo] button").click()
    expect_total(page, 1)
    context.close()
    assert house.counted() == 1


def test_a_class_is_one_touch_and_the_next_visitor_is_one_again(house: House, tablet: BrowserContext) -> None:
    """Ten by a choice, seven by a typed number, one; the last three touches are taken back while offline."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    page.locator("[name=step][value='10']").check()
    tap(page)
    expect_total(page, 10)
    page.locator("[name=number]").fill("7")
    tap(page)
    expect_total(page, 17)
    tap(page)
    expect_total(page, 18)
    expect_status(page, SENT)
    assert (house.counted(), house.taps()) == (18, 3)
    tablet.set_offline(True)
    for left in (17, 10, 0):
        page.locator("[data-undo] button").click()
        expect_total(page, left)
    tablet.set_offline(False)
    expect_status(page, SENT)
    assert (house.counted(), house.taps()) == (0, 6)


def test_a_combined_button_says_kind_and_target_group_also_offline(house: House, tablet: BrowserContext) -> None:
    """Its own sum counts on, and so does that of the kind."""
    with house.database.transaction() as session:
        buttons.add_button(session, "event", "children", "Kinderfest")
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tablet.set_offline(True)
    tap(page, 2, "'event:children'")
    tap(page, 1, "event")
    expect(page.locator("[data-sum='event:children']")).to_have_text("2")
    expect(page.locator("[data-sum=event]")).to_have_text("3")
    tablet.set_offline(False)
    expect_status(page, SENT)
    with house.database.reading() as session:
        counted = {count.target_group: count.count for count in session.scalars(select(HourCount))}
    assert counted == {"children": 2, "": 1}


def test_counts_for_a_locked_month_leave_the_tablet_and_it_says_so(house: House, tablet: BrowserContext) -> None:
    """Nothing is lost, nothing is sent for ever, and whoever holds the tablet knows who decides."""
    month = (now().replace(day=1) - timedelta(days=1)).date().replace(day=1)
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tablet.set_offline(True)
    page.clock.set_fixed_time(datetime.combine(month + timedelta(days=9), time(12), UTC))
    tap(page, 2)
    expect(page.locator("[data-counter]")).to_have_attribute("data-waiting", "2")
    page.clock.set_fixed_time(now())
    with house.database.transaction() as session:
        locks.lock_month(session, month, now(), ZoneInfo("Europe/Berlin"), by="leitung")
    tablet.set_offline(False)
    expect(page.locator("[data-refused-text]")).to_contain_text("2 kamen für einen abgeschlossenen Monat")
    expect_status(page, SENT)
    page.locator("[data-refused] button").click()
    expect(page.locator("[data-refused]")).to_be_hidden()
    with house.database.reading() as session:
        assert (house.counted(), len(late.waiting(session))) == (0, 2)


def test_the_hand_is_remembered_by_the_device(house: House, tablet: BrowserContext) -> None:
    """Left once chosen stays left, for this tablet alone."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    expect(page.locator("[data-counter]")).to_have_attribute("data-holds", "right")
    page.locator("[data-device] summary").click()
    page.locator("[name=hand][value=left]").check()
    page.reload()
    expect(page.locator("[data-counter]")).to_have_attribute("data-holds", "left")


def test_the_browser_can_install_the_counter(house: House, tablet: BrowserContext) -> None:
    """It reads the manifest without an error and takes the counter for an app of its own."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    told = tablet.new_cdp_session(page).send("Page.getAppManifest")
    assert (told["errors"], told["url"]) == ([], f"{house.url}/zaehler/app.webmanifest")


def test_buttons_are_big_enough_for_a_thumb(house: House, tablet: BrowserContext) -> None:
    """At 360 px every button of the board is at least 44 px wide and high, and undo stands right below the kinds."""
    page = tablet.new_page()
    sign_in(page, house)
    open_counter(page, house)
    tap(page)
    expect_total(page, 1)
    page.locator("[data-device] summary").click()
    for button in page.locator(".counter__button, .counter__pill, [data-undo] button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    last, undo = (page.locator(place).last.bounding_box() for place in (".counter__button", "[data-undo] button"))
    assert last
    assert undo
    assert undo["y"] - (last["y"] + last["height"]) < 100

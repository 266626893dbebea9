"""A house with a few weeks of life that really listens, and somebody who works there without a mouse."""

import threading
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from werkzeug.serving import BaseWSGIServer, make_server

from deploy.demo import seed
from deploy.demo.city import HOUSES
from node.app import create_app
from node.config import NodeConfig
from node.core.accounts import Account, Role
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret

NAME, PASSWORD = "Anna", "a long enough password"
TABS_MAX = 250  # whoever has to press Tab more often than this cannot work without a mouse
HERE = """wanted => {
    const here = document.activeElement;
    if (!here || !here.matches(wanted)) return "";
    const style = getComputedStyle(here);
    return style.outlineStyle !== "none" || style.boxShadow !== "none" ? "seen" : "unseen";
}"""


class House:
    """A node on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.config = NodeConfig(centre_id="hochfeld", city="duisburg", data_folder=folder)
        write_secret(self.config.secret_file, "a secret for tests only")
        self.app = create_app(self.config)
        self.app.extensions["stadtherz.limiter"].enabled = False  # a test signs in more often than a person
        self.database: Database = self.app.extensions["stadtherz.database"]
        with self.database.transaction() as session:
            add_account(session, Account, NAME, PASSWORD, Role.LEAD, list(Role), now())
        self.server: BaseWSGIServer = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def live(self) -> None:
        """Plant what the demo's house has: spaces, programme, bookings, visits, registrations."""
        house = next(house for house in HOUSES if house.id == self.config.centre_id)
        with self.app.app_context(), self.database.transaction() as session:
            seed.plant(session, house, now())

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.database.dispose()


def sign_in(page: Page, house: House) -> None:
    """Sign in as the lead."""
    page.goto(f"{house.url}/anmelden")
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda address: "/anmelden" not in address)


class Keys:
    """Somebody who has a keyboard only, and sees where they are."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, wanted: str, key: str = "Tab") -> None:
        """Press `key` until the focus stands on something that matches the selector `wanted`, and is seen there."""
        for _press in range(TABS_MAX):
            self.page.keyboard.press(key)
            found = self.page.evaluate(HERE, wanted)
            if found:
                assert found == "seen", f"nobody sees that the focus is on {wanted}"
                return
        raise AssertionError(f"{TABS_MAX} times {key} do not lead to {wanted} on {self.page.url}")

    def type(self, text: str) -> None:
        """Type over whatever stands in the field."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def press_and_arrive(self, key: str, arrived: Callable[[str], bool]) -> None:
        """Press a key that leads to another page, and wait until it is there."""
        self.page.keyboard.press(key)
        self.page.wait_for_url(arrived)
        self.page.wait_for_load_state()

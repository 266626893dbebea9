"""Both sites as people meet them: guards on, rights on, some records inside.

`node` and `hub` are a `Place`: the app, its database, a visitor, and people who are signed in there.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import insert

import hub.app
import node.app
from hub.config import HubConfig
from hub.core.accounts import Account as HubAccount
from hub.core.accounts import Role as HubRole
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space
from hub.themes.service import plant_first_themes
from node.config import NodeConfig
from node.core.accounts import Account, Role
from node.devices import service as devices
from shared.database import Database
from shared.ids import new_id
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret
from tests.factories import make_booking, make_event, make_item, make_space
from tests.hub.calendar.conftest import put_centre, put_event

PASSWORD = "Nebel über dem Rheinpark"
SECRET = "a secret for tests only"


@dataclass(frozen=True)
class Place:
    """A site and who may do everything there."""

    app: Flask
    database: Database
    account: type[Any]
    roles: type[Any]
    master: str

    def visitor(self) -> FlaskClient:
        return self.app.test_client()

    def add_person(self, name: str, role: str = "") -> None:
        with self.database.transaction() as session:
            add_account(session, self.account, name, PASSWORD, role or self.master, list(self.roles), now())

    def person(self, name: str = "Rosa Quittenbaum", role: str = "") -> FlaskClient:
        """Return a client that is signed in, with a new account."""
        self.add_person(name, role)
        client = self.visitor()
        answer = sign_in(client, name)
        assert answer.status_code == 302, answer.text
        return client


MakeSite = Callable[..., Callable[..., Place]]


def token_of(page: str) -> str:
    """Return the CSRF token of the first form of a page."""
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: Any) -> Any:
    """Send the sign-in form as a browser does."""
    token = token_of(client.get("/anmelden", **more).text)
    return client.post("/anmelden", data={"name": name, "password": password, "csrf_token": token}, **more)


def rows_of(database: Database) -> dict[str, int]:
    """Return how many rows each table has."""
    with database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests of this folder, not once for each app."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture(scope="session")
def first_databases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A database of each site that all migrations have run on and that has some records, once for this folder."""
    folder = tmp_path_factory.mktemp("first")
    of_node = NodeConfig(centre_id="alt-hamborn", city="duisburg", data_folder=folder / "node")
    of_hub = HubConfig(city="duisburg", city_name="Duisburg", data_folder=folder / "hub")
    return {
        "node": _filled(of_node, node.app.create_app, _furnish_node),
        "hub": _filled(of_hub, hub.app.create_app, _furnish_hub),
    }


def _filled(config: Any, create_app: Callable[[Any], Flask], furnish: Callable[[Any], None]) -> Path:
    write_secret(config.secret_file, SECRET)
    database = create_app(config).extensions["stadtherz.database"]
    with database.transaction() as session:
        furnish(session)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return Path(config.database_url.removeprefix("sqlite:///"))


def _furnish_node(session: Any) -> None:
    """A hall with a booking, an event one can register for, chairs."""
    soon = now().date() + timedelta(days=10)
    hall = make_space(session, name="Saal")
    make_booking(session, space=hall, day=soon, now=now(), title="Chor", contact_name="Ottilie Zwetschge")
    make_event(session, "Offenes Frühstück", day=soon, now=now(), registration="required", capacity=5)
    make_item(session, "Stühle", 40)


def _furnish_hub(session: Any) -> None:
    """A house with an event, a room and opening hours."""
    plant_first_themes(session)
    put_centre(session, "hamborn", "Hamborn", quarter="Marxloh", latitude=51.4, longitude=6.7)
    for number in range(3):
        starts_at = (now() + timedelta(days=3 + number)).replace(minute=0, second=0)
        put_event(session, f"Offenes Frühstück {number}", centre="hamborn", starts_at=starts_at, theme="family")
    rows = {
        Space: {"name": "Saal", "kind": "multi_purpose", "capacity": 80},
        OpeningHours: {"opens_local": "00:00", "closes_local": "00:00", "kind": "open"},
    }
    for kind, row in rows.items():
        session.connection().execute(insert(kind.__table__), [{"centre_id": "hamborn", "id": new_id(), **row}])


@pytest.fixture
def make_site(first_databases: dict[str, Path], compiled_pages: FileSystemBytecodeCache) -> Iterator[MakeSite]:
    """Return a function: a side, its first settings, how it is made, its accounts -> what makes it with other ones."""
    made: list[Place] = []

    def site(side: str, config: Any, create_app: Callable[[Any], Flask], *accounts: Any) -> Callable[..., Place]:
        def make(**settings: Any) -> Place:
            app = _started(replace(config, **settings), create_app, first_databases[side], compiled_pages)
            made.append(Place(app, app.extensions["stadtherz.database"], *accounts))
            return made[-1]

        return make

    yield site
    for place in made:
        place.database.dispose()


@pytest.fixture
def make_node(tmp_path: Path, make_site: MakeSite) -> Callable[..., Place]:
    """Return a function: settings -> the site of a centre."""
    config = NodeConfig(centre_id="alt-hamborn", city="duisburg", data_folder=tmp_path / "node")
    return make_site("node", config, node.app.create_app, Account, Role, Role.LEAD)


@pytest.fixture
def make_hub(tmp_path: Path, make_site: MakeSite) -> Callable[..., Place]:
    """Return a function: settings -> the site of the city."""
    config = HubConfig(city="duisburg", city_name="Duisburg", data_folder=tmp_path / "hub")
    return make_site("hub", config, hub.app.create_app, HubAccount, HubRole, HubRole.ADMINISTRATOR)


def _started(config: Any, create_app: Callable[[Any], Flask], first: Path, pages: FileSystemBytecodeCache) -> Flask:
    if not config.secret_file.exists():
        write_secret(config.secret_file, SECRET)
        shutil.copy(first, config.data_folder)
    app = create_app(config)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a mistake of ours is an answer with 500, as outside
    app.jinja_env.bytecode_cache = pages
    return app


@pytest.fixture(params=["node", "hub"])
def make_place(request: pytest.FixtureRequest) -> Callable[..., Place]:
    """Each site in turn: what follows holds for both."""
    made: Callable[..., Place] = request.getfixturevalue(f"make_{request.param}")
    return made


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    """Each site as it is by default."""
    return make_place()


@pytest.fixture
def centre(make_node: Callable[..., Place]) -> Place:
    """A centre's site as it is by default."""
    return make_node()


@pytest.fixture
def city(make_hub: Callable[..., Place]) -> Place:
    """The city's site as it is by default."""
    return make_hub()


@pytest.fixture
def device(centre: Place) -> str:
    """The token of a device that may do all that devices may."""
    with centre.database.transaction() as session:
        return devices.add_device(session, new_id(), "Tablet", devices.GRANTABLE, now=now())

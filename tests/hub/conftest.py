"""A running hub on a real SQLite database, and people who are signed in there.

`app`, `database`, `client` (a visitor), `sign_in` (a function: role -> client) and
`signed_in` (a client who may do everything). For rules without a site: `store`, an empty database
on either engine, and `session`, a transaction on it.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.config import HubConfig
from hub.core.accounts import Account, Role
from hub.core.db import Base
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret

PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that all migrations have run on, once for all tests of this folder."""
    settings = HubConfig(city_name="Duisburg", city="duisburg", data_folder=tmp_path_factory.mktemp("new"))
    write_secret(settings.secret_file, "a secret for tests only")
    database = create_app(settings).extensions["stadtherz.database"]
    database.dispose()
    return Path(database.url.database)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of a hub, on either engine."""
    on_sqlite = request.param == "sqlite"
    made = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}" if on_sqlite else request.getfixturevalue("postgres_url"))
    Base.metadata.create_all(made.engine)
    yield made
    made.dispose()


@pytest.fixture
def session(store: Database) -> Iterator[Session]:
    """A writing transaction that stays open for the whole test."""
    with store.transaction() as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path, new_database: Path) -> HubConfig:
    """Settings of a hub in its own folder, with its secret and its empty database."""
    settings = HubConfig(city_name="Duisburg", city="duisburg", data_folder=tmp_path / "hub")
    write_secret(settings.secret_file, "a secret for tests only")
    shutil.copy(new_database, settings.data_folder)
    return settings


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests of this folder, not once for each app."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(compiled_pages: FileSystemBytecodeCache, config: HubConfig) -> Iterator[Flask]:
    made = create_app(config)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    made.jinja_env.bytecode_cache = compiled_pages
    yield made
    made.extensions["stadtherz.database"].dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    """The app's database; opens its own transactions, apart from the requests'."""
    return app.extensions["stadtherz.database"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who is not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, database: Database) -> Callable[..., FlaskClient]:
    """Return a function that makes an account of a role and a client signed in with it."""

    def signed(role: str = Role.ADMINISTRATOR, name: str = "") -> FlaskClient:
        name = name or f"Person {role}"
        with database.transaction() as session:
            add_account(session, Account, name, PASSWORD, role, list(Role), now())
        client = app.test_client()
        answer = client.post("/anmelden", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return signed


@pytest.fixture
def signed_in(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A client who may do everything here."""
    return sign_in()

"""A running node on a real SQLite database, and people who are signed in there.

`app`, `database`, `client` (a visitor), `sign_in` (a function: role -> client) and
`signed_in` (a client who may do everything).
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from node.app import create_app
from node.config import NodeConfig
from node.core.accounts import Account, Role
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.settings import write_secret

PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that all migrations have run on, once for all tests of this folder."""
    settings = NodeConfig(centre_id="alt-hamborn", city="duisburg", data_folder=tmp_path_factory.mktemp("new"))
    write_secret(settings.secret_file, "a secret for tests only")
    create_app(settings).extensions["stadtherz.database"].dispose()
    return Path(settings.database_url.removeprefix("sqlite:///"))


@pytest.fixture
def config(tmp_path: Path, new_database: Path) -> NodeConfig:
    """Settings of a node in its own folder, with its secret and its empty database."""
    settings = NodeConfig(centre_id="alt-hamborn", city="duisburg", data_folder=tmp_path / "node")
    write_secret(settings.secret_file, "a secret for tests only")
    shutil.copy(new_database, settings.data_folder)
    return settings


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests of this folder, not once for each app."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(compiled_pages: FileSystemBytecodeCache, config: NodeConfig) -> Iterator[Flask]:
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

    def signed(role: str = Role.LEAD, name: str = "") -> FlaskClient:
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

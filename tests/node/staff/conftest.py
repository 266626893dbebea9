"""Signing in step by step, as these tests need it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Account
from shared.database import Database

PASSWORD = "a long enough password"


@pytest.fixture
def enter(app: Flask) -> Callable[..., tuple[FlaskClient, Any]]:
    """Return a function that types name and password at a new device, and returns it with the answer."""

    def entered(name: str, password: str = PASSWORD) -> tuple[FlaskClient, Any]:
        client = app.test_client()
        return client, client.post("/anmelden", data={"name": name, "password": password})

    return entered


@pytest.fixture
def account_of(database: Database) -> Callable[[str], Account]:
    """Return a function that reads an account by its name."""

    def read(name: str) -> Account:
        with database.reading() as session:
            return session.scalars(select(Account).where(Account.name == name)).one()

    return read

"""Devices that call: `caller(rights)` returns one with a token of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from node.core.rights import Right
from node.devices import service as devices
from shared.database import Database
from shared.ids import new_id
from shared.time import now


class Caller:
    """A program with a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client, self.token = app.test_client(), token

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self._client.open(f"/api/1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.call("PUT", path, **options)


@pytest.fixture
def caller(app: Flask, database: Database) -> Callable[..., Caller]:
    """Return a function: rights (all that a device may have, if none are named) -> Caller."""

    def made(*rights: Right) -> Caller:
        with database.transaction() as session:
            token = devices.add_device(session, new_id(), "Tablet", rights or devices.GRANTABLE, now=now())
        return Caller(app, token)

    return made

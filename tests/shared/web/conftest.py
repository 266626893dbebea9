"""A small site of its own: the shell, sign-in and one or two pages, without any feature."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from flask import Blueprint, Flask, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy.orm import DeclarativeBase
from wtforms import StringField

from shared.database import Database
from shared.time import now
from shared.web import accounts, navigation
from shared.web.accounts import AccountColumns, add_account, staff_required
from shared.web.accounts.columns import (
    EndedSessionColumns,
    RecoveryCodeColumns,
    SecondFactorColumns,
    SecondFactorRoleColumns,
)
from shared.web.accounts.people import People
from shared.web.accounts.second_factor import SecondFactors
from shared.web.forms import Form, needed
from shared.web.site import Site, equip

PASSWORD = "a long enough password"


class Base(DeclarativeBase):
    pass


class Role(StrEnum):
    CHIEF = "chief"
    CLERK = "clerk"


class Person(AccountColumns, Base):
    pass


class SecondFactor(SecondFactorColumns, Base):
    pass


class RecoveryCode(RecoveryCodeColumns, Base):
    pass


class EndedSession(EndedSessionColumns, Base):
    pass


class SecondFactorRole(SecondFactorRoleColumns, Base):
    pass


class NoteForm(Form):
    note = StringField("Note", [needed()])


PAGE = """{% extends "shell.html" %}{% from "macros.html" import form_start, form_end, field, form_errors, submit %}
{% block title %}Notes{% endblock %}{% block content %}{{ form_errors(form) }}{{ form_start() }}{{ field(form.note) }}
{{ submit("Save") }}{{ form_end() }}{% endblock %}"""


class Town(NamedTuple):
    """The app, its database, and what its pages were given."""

    app: Flask
    database: Database
    notes: list[str]

    def visitor(self) -> FlaskClient:
        return self.app.test_client()

    def staff(self, role: str = "chief", name: str = "Anna") -> FlaskClient:
        """Return a client that is signed in with a new account."""
        with self.database.transaction() as session:
            add_account(session, Person, name, PASSWORD, role, ["chief", "clerk"], now())
        client = self.visitor()
        token = token_of(client.get("/anmelden").text)
        form = {"name": name, "password": PASSWORD, "csrf_token": token}
        assert client.post("/anmelden", data=form).status_code == 302
        return client


def token_of(page: str) -> str:
    """Return the CSRF token of the first form of a page."""
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def _pages(notes: list[str]) -> Blueprint:
    pages = Blueprint("notes", __name__)

    @pages.route("/notes", methods=["GET", "POST"])
    def public() -> Any:
        form = NoteForm()
        if request.method == "POST" and form.validate():
            notes.append(form.note.data)
            return "saved"
        return render_template_string(PAGE, form=form)

    @pages.route("/desk", methods=["GET", "POST"])
    @staff_required
    def desk() -> Any:
        return public()

    @pages.get("/safe")
    @staff_required("chief")
    def safe() -> str:
        return "gold"

    @pages.get("/broken")
    def broken() -> str:
        raise RuntimeError("a mistake of ours")

    return pages


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Return a function that makes the site; settings of `Site` can be given."""
    made: list[Database] = []

    def make(**settings: Any) -> Town:
        app = Flask("town")
        database = Database(f"sqlite:///{tmp_path / 'town.sqlite'}")
        made.append(database)
        site = {"cookie": "town", "zone": ZoneInfo("Europe/Berlin"), "secret_key": "secret of a test", "texts": []}
        equip(app, Site(**{**site, **settings}), database)
        people = People(Person, SecondFactorRole, Role, Role.CHIEF)
        factors = SecondFactors(Person, SecondFactor, RecoveryCode, SecondFactorRole, ())
        accounts.equip(
            app, accounts.Desk(people, factors, EndedSession, database, {role: role.title() for role in Role})
        )
        notes: list[str] = []
        app.register_blueprint(_pages(notes))
        navigation.add(app, "Safe", "notes.safe", order=20, roles=("chief",))
        navigation.add(app, "Desk", "notes.desk", order=10)
        navigation.add(app, "Notes", "notes.public", order=30, for_staff=False)
        Base.metadata.create_all(database.engine)
        return Town(app, database, notes)

    yield make
    for database in made:
        database.dispose()


@pytest.fixture
def town(make_town: Callable[..., Town]) -> Town:
    """The site as it is by default."""
    return make_town()

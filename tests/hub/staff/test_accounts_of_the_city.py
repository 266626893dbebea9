"""Accounts of the city's staff through the pages, and the log of what was done there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.config import HubConfig
from hub.core.accounts import PEOPLE, SECOND_FACTORS, Account, Role
from hub.core.audit import AuditEntry
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account, totp
from shared.web.accounts.people import LastMaster
from shared.web.accounts.second_factor import CodeWrong, sealing
from tests.hub.conftest import PASSWORD

SignIn = Callable[..., FlaskClient]


def enter(app: Flask, name: str, password: str = PASSWORD) -> tuple[FlaskClient, Any]:
    """Type name and password at a new device."""
    client = app.test_client()
    return client, client.post("/anmelden", data={"name": name, "password": password})


def account(database: Database, name: str) -> Account:
    """Return an account by its name."""
    with database.reading() as session:
        return session.scalars(select(Account).where(Account.name == name)).one()


def test_a_new_colleague_gets_a_start_password_and_chooses_an_own_one(signed_in: FlaskClient, app: Flask) -> None:
    """Until then every page leads there."""
    page = signed_in.post("/konten/neu", data={"name": "Carla Neu", "role": Role.PLANNER})
    (start,) = re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", page.text)
    client, _answer = enter(app, "Carla Neu", start)
    assert client.get("/berichte").location == "/konto"
    assert client.get("/").location == "/konto"
    assert client.get("/karte?ebene=norm").location == "/konto"
    assert "ebene=abdeckung" not in client.get("/karte").text
    own = {"present": start, "wanted": "mein langes Passwort", "repeated": "mein langes Passwort"}
    client.post("/konto", data=own)
    assert client.get("/konto").status_code == 200
    assert enter(app, "Carla Neu", "mein langes Passwort")[1].status_code == 302


def test_whoever_is_locked_is_out_at_once(
    signed_in: FlaskClient, sign_in: SignIn, app: Flask, database: Database
) -> None:
    """The session ends, the password opens nothing; opened again it does."""
    planner = sign_in(Role.PLANNER, "Paul")
    paul = account(database, "Paul").id
    signed_in.post(f"/konten/{paul}/sperren")
    assert planner.get("/konto").status_code == 302
    assert enter(app, "Paul")[1].status_code == 422
    signed_in.post(f"/konten/{paul}/oeffnen")
    assert enter(app, "Paul")[1].status_code == 302


def test_another_role_ends_the_sessions(signed_in: FlaskClient, sign_in: SignIn, database: Database) -> None:
    """Whoever becomes an editor does not go on as a planner."""
    planner = sign_in(Role.PLANNER, "Paul")
    paul = account(database, "Paul").id
    signed_in.post(f"/konten/{paul}/rolle", data={"role": Role.EDITOR})
    assert account(database, "Paul").role == Role.EDITOR
    assert planner.get("/konto").status_code == 302


def test_the_last_administrator_cannot_be_locked_out(database: Database) -> None:
    """Neither by a lock nor by another role; with a second administrator both are possible."""
    with database.transaction() as session:
        anna, _start = PEOPLE.add_person(session, "Anna", Role.ADMINISTRATOR, now=now())
        bert, _start = PEOPLE.add_person(session, "Bert", Role.PLANNER, now=now())
        session.flush()
        with pytest.raises(LastMaster):
            PEOPLE.lock(session, anna.id, by=bert.id, now=now())
        with pytest.raises(LastMaster):
            PEOPLE.change_role(session, anna.id, Role.EDITOR, by=bert.id)
        PEOPLE.change_role(session, bert.id, Role.ADMINISTRATOR, by=anna.id)
        session.flush()
        assert PEOPLE.lock(session, anna.id, by=bert.id, now=now()).locked_at


@pytest.fixture
def on_postgresql(config: HubConfig, postgres_url: str) -> Iterator[Database]:
    """The hub's tables where two transactions run side by side."""
    made = create_app(replace(config, database=postgres_url)).extensions["stadtherz.database"]
    yield made
    made.dispose()


def waits(session: Session, deed: Callable[[], object]) -> bool:
    """Tell whether a deed has to wait for another transaction."""
    session.execute(text("SET LOCAL lock_timeout = '100ms'"))
    try:
        deed()
    except OperationalError:
        return True
    return False


@pytest.mark.service("postgresql")
def test_two_administrators_cannot_lock_each_other_out(on_postgresql: Database) -> None:
    """The second waits for the first, and finds that nobody else is left."""
    with on_postgresql.transaction() as session:
        one, other = (
            add_account(session, Account, name, PASSWORD, Role.ADMINISTRATOR, list(Role), now()) for name in "ab"
        )
    with on_postgresql.transaction() as first:
        PEOPLE.lock(first, one.id, by=other.id, now=now())
        with on_postgresql.transaction() as second:
            assert waits(second, lambda: PEOPLE.lock(second, other.id, by=one.id, now=now()))
            second.rollback()
    with on_postgresql.transaction() as session, pytest.raises(LastMaster):
        PEOPLE.lock(session, other.id, by=one.id, now=now())


@pytest.mark.service("postgresql")
def test_a_code_counts_once_for_two_at_the_same_moment(on_postgresql: Database) -> None:
    """The second waits for the first, and comes too late."""
    box = sealing("a secret for tests only")
    with on_postgresql.transaction() as session:
        person = add_account(session, Account, "a", PASSWORD, Role.EDITOR, list(Role), now())
        session.flush()
        SECOND_FACTORS.begin(session, person, box, now=now())
        session.flush()
        secret = SECOND_FACTORS.find_unconfirmed(session, person.id, box, now=now())
        assert secret is not None
        step = totp.step_at(now())
        codes = SECOND_FACTORS.confirm(session, person, totp.code_at(secret, step), box, now=now())
    with on_postgresql.transaction() as first:
        SECOND_FACTORS.use_code(first, person.id, codes[0], box, now=now())
        with on_postgresql.transaction() as second:
            assert waits(second, lambda: SECOND_FACTORS.use_code(second, person.id, codes[0], box, now=now()))
            second.rollback()
    with on_postgresql.transaction() as session, pytest.raises(CodeWrong):
        SECOND_FACTORS.use_code(session, person.id, codes[0], box, now=now())


def test_nobody_locks_the_own_account(signed_in: FlaskClient, database: Database) -> None:
    """The page says who can."""
    oneself = account(database, "Person administrator").id
    answer = signed_in.post(f"/konten/{oneself}/sperren", follow_redirects=True)
    assert "Das geht nicht am eigenen Konto" in answer.text
    assert account(database, "Person administrator").locked_at is None


def test_a_second_factor_is_asked_for(app: Flask, sign_in: SignIn, database: Database) -> None:
    """After the password, before anything else; a recovery code opens once."""
    sign_in(Role.PLANNER, "Paul")
    paul, at, box = account(database, "Paul").id, now(), sealing(str(app.secret_key))
    with database.transaction() as session:
        SECOND_FACTORS.begin(session, PEOPLE.get_account(session, paul), box, now=at)
        session.flush()
        secret = SECOND_FACTORS.find_unconfirmed(session, paul, box, now=at)
        assert secret
        code = totp.code_at(secret, totp.step_at(at))
        codes = SECOND_FACTORS.confirm(session, PEOPLE.get_account(session, paul), code, box, now=at)
    client, answer = enter(app, "Paul")
    assert answer.location.startswith("/anmelden/code")
    assert client.get("/konto").status_code == 302
    assert client.post("/anmelden/code", data={"code": "000000"}).status_code == 422
    assert client.post("/anmelden/code", data={"code": codes[0]}).status_code == 302
    assert client.get("/konto").status_code == 200
    again, _answer = enter(app, "Paul")
    assert again.post("/anmelden/code", data={"code": codes[0]}).status_code == 422


def test_a_demanded_second_factor_is_set_up_first(signed_in: FlaskClient, sign_in: SignIn) -> None:
    """Every page leads there."""
    planner = sign_in(Role.PLANNER, "Paul")
    signed_in.post("/konten/zweiter-faktor-verlangen", data={"roles": [Role.PLANNER]})
    assert planner.get("/berichte").location == "/konto/zweiter-faktor"
    assert "zweiten Faktor" in planner.get("/konto/zweiter-faktor").text


@pytest.mark.parametrize("page", ["/konten", "/konten/neu", "/konto", "/konto/zweiter-faktor"])
def test_the_pages_can_be_read(signed_in: FlaskClient, page: str) -> None:
    """In German, by the administrator."""
    answer = signed_in.get(page)
    assert answer.status_code == 200
    assert 'lang="de"' in answer.text


def test_what_was_done_to_an_account_stands_in_the_log(
    signed_in: FlaskClient, sign_in: SignIn, database: Database
) -> None:
    """With who did it, and without names and passwords."""
    sign_in(Role.PLANNER, "Paul")
    paul, boss = account(database, "Paul").id, account(database, "Person administrator").id
    signed_in.post(f"/konten/{paul}/rolle", data={"role": Role.EDITOR})
    with database.reading() as session:
        newest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert newest is not None
    assert (newest.table_name, newest.record_id, newest.actor_id) == ("accounts", paul, boss)
    assert newest.changes == {"role": ["planner", "editor"]}
    page = signed_in.get("/protokoll").text
    assert "Sozialplanung → Redaktion" in page
    assert "Person administrator" in page

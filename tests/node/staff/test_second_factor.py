"""The second factor: set up with a first code, asked for, used once, replaced, demanded, reset."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Account, Role, people, second_factor
from node.core.accounts.models import RecoveryCode, SecondFactor
from node.core.accounts.second_factor import CodeWrong
from shared.database import Database
from shared.time import now
from shared.web.accounts import totp

SignIn = Callable[..., FlaskClient]
Enter = Callable[..., tuple[FlaskClient, Any]]
Find = Callable[[str], Account]
BOX = second_factor.sealing("a secret for tests only")


def secret_of(database: Database, name: str) -> bytes:
    """Return the secret that somebody's app would have."""
    with database.reading() as session:
        factor = session.scalars(select(SecondFactor).join(Account).where(Account.name == name)).one()
        return bytes(BOX.decrypt(factor.sealed))


def next_code(database: Database, name: str) -> str:
    """Return a code that counts now: the one after the last that was used."""
    with database.reading() as session:
        last = session.scalars(select(SecondFactor.last_step).join(Account).where(Account.name == name)).one()
    return totp.code_at(secret_of(database, name), max(last + 1, totp.step_at(now())))


def set_up(client: FlaskClient, database: Database, name: str) -> list[str]:
    """Set up a second factor through the pages; return the recovery codes."""
    client.post("/konto/zweiter-faktor/beginnen")
    page = client.get("/konto/zweiter-faktor").text
    assert totp.as_text(secret_of(database, name)) in page.replace(" ", "")
    picture = client.get("/konto/zweiter-faktor/code.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    done = client.post("/konto/zweiter-faktor", data={"code": next_code(database, name)})
    assert done.status_code == 200, done.text
    return re.findall(r"<code>([\w-]{29})</code>", done.text)


def test_the_password_alone_opens_nothing(sign_in: SignIn, database: Database, enter: Enter) -> None:
    """After setting up, a sign-in asks for a code and leads on to the page that was wanted."""
    set_up(sign_in(Role.LEAD, "Anna"), database, "Anna")
    client, answer = enter("Anna")
    assert answer.location.startswith("/anmelden/code")
    assert client.get("/verwaltung").status_code == 302
    assert client.post("/anmelden/code", data={"code": "000000"}).status_code == 422
    entered = client.post("/anmelden/code?weiter=/verwaltung", data={"code": next_code(database, "Anna")})
    assert entered.location == "/verwaltung"
    assert client.get("/verwaltung").status_code == 200


def test_a_code_is_not_used_twice(sign_in: SignIn, database: Database, enter: Enter) -> None:
    """Whoever looked over the shoulder is refused with the same code."""
    set_up(sign_in(Role.LEAD, "Anna"), database, "Anna")
    code = next_code(database, "Anna")
    first, second = enter("Anna")[0], enter("Anna")[0]
    assert first.post("/anmelden/code", data={"code": code}).status_code == 302
    assert second.post("/anmelden/code", data={"code": code}).status_code == 422


def test_the_secret_is_never_shown_again(sign_in: SignIn, database: Database) -> None:
    """After the first code neither the page nor the picture has it, and the database only sealed."""
    client = sign_in(Role.LEAD, "Anna")
    set_up(client, database, "Anna")
    secret = secret_of(database, "Anna")
    assert totp.as_text(secret) not in client.get("/konto/zweiter-faktor").text.replace(" ", "")
    assert client.get("/konto/zweiter-faktor/code.svg").status_code == 404
    with database.reading() as session:
        assert secret not in session.scalars(select(SecondFactor)).one().sealed


def test_a_recovery_code_stands_in_once(sign_in: SignIn, database: Database, enter: Enter) -> None:
    """Ten codes, each good for one sign-in, stored as hashes only."""
    codes = set_up(sign_in(Role.LEAD, "Anna"), database, "Anna")
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    with database.reading() as session:
        assert not {row.code_hash for row in session.scalars(select(RecoveryCode))} & set(codes)
    for status in (302, 422):
        client, _answer = enter("Anna")
        assert client.post("/anmelden/code", data={"code": codes[0].upper()}).status_code == status


def test_codes_need_a_password_first(client: FlaskClient, app: Flask, sign_in: SignIn, database: Database) -> None:
    """Nobody gets to the second step without the first, nor with one of long ago."""
    set_up(sign_in(Role.LEAD, "Anna"), database, "Anna")
    assert client.get("/anmelden/code").location.startswith("/anmelden")
    assert client.post("/anmelden/code", data={"code": next_code(database, "Anna")}).status_code == 302
    assert client.get("/verwaltung").status_code == 302


def test_guessing_codes_is_slowed_down(app: Flask, sign_in: SignIn, database: Database, enter: Enter) -> None:
    """After six wrong codes the right one has to wait too, at any device."""
    set_up(sign_in(Role.LEAD, "Anna"), database, "Anna")
    with limits(app):
        client, _answer = enter("Anna")
        for _try in range(6):
            assert client.post("/anmelden/code", data={"code": "000000"}).status_code == 422
        other, _answer = enter("Anna")
        assert other.post("/anmelden/code", data={"code": next_code(database, "Anna")}).status_code == 429


class limits:  # noqa: N801 (reads as a context)
    """The app's limits switched on, which other tests do without."""

    def __init__(self, app: Flask) -> None:
        self.limiter = app.extensions["stadtherz.limiter"]

    def __enter__(self) -> None:
        self.limiter.enabled = True

    def __exit__(self, *_: object) -> None:
        self.limiter.enabled = False


def test_the_house_demands_it(signed_in: FlaskClient, sign_in: SignIn, database: Database, account_of: Find) -> None:
    """The office is led to set one up and cannot switch it off; the reception is not asked."""
    office, reception = sign_in(Role.OFFICE, "Bert"), sign_in(Role.RECEPTION, "Carla")
    signed_in.post("/konten/zweiter-faktor-verlangen", data={"roles": ["office"]})
    assert office.get("/verwaltung").location == "/konto/zweiter-faktor"
    assert reception.get("/verwaltung").status_code == 200
    set_up(office, database, "Bert")
    assert office.get("/verwaltung").status_code == 200
    code = next_code(database, "Bert")
    refused = office.post("/konto/zweiter-faktor/abschalten", data={"code": code}, follow_redirects=True)
    assert "lässt sich nicht abschalten" in refused.text
    signed_in.post(f"/konten/{account_of('Carla').id}/rolle", data={"role": "office"})
    assert account_of("Carla").second_factor_due
    signed_in.post("/konten/zweiter-faktor-verlangen", data={"roles": []})
    assert not account_of("Carla").second_factor_due


def test_it_is_switched_off_with_a_code(sign_in: SignIn, database: Database, enter: Enter) -> None:
    """A wrong code switches nothing off; the right one does, and the password is enough again."""
    client = sign_in(Role.OFFICE, "Bert")
    set_up(client, database, "Bert")
    assert client.post("/konto/zweiter-faktor/abschalten", data={"code": "1"}).status_code == 422
    client.post("/konto/zweiter-faktor/abschalten", data={"code": next_code(database, "Bert")})
    assert enter("Bert")[1].location == "/"


def test_the_lead_resets_it(signed_in: FlaskClient, sign_in: SignIn, database: Database, enter: Enter) -> None:
    """For a lost phone: the sessions end, the password is enough."""
    office = sign_in(Role.OFFICE, "Bert")
    set_up(office, database, "Bert")
    with database.reading() as session:
        account_id = session.scalars(select(Account.id).where(Account.name == "Bert")).one()
    signed_in.post(f"/konten/{account_id}/zweiter-faktor")
    assert office.get("/verwaltung").status_code == 302
    assert enter("Bert")[1].location == "/"


@pytest.fixture
def anna(database: Database) -> str:
    with database.transaction() as session:
        account, _password = people.add_person(session, "Anna", Role.LEAD, now=now())
        session.flush()
        return account.id


def begun(database: Database, account_id: str, at: datetime) -> bytes:
    with database.transaction() as session:
        second_factor.begin(session, people.get_account(session, account_id), BOX, now=at)
        secret = second_factor.find_unconfirmed(session, account_id, BOX, now=at)
        assert secret is not None
        return secret


def test_setting_up_takes_half_an_hour_at_most(database: Database, anna: str) -> None:
    """A secret left on a screen in the morning is no good in the afternoon."""
    at = now()
    secret = begun(database, anna, at)
    late = at + timedelta(minutes=31)
    code = totp.code_at(secret, totp.step_at(late))
    with database.transaction() as session, pytest.raises(CodeWrong):
        second_factor.confirm(session, people.get_account(session, anna), code, BOX, now=late)


def test_another_secret_file_opens_nothing(database: Database, anna: str) -> None:
    """A database on another machine refuses every code of the app, and fails on none."""
    at = now()
    secret = begun(database, anna, at)
    code = totp.code_at(secret, totp.step_at(at))
    with database.transaction() as session:
        codes = second_factor.confirm(session, people.get_account(session, anna), code, BOX, now=at)
    later = at + timedelta(minutes=5)
    next_one = totp.code_at(secret, totp.step_at(later))
    elsewhere = second_factor.sealing("another secret")
    with database.transaction() as session:
        with pytest.raises(CodeWrong):
            second_factor.use_code(session, anna, next_one, elsewhere, now=later)
        second_factor.use_code(session, anna, codes[3], elsewhere, now=later)

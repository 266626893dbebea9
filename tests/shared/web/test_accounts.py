"""Signing in, staying in, going out; and what a guesser learns: nothing."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import extract_parameters

from shared.time import now
from shared.web.accounts import AccountExists, PasswordTooShort, UnknownRole, add_account, find_account
from shared.web.accounts.service import check, hash_of
from tests.shared.web.conftest import PASSWORD, Person, token_of


def attempt(client: Any, name: str, password: str, path: str = "/anmelden") -> Any:
    """Send the sign-in form."""
    token = token_of(client.get("/anmelden").text)
    return client.post(path, data={"name": name, "password": password, "csrf_token": token})


def test_whoever_signs_in_comes_back_to_the_page_wanted(town: Any) -> None:
    """The way from a staff page over the sign-in leads to that page."""
    town.staff()
    client = town.visitor()
    asked = client.get("/desk?tag=heute")
    assert asked.location == "/anmelden?weiter=/desk?tag%3Dheute"
    assert attempt(client, "  aNNa ", PASSWORD, asked.location).location == "/desk?tag=heute"
    assert client.get("/desk").status_code == 200


def test_nobody_is_sent_elsewhere_after_signing_in(town: Any) -> None:
    """A link to the sign-in page cannot be used to lead staff to another site."""
    town.staff()
    answer = attempt(town.visitor(), "Anna", PASSWORD, "/anmelden?weiter=https://elsewhere.example/")
    assert answer.location == "/"


def test_a_guesser_learns_no_names(town: Any) -> None:
    """A wrong name and a wrong password get the same page."""
    town.staff()
    pages = []
    for name in ("Anna", "Otto"):
        answer = attempt(town.visitor(), name, "wrong password")
        assert answer.status_code == 422
        pages.append(answer.text.replace(name, "").replace(token_of(answer.text), ""))
    assert pages[0] == pages[1]


def test_a_wrong_name_costs_as_much_as_a_wrong_password(town: Any) -> None:
    """For a name that does not exist a hash of the same cost is checked, so the time tells nothing; it fits nothing."""
    town.staff()
    with town.database.reading() as session:
        known, unknown = (hash_of(find_account(session, Person, name)) for name in ("Anna", "Otto"))
        assert extract_parameters(known) == extract_parameters(unknown)
        assert known != unknown
        assert check(session, Person, "Anna", PASSWORD) is not None
        for password in (PASSWORD, "", "x" * 5000):
            assert check(session, Person, "Otto", password) is None


def test_guessing_is_slowed_down(town: Any) -> None:
    """After six wrong tries at a name even the right password has to wait, and a page says so."""
    town.staff()
    client = town.visitor()
    for _try in range(6):
        assert attempt(client, "Anna", "wrong password").status_code == 422
    answer = attempt(client, "anna", PASSWORD)
    assert answer.status_code == 429
    assert "Zu viele Versuche" in answer.text
    assert attempt(client, "Somebody else", "wrong password").status_code == 422


def test_right_passwords_are_not_counted(town: Any) -> None:
    """A house whose staff signs in often behind one address is not locked out."""
    town.staff()
    assert {attempt(town.visitor(), "Anna", PASSWORD).status_code for _try in range(8)} == {302}


def test_roles_open_doors(town: Any) -> None:
    """A page of the chief refuses the clerk with a page that says why, and the navigation leaves it out."""
    clerk, chief = town.staff("clerk", "Carla"), town.staff("chief", "Anna")
    assert chief.get("/safe").text == "gold"
    refused = clerk.get("/safe")
    assert refused.status_code == 403
    assert "nicht freigegeben" in refused.text
    assert ">Safe<" not in clerk.get("/desk").text
    assert ">Safe<" in chief.get("/desk").text


def test_signing_out_ends_the_session(town: Any) -> None:
    """After signing out a staff page asks to sign in again; only a form with a token signs out."""
    client = town.staff()
    assert client.post("/abmelden").status_code == 400
    client.post("/abmelden", data={"csrf_token": token_of(client.get("/desk").text)})
    assert client.get("/desk").status_code == 302


def test_a_new_password_signs_out_all_other_devices(town: Any) -> None:
    """Whoever changes the password stays signed in here and is signed out everywhere else."""
    here, there = town.staff(), town.visitor()
    attempt(there, "Anna", PASSWORD)
    assert there.get("/desk").status_code == 200
    form = {"present": PASSWORD, "wanted": "an even longer password", "repeated": "an even longer password"}
    answer = here.post("/konto", data={**form, "csrf_token": token_of(here.get("/konto").text)})
    assert answer.status_code == 302
    assert here.get("/desk").status_code == 200
    assert there.get("/desk").status_code == 302
    assert attempt(town.visitor(), "Anna", PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (
            {"present": "not mine at all", "wanted": "a new long password", "repeated": "a new long password"},
            "bisheriges",
        ),
        ({"present": PASSWORD, "wanted": "short", "repeated": "short"}, "mindestens 12"),
        ({"present": PASSWORD, "wanted": "a new long password", "repeated": "another one"}, "verschieden"),
    ],
)
def test_a_password_is_changed_only_in_full(town: Any, form: dict[str, str], words: str) -> None:
    """A wrong present password, a short one and a slip while repeating are each told, and nothing changes."""
    client = town.staff()
    answer = client.post("/konto", data={**form, "csrf_token": token_of(client.get("/konto").text)})
    assert answer.status_code == 422
    assert words in answer.text
    assert attempt(town.visitor(), "Anna", PASSWORD).status_code == 302


def test_accounts_are_refused_for_a_reason(town: Any) -> None:
    """A name in use (however capitalised), an unknown role and a short password are refused."""
    town.staff()
    with town.database.transaction() as session:
        with pytest.raises(AccountExists):
            add_account(session, Person, " ANNA ", PASSWORD, "chief", ["chief"], now())
        with pytest.raises(UnknownRole):
            add_account(session, Person, "Bert", PASSWORD, "king", ["chief"], now())
        with pytest.raises(PasswordTooShort):
            add_account(session, Person, "Bert", "short", "chief", ["chief"], now())


def test_the_last_sign_in_is_noted(town: Any) -> None:
    """An account knows when it was last used; a failed try leaves no mark."""
    town.staff()
    attempt(town.visitor(), "Anna", "wrong password")
    with town.database.reading() as session:
        account = find_account(session, Person, "anna")
        assert account is not None
        assert account.signed_in_at is not None
        assert now() - account.signed_in_at < timedelta(minutes=1)
        assert PASSWORD not in account.password_hash

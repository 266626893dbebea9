"""Accounts through the pages: added, changed, locked, and every session ending when it should."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from node.core.accounts import Account, Role, people
from node.core.rights import Right, may
from shared.database import Database
from shared.ids import new_id
from shared.time import now

SignIn = Callable[..., FlaskClient]
Enter = Callable[..., tuple[FlaskClient, Any]]
Find = Callable[[str], Account]


def added(lead: FlaskClient, name: str = "Carla Neu", role: str = "reception") -> str:
    """Add somebody through the page and return the start password."""
    answer = lead.post("/konten/neu", data={"name": name, "role": role})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", answer.text)[0]


def test_a_start_password_opens_one_door_only(signed_in: FlaskClient, enter: Enter) -> None:
    """The new colleague signs in, and every page leads to choosing a password until that is done."""
    start = added(signed_in)
    client, answer = enter("Carla Neu", start)
    assert answer.status_code == 302
    for path in ("/buchungen/tag", "/verwaltung"):
        assert client.get(path).location == "/konto"
    assert "eigenes Passwort" in client.get("/konto").text
    same = {"present": start, "wanted": start, "repeated": start}
    assert "haben Sie schon" in client.post("/konto", data=same).text
    own = {"present": start, "wanted": "mein langes Passwort", "repeated": "mein langes Passwort"}
    assert client.post("/konto", data=own).status_code == 302
    assert client.get("/verwaltung").status_code == 200
    assert enter("Carla Neu", start)[1].status_code == 422
    assert enter("Carla Neu", "mein langes Passwort")[1].status_code == 302


def test_a_start_password_gives_no_rights(signed_in: FlaskClient, enter: Enter) -> None:
    """What a page shows to those who may (a draft's picture, a name) it does not show before a password is chosen."""
    start = added(signed_in, role="office")
    client, _answer = enter("Carla Neu", start)
    with client:
        client.get("/konto")
        assert not may(Right.WRITE_PROGRAMME)
    own = {"present": start, "wanted": "mein langes Passwort", "repeated": "mein langes Passwort"}
    client.post("/konto", data=own)
    with client:
        client.get("/konto")
        assert may(Right.WRITE_PROGRAMME)


def test_a_start_password_expires(database: Database, enter: Enter) -> None:
    """After a week it opens nothing, and only whoever knows it is told why."""
    with database.transaction() as session:
        _account, start = people.add_person(session, "Carla", "office", now=now() - timedelta(days=8))
    assert "abgelaufen" in enter("Carla", start)[1].text
    assert "abgelaufen" not in enter("Carla", "guessed wrongly")[1].text


def test_a_name_is_given_once(signed_in: FlaskClient) -> None:
    """Also when it is written differently; what was typed stays."""
    added(signed_in)
    again = signed_in.post("/konten/neu", data={"name": " carla  NEU ", "role": "office"})
    assert again.status_code == 422
    assert "schon" in again.text
    assert "carla  NEU" in again.text


def test_a_locked_account_is_out_at_once(
    signed_in: FlaskClient, sign_in: SignIn, enter: Enter, account_of: Find
) -> None:
    """The session ends with the next click; the right password is told of the lock, a wrong one is not."""
    bert = sign_in(Role.OFFICE, "Bert")
    account = account_of("Bert")
    assert bert.get("/verwaltung").status_code == 200
    signed_in.post(f"/konten/{account.id}/sperren")
    assert bert.get("/verwaltung").status_code == 302
    assert "gesperrt" in enter("Bert")[1].text
    wrong, unknown = (enter(name, "not the password")[1].text for name in ("Bert", "Nobody"))
    assert "gesperrt" not in wrong
    assert _bare(wrong, "Bert") == _bare(unknown, "Nobody")
    signed_in.post(f"/konten/{account.id}/oeffnen")
    assert enter("Bert")[1].status_code == 302


def _bare(page: str, name: str) -> str:
    """Return a page without what differs each time: the name that was typed, the token."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(name, "")


def test_another_role_counts_at_once(signed_in: FlaskClient, sign_in: SignIn, enter: Enter, account_of: Find) -> None:
    """The old session ends, the next one has the new rights."""
    bert = sign_in(Role.VOLUNTEER, "Bert")
    signed_in.post(f"/konten/{account_of('Bert').id}/rolle", data={"role": "office"})
    assert bert.get("/verwaltung").status_code == 302
    assert account_of("Bert").role == "office"
    assert enter("Bert")[0].get("/import").status_code == 200
    refused = signed_in.post(f"/konten/{account_of('Bert').id}/rolle", data={"role": "king"})
    assert refused.status_code == 422


def test_a_new_start_password_ends_the_sessions(
    signed_in: FlaskClient, sign_in: SignIn, enter: Enter, account_of: Find
) -> None:
    """Whoever forgot the password gets a new one; the old one is worthless."""
    bert = sign_in(Role.OFFICE, "Bert")
    page = signed_in.post(f"/konten/{account_of('Bert').id}/startpasswort").text
    start = re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", page)[0]
    assert bert.get("/verwaltung").location.startswith("/anmelden")
    assert enter("Bert")[1].status_code == 422
    assert enter("Bert", start)[1].status_code == 302


@pytest.mark.parametrize("deed", ["sperren", "rolle", "startpasswort", "zweiter-faktor"])
def test_nobody_does_it_to_oneself(signed_in: FlaskClient, account_of: Find, deed: str) -> None:
    """One's own role, lock and start password are for another lead."""
    own = account_of("Person lead")
    answer = signed_in.post(f"/konten/{own.id}/{deed}", data={"role": "office"}, follow_redirects=True)
    assert "nicht am eigenen Konto" in answer.text or "geht nicht" in answer.text
    after = account_of("Person lead")
    assert (after.role, after.locked_at, after.password_hash) == (own.role, None, own.password_hash)


def test_somebody_always_leads(database: Database) -> None:
    """The last lead is neither locked nor given another role, whoever asks; a locked lead does not count."""
    with database.transaction() as session:
        anna, _start = people.add_person(session, "Anna", Role.LEAD, now=now())
        bert, _start = people.add_person(session, "Bert", Role.LEAD, now=now())
        session.flush()
        people.lock(session, bert.id, by="", now=now())
        with pytest.raises(people.LastMaster):
            people.lock(session, anna.id, by=bert.id, now=now())
        with pytest.raises(people.LastMaster):
            people.change_role(session, anna.id, Role.OFFICE, by=bert.id)
        people.unlock(session, bert.id)
        assert people.change_role(session, anna.id, Role.OFFICE, by=bert.id).role == Role.OFFICE


def test_signing_out_everywhere_else(sign_in: SignIn, enter: Enter) -> None:
    """The other devices are out, this one stays."""
    here = sign_in(Role.RECEPTION, "Bert")
    there, _answer = enter("Bert")
    assert there.get("/verwaltung").status_code == 200
    here.post("/konto/ueberall-abmelden")
    assert here.get("/verwaltung").status_code == 200
    assert there.get("/verwaltung").status_code == 302


def test_the_list_says_who_may_what(signed_in: FlaskClient) -> None:
    """Names, roles, the last sign-in, and the rights of each role in words."""
    added(signed_in)
    page = signed_in.get("/konten").text
    for words in ("Carla Neu", "Empfang", "noch nie", "hat ein Startpasswort", "Entwürfe für das Programm schreiben"):
        assert words in page
    assert signed_in.get(f"/konten/{new_id()}").status_code == 404
    assert signed_in.post(f"/konten/{new_id()}/sperren").status_code == 404


def test_a_tenant_has_an_account_too(sign_in: SignIn) -> None:
    """A tenant of a room changes the own password, and sees no page of the staff."""
    tenant = sign_in(Role.TENANT, "Mieter")
    assert tenant.get("/konto").status_code == 200
    assert tenant.get("/verwaltung").status_code == 403

"""Lists as staff import them: a template, a dry run row by row, yes or no."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Role
from node.core.jobs import run_now
from node.imports.models import PendingImport
from node.programme.models import Event
from node.spaces.models import Space
from shared.database import Database
from shared.time import now
from tests.factories import make_space

ROOMS = "Raum;Personen;Hausmeister\nSaal;80;Herr Müller\nKüche;12;\n"


def upload(client: FlaskClient, kind: str, text: str, **said: str) -> str:
    """Upload a list; return the page that follows."""
    form = {"file": (io.BytesIO(text.encode("cp1252")), "liste.csv"), **said}
    return client.post(f"/import/liste/{kind}", data=form, follow_redirects=True).text


def confirm(client: FlaskClient, page: str) -> str:
    """Press the button of the dry run."""
    found = re.search(r'action="(/import/[^"/]+)"', page)
    fingerprint = re.search(r'name="fingerprint"[^>]*value="([^"]*)"', page)
    assert found
    assert fingerprint
    return client.post(found[1], data={"fingerprint": fingerprint[1]}, follow_redirects=True).text


def room_names(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Space.name)))


def test_nothing_happens_before_somebody_says_yes(signed_in: FlaskClient, database: Database) -> None:
    """The dry run shows each row and what was not read; then all of it is done at once, and done again nothing."""
    page = upload(signed_in, "raeume", ROOMS)
    for text in ("neu: 2", "nicht gelesen wurden: Hausmeister", "Saal", "Küche"):
        assert text in page
    assert room_names(database) == []
    assert "2 neu" in confirm(signed_in, page)
    assert room_names(database) == ["Küche", "Saal"]
    again = upload(signed_in, "raeume", ROOMS)
    assert "bleibt so: 2" in again
    assert "Es gibt nichts zu ändern" in again


def test_a_broken_list_is_told_by_line_with_the_words_that_are_possible(
    signed_in: FlaskClient, database: Database
) -> None:
    """The page names line, row and cell; nothing is kept."""
    page = upload(signed_in, "raeume", "Raum;Art;Personen\nSaal;Ballsaal;viele\n")
    for text in ("Art: Ballsaal", "Personen: viele", "Möglich: Mehrzweckraum"):
        assert text in page
    assert re.search(r'<th scope="row"[^>]*>2</th>', page)
    assert room_names(database) == []
    with database.reading() as session:
        assert session.scalars(select(PendingImport)).all() == []


def test_what_changed_since_the_dry_run_is_shown_again(signed_in: FlaskClient, database: Database) -> None:
    """Somebody entered the room by hand meanwhile."""
    page = upload(signed_in, "raeume", "Raum;Personen\nSaal;80\n")
    with database.transaction() as session:
        make_space(session, "Saal", capacity=10)
    again = confirm(signed_in, page)
    assert "noch nichts importiert" in again
    assert "geändert: 1" in again
    confirm(signed_in, again)
    assert room_names(database) == ["Saal"]


@pytest.mark.parametrize(("publish", "state"), [("draft", "draft"), ("published", "published")])
def test_imported_events_are_drafts_or_published(
    signed_in: FlaskClient, database: Database, publish: str, state: str
) -> None:
    """As was chosen when the list was uploaded."""
    page = upload(signed_in, "termine", "Titel;Datum;Von;Bis\nFest;12.12.2027;10:00;12:00\n", publish=publish)
    confirm(signed_in, page)
    with database.reading() as session:
        assert session.scalars(select(Event.state)).all() == [state]


@pytest.mark.parametrize("kind", ["raeume", "gruppen", "termine"])
def test_a_template_opens_in_a_spreadsheet_as_it_is(signed_in: FlaskClient, kind: str) -> None:
    """With the mark by which Excel knows the encoding, and semicolons; the page links to it."""
    assert f"/import/liste/{kind}/vorlage.csv" in signed_in.get(f"/import/liste/{kind}").text
    answer = signed_in.get(f"/import/liste/{kind}/vorlage.csv")
    assert answer.data.startswith(b"\xef\xbb\xbfNr.;")
    assert f"vorlage-{kind}.csv" in answer.headers["Content-Disposition"]


def test_only_those_who_arrange_the_house_import(sign_in: Callable[..., FlaskClient]) -> None:
    """The counter does not; and there are no other kinds of lists."""
    reception = sign_in(Role.RECEPTION)
    for address in ("/import", "/import/liste/raeume", "/import/liste/raeume/vorlage.csv"):
        assert reception.get(address).status_code == 403
    assert sign_in(Role.OFFICE).get("/import/liste/alles").status_code == 404


def test_lists_that_nobody_said_yes_to_are_forgotten_after_a_day(signed_in: FlaskClient, database: Database) -> None:
    """They may hold names; the house forgets them by itself, without another upload."""
    with database.transaction() as session:
        for days in (0, 2):
            session.add(PendingImport(content=b"x", file_name=f"{days}", uploaded_at=now() - timedelta(days=days)))
    with signed_in.application.app_context():
        run_now(signed_in.application, "forget pending imports")
    with database.reading() as session:
        assert session.scalars(select(PendingImport.file_name)).all() == ["0"]

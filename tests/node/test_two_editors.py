"""Two people change the same thing at once: nobody overwrites what the other wrote without knowing."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from node.bookings.models import Booking
from node.programme.models import Event
from node.spaces.models import Space
from shared.database import Database
from tests.factories import make_booking, make_event, make_space
from tests.system.person import Page


def event(session: Session) -> tuple[str, type, str, str]:
    made = make_event(session, published=False)
    return f"/programm/{made.id}/bearbeiten", Event, made.id, "title"


def booking(session: Session) -> tuple[str, type, str, str]:
    made = make_booking(session, title="Chor")
    return f"/buchungen/{made.id}", Booking, made.id, "title"


def space(session: Session) -> tuple[str, type, str, str]:
    made = make_space(session)
    return f"/raeume/{made.id}/aendern", Space, made.id, "name"


def filled(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of the page's change form."""
    return Page("", 200, page).form("gesehen").fields


@pytest.mark.parametrize("make", [event, booking, space])
def test_the_second_of_two_editors_is_told_before_anything_is_overwritten(
    signed_in: FlaskClient, database: Database, make: Callable[[Session], tuple[str, type, str, str]]
) -> None:
    """What was typed stands on the page; saving once more is a decision, and counts."""
    with database.transaction() as session:
        address, table, record_id, field = make(session)
    first, second = (filled(signed_in.get(address).text) for _editor in range(2))
    assert signed_in.post(address, data={**first, field: "Von der Ersten"}).status_code == 302
    refused = signed_in.post(address, data={**second, field: "Vom Zweiten"})
    assert refused.status_code == 409
    assert "Inzwischen hat jemand anderes" in refused.text
    assert "Vom Zweiten" in refused.text
    with database.reading() as session:
        assert getattr(session.get_one(table, record_id), field) == "Von der Ersten"
    assert signed_in.post(address, data={**filled(refused.text), field: "Vom Zweiten"}).status_code == 302
    with database.reading() as session:
        assert getattr(session.get_one(table, record_id), field) == "Vom Zweiten"


def test_an_error_in_between_does_not_make_one_forget_what_was_seen(signed_in: FlaskClient, database: Database) -> None:
    """Else a mistyped field would be a way around the question."""
    with database.transaction() as session:
        address, *_rest = event(session)
    first, second = (filled(signed_in.get(address).text) for _editor in range(2))
    signed_in.post(address, data={**first, "title": "Von der Ersten"})
    wrong = signed_in.post(address, data={**second, "title": ""})
    assert wrong.status_code == 422
    assert signed_in.post(address, data={**filled(wrong.text), "title": "Vom Zweiten"}).status_code == 409

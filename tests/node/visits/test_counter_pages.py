"""The counter's pages as staff use them, with and without JavaScript."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from node.visits.models import HourCount, Tap
from shared.database import Database
from shared.ids import new_id
from shared.time import now, to_wire


def hidden(page: str, name: str) -> str:
    """Return the value of the first hidden field of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def total(database: Database) -> int:
    """Return how many visits are counted in all."""
    with database.reading() as session:
        return sum(count.count for count in session.scalars(select(HourCount)))


def test_visitors_do_not_see_the_counter(client: FlaskClient) -> None:
    """The counter is for whoever is signed in."""
    assert client.get("/zaehler").status_code == 302


def test_one_press_is_one_visit_without_javascript(signed_in: FlaskClient, database: Database) -> None:
    """The form of a button counts one visitor and shows the new sum."""
    page = signed_in.get("/zaehler").text
    said = {"id": hidden(page, "id"), "kind": "event", "target_group": "children"}
    answer = signed_in.post("/zaehler", data=said, follow_redirects=True)
    assert 'data-sum="event">1<' in answer.text
    assert total(database) == 1


def test_a_form_sent_twice_counts_once(signed_in: FlaskClient, database: Database) -> None:
    """The id in the page makes an impatient second press harmless, and the page says so."""
    said = {"id": hidden(signed_in.get("/zaehler").text, "id"), "kind": "event", "target_group": ""}
    signed_in.post("/zaehler", data=said)
    answer = signed_in.post("/zaehler", data=said, follow_redirects=True)
    assert "schon gezählt" in answer.text
    assert total(database) == 1


def test_the_last_press_can_be_undone_without_javascript(signed_in: FlaskClient, database: Database) -> None:
    """After a press the page offers to take it back; after that it offers nothing more."""
    signed_in.post("/zaehler", data={"id": new_id(), "kind": "event", "target_group": ""})
    page = signed_in.get("/zaehler").text
    undo = page[page.index("data-undo") :]
    said = {name: hidden(undo, name) for name in ("id", "undo", "kind", "target_group", "counted_at")}
    answer = signed_in.post("/zaehler", data=said, follow_redirects=True)
    assert total(database) == 0
    assert "data-undo hidden" in answer.text


def test_nonsense_in_the_form_is_refused_in_words(signed_in: FlaskClient, database: Database) -> None:
    """An unknown kind of visit moves no number."""
    answer = signed_in.post("/zaehler", data={"id": new_id(), "kind": "party"}, follow_redirects=True)
    assert "kennt diese Besuchsart nicht" in answer.text
    assert total(database) == 0


def batch(*taps: Any) -> dict[str, Any]:
    """A batch as the page's modules send it."""
    return {"sent_at": to_wire(now()), "taps": list(taps)}


def tap() -> dict[str, Any]:
    return {"id": new_id(), "kind": "event", "target_group": "", "counted_at": to_wire(now()), "step": 1}


def test_a_batch_is_answered_with_what_is_stored_for_good(signed_in: FlaskClient, database: Database) -> None:
    """Accepted ids, refused ones with words, and today's sums."""
    good = tap()
    answer = signed_in.post("/zaehler/zaehlungen", json=batch(good, {"id": "x"}))
    told = answer.get_json()
    assert told["accepted"] == [good["id"]]
    assert [(one["place"], one["reason"]) for one in told["refused"]] == [(1, "bad_id")]
    assert told["refused"][0]["text"]
    assert told["today"]["sums"]["event"] == 1
    assert total(database) == 1


@pytest.mark.parametrize("body", [None, [], "x", {"taps": 3}, {"taps": [{}] * 501}, {}])
def test_what_is_no_batch_is_refused_whole(signed_in: FlaskClient, body: Any) -> None:
    """The answer is 400 with a reason, never an error page of ours."""
    answer = signed_in.post("/zaehler/zaehlungen", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_a_batch_without_its_token_is_refused(app: Flask, signed_in: FlaskClient, database: Database) -> None:
    """Another site cannot make this browser count: the token comes in a header."""
    app.config["WTF_CSRF_ENABLED"] = True
    assert signed_in.post("/zaehler/zaehlungen", json=batch(tap())).status_code == 400
    token = signed_in.get("/zaehler/stand.json").get_json()["csrf"]
    answer = signed_in.post("/zaehler/zaehlungen", json=batch(tap()), headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    assert total(database) == 1


def test_an_ended_session_is_told_apart_and_loses_nothing(client: FlaskClient, database: Database) -> None:
    """A device without a session is told 401, or led to the sign-in page, and keeps its counts."""
    assert client.post("/zaehler/zaehlungen", json=batch(tap())).status_code == 401
    assert client.get("/zaehler/stand.json").status_code == 302
    with database.reading() as session:
        assert session.scalars(select(Tap)).all() == []


def test_the_service_worker_may_keep_the_counter_page(signed_in: FlaskClient) -> None:
    """It is a script above its page, checked for changes each time."""
    with signed_in.get("/zaehler/bereit.js") as answer:
        assert b"networkFirst" in answer.data
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/zaehler"


def test_the_hours_of_a_day_and_its_corrections_are_listed(signed_in: FlaskClient, database: Database) -> None:
    """A correction needs a reason; it is shown with who made it."""
    assert "hat niemand gezählt" in signed_in.get("/zaehler/stunden").text
    form = signed_in.get("/zaehler/korrektur").text
    hour = re.findall(r'<option value="(\d{4}-[^"]+Z)"', form)[-1]
    said = {"hour": hour, "kind": "event", "target_group": "", "count": "17", "reason": ""}
    refused = signed_in.post("/zaehler/korrektur", data=said)
    assert refused.status_code == 422
    assert 'value="17"' in refused.text
    answer = signed_in.post("/zaehler/korrektur", data=said | {"reason": "Strichliste"}, follow_redirects=True)
    assert "Strichliste" in answer.text
    assert "Person lead" in answer.text
    assert total(database) == 17


@pytest.mark.parametrize("day", ["gestern", "1999-12-31", "9999-01-01", ""])
def test_a_day_that_cannot_be_is_not_found(signed_in: FlaskClient, day: str) -> None:
    """Nonsense, the distant past and the future have no hour counts."""
    assert signed_in.get(f"/zaehler/stunden?tag={day}").status_code == 404

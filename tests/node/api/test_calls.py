"""The HTTP API: the same rights, rules and refusals as the pages; nothing is done twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from node.bookings.models import Booking
from node.core import audit
from node.core.rights import Right
from node.devices.models import Device
from node.visits.models import HourCount
from shared.database import Database
from shared.ids import new_id
from shared.time import now, to_wire
from tests.factories import make_event, make_space
from tests.node.api.conftest import Caller

Callers = Callable[..., Caller]
SOON = (now() + timedelta(days=20)).replace(hour=10, minute=0, second=0)


def wanted(space_id: str, hours: int = 1, **said: object) -> dict[str, object]:
    """Return what a program sends to book a space in three weeks."""
    times = {"starts_at": to_wire(SOON), "ends_at": to_wire(SOON + timedelta(hours=hours))}
    return {"space_id": space_id, "title": "Chor", **times, **said}


@pytest.fixture
def hall(database: Database) -> str:
    with database.transaction() as session:
        return make_space(session, name="Saal").id


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer sth_wrong"}, {"Authorization": "Basic eA=="}])
def test_without_a_valid_token_nothing_is_told(client: FlaskClient, header: dict[str, str]) -> None:
    """One answer for no token, a wrong one and another scheme."""
    answer = client.get("/api/1/spaces", headers=header)
    assert (answer.status_code, answer.json["reason"]) == (401, "no_token")


def test_a_revoked_token_is_worthless_at_once(caller: Callers, database: Database) -> None:
    """Not at the next restart."""
    tablet = caller()
    assert tablet.get("/spaces").status_code == 200
    with database.transaction() as session:
        session.scalars(select(Device)).one().revoked_at = now()
    assert tablet.get("/spaces").status_code == 401


def test_a_token_opens_only_what_its_rights_open(caller: Callers, hall: str) -> None:
    """A counter's tablet counts, and books nothing."""
    answer = caller(Right.COUNT).post("/bookings", json=wanted(hall))
    assert (answer.status_code, answer.json["reason"]) == (403, "not_allowed")


def test_a_space_is_booked_and_the_booking_shown(caller: Callers, hall: str) -> None:
    """The way of a booking from a program to the day's list."""
    tablet = caller()
    made = tablet.post("/bookings", json=wanted(hall, contact_name="A. Muster"))
    assert made.status_code == 201
    assert tablet.get(f"/bookings/{made.json['id']}").json["contact_name"] == "A. Muster"
    between = {"starts_at": to_wire(SOON), "ends_at": to_wire(SOON + timedelta(days=1))}
    listed = tablet.get("/bookings", query_string=between).json
    assert [booking["title"] for booking in listed["items"]] == ["Chor"]
    assert "contact_name" not in listed["items"][0]


def test_names_are_shown_only_to_tokens_that_may_see_persons(caller: Callers, hall: str) -> None:
    """A display in the foyer gets times and titles."""
    booked = caller().post("/bookings", json=wanted(hall, contact_name="A. Muster")).json["id"]
    shown = caller(Right.TAKE_BOOKINGS).get(f"/bookings/{booked}")
    assert shown.json["title"] == "Chor"
    assert "Muster" not in shown.text


def test_a_change_keeps_what_the_program_cannot_say_or_may_not_see(
    caller: Callers, hall: str, database: Database
) -> None:
    """Whose it is, which event it belongs to, and, without the right, how to reach somebody."""
    contact = {"contact_name": "A. Muster", "contact_phone": "0203 1", "note": "Klavier"}
    booked = caller().post("/bookings", json=wanted(hall, **contact)).json["id"]
    tied = {"tenant_id": new_id(), "event_id": new_id(), "block_id": new_id()}
    with database.transaction() as session:
        for name, value in tied.items():
            setattr(session.get_one(Booking, booked), name, value)
    assert caller(Right.TAKE_BOOKINGS).put(f"/bookings/{booked}", json=wanted(hall, hours=2)).status_code == 200
    with database.reading() as session:
        booking = session.get_one(Booking, booked)
        assert booking.ends_at == SOON + timedelta(hours=2)
        assert {name: getattr(booking, name) for name in (*tied, *contact)} == tied | contact


def test_who_may_not_decide_rents_and_blocks_nothing(caller: Callers, hall: str) -> None:
    """As on the page: a rental is asked for, and does not become one by a change."""
    tablet = caller(Right.TAKE_BOOKINGS)
    for kind in ("rental", "blocked"):
        assert tablet.post("/bookings", json=wanted(hall, kind=kind)).status_code == 403
    asked = tablet.post("/bookings", query_string={"state": "requested"}, json=wanted(hall, kind="rental"))
    assert (asked.status_code, asked.json["state"]) == (201, "requested")
    booked = tablet.post("/bookings", json=wanted(hall)).json["id"]
    assert tablet.put(f"/bookings/{booked}", json=wanted(hall, kind="rental")).status_code == 403
    assert tablet.post(f"/rentals/{booked}/deposit", json={}).status_code == 403


def test_a_taken_space_is_refused_with_what_is_in_the_way_and_what_is_free(caller: Callers, hall: str) -> None:
    """As on the page: the culprit, in words, and alternatives."""
    tablet = caller()
    first = tablet.post("/bookings", json=wanted(hall)).json["id"]
    refused = tablet.post("/bookings", json=wanted(hall))
    assert (refused.status_code, refused.json["reason"]) == (409, "space_taken")
    assert refused.json["culprit"]["booking_id"] == first
    assert refused.json["message"]
    assert refused.json["alternatives"]


def test_a_call_sent_twice_with_one_key_is_done_once(caller: Callers, hall: str, database: Database) -> None:
    """The tablet did not hear the answer, asks again, and is told the same."""
    tablet, key = caller(), {"Idempotency-Key": "abc"}
    answers = [tablet.post("/bookings", json=wanted(hall), headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 1


def test_a_key_of_another_call_is_refused(caller: Callers, hall: str) -> None:
    """Else the second booking would seem to be made."""
    tablet, key = caller(), {"Idempotency-Key": "abc"}
    tablet.post("/bookings", json=wanted(hall), headers=key)
    other = tablet.post("/bookings", json=wanted(hall, hours=2), headers=key)
    assert (other.status_code, other.json["reason"]) == (422, "key_used")


def test_a_refused_call_is_not_kept_under_its_key(caller: Callers, hall: str) -> None:
    """Once the space is free again the same call may be sent again."""
    tablet, key = caller(), {"Idempotency-Key": "abc"}
    first = tablet.post("/bookings", json=wanted(hall)).json["id"]
    assert tablet.post("/bookings", json=wanted(hall), headers=key).status_code == 409
    tablet.post(f"/bookings/{first}/cancellation", json={"reason": "krank"})
    assert tablet.post("/bookings", json=wanted(hall), headers=key).status_code == 201


def test_an_address_on_the_web_is_one(caller: Callers) -> None:
    """It stands as a link on pages of everybody: no script, no file."""
    said = {"title": "Treff", "starts_at": to_wire(SOON), "ends_at": to_wire(SOON + timedelta(hours=1))}
    for address, code in (("javascript:alert(1)", 422), ("https://example.org/treff", 201), ("", 201)):
        answer = caller().post("/events", json={**said, "online_url": address})
        assert (address, answer.status_code) == (address, code)


def test_bad_fields_are_named(caller: Callers, hall: str) -> None:
    """Each with what is wrong with it."""
    answer = caller().post("/bookings", json=wanted(hall, kind="party", colour="red"))
    assert answer.status_code == 422
    assert set(answer.json["errors"]["json"]) == {"kind", "colour"}


def test_what_is_no_json_is_told_so(caller: Callers) -> None:
    """Not a page in HTML."""
    answer = caller().post("/bookings", data="{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["reason"] == "bad_request"


def test_what_is_not_there_is_a_404_in_json(caller: Callers) -> None:
    """With the reason as a key."""
    answer = caller().get(f"/bookings/{new_id()}")
    assert (answer.status_code, answer.json["reason"]) == (404, "booking_unknown")


def test_a_request_is_confirmed_only_once(caller: Callers, hall: str) -> None:
    """The second answer says how it stands."""
    tablet = caller()
    asked = tablet.post("/bookings?state=requested", json=wanted(hall)).json
    assert asked["state"] == "requested"
    assert tablet.post(f"/bookings/{asked['id']}/confirmation").json["state"] == "confirmed"
    again = tablet.post(f"/bookings/{asked['id']}/confirmation")
    assert (again.status_code, again.json["reason"]) == (409, "transition_refused")


def test_unchanged_data_are_not_sent_again(caller: Callers, hall: str) -> None:
    """A display that asks each minute costs next to nothing."""
    tablet = caller()
    tag = tablet.get("/spaces").headers["ETag"]
    assert tablet.get("/spaces", headers={"If-None-Match": tag}).status_code == 304


def test_what_a_device_does_stands_in_the_log_as_its_doing(caller: Callers, hall: str, database: Database) -> None:
    """Somebody can be asked about it later."""
    booked = caller().post("/bookings", json=wanted(hall)).json["id"]
    with database.reading() as session:
        entries = audit.history(session, "bookings", booked)
        device = session.scalars(select(Device)).one().id
    assert [(entry.actor_kind, entry.actor_id) for entry in entries] == [("device", device)]


def test_taps_count_once_however_often_they_are_sent(caller: Callers, database: Database) -> None:
    """As from the counter's page."""
    tap = {"id": new_id(), "counted_at": to_wire(now()), "kind": "event", "target_group": "", "step": 1}
    tablet = caller(Right.COUNT)
    for _ in range(2):
        answer = tablet.post("/visits/taps", json={"taps": [tap, {"id": "x"}]})
        assert answer.json["accepted"] == [tap["id"]]
        assert [refused["place"] for refused in answer.json["refused"]] == [1]
    with database.reading() as session:
        assert session.scalar(select(func.sum(HourCount.count))) == 1


def test_a_draft_is_hidden_from_tokens_that_only_read(caller: Callers, database: Database) -> None:
    """The programme's public part is for everyone, a draft for who writes it."""
    with database.transaction() as session:
        draft = make_event(session, published=False).id
    assert caller(Right.COUNT).get(f"/events/{draft}").status_code == 404
    assert caller(Right.WRITE_PROGRAMME).get(f"/events/{draft}").json["state"] == "draft"


def test_publishing_needs_its_own_right(caller: Callers) -> None:
    """Who may write drafts may not bring them to the public by a side door."""
    times = {"starts_at": to_wire(SOON), "ends_at": to_wire(SOON + timedelta(hours=2))}
    writer = caller(Right.WRITE_PROGRAMME)
    draft = writer.post("/events", json={"title": "Repair-Café", **times})
    assert draft.json["state"] == "draft"
    assert writer.post("/events?publish=true", json={"title": "Repair-Café", **times}).status_code == 403
    assert writer.post(f"/events/{draft.json['id']}/publication").status_code == 403
    assert caller().post(f"/events/{draft.json['id']}/publication").json["state"] == "published"


def test_the_description_names_every_call_and_what_it_takes(client: FlaskClient) -> None:
    """OpenAPI, for whoever writes a program."""
    told = client.get("/api/1/openapi.json").json
    assert told["openapi"].startswith("3.1")
    given = told["components"]["schemas"]["BookingGiven"]
    assert {"space_id", "starts_at", "ends_at"} <= set(given["required"])
    assert "contact_name" in given["properties"]


def test_every_call_needs_a_token(app: Flask) -> None:
    """A new call without its guard fails here."""
    calls = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api_")]
    assert len(calls) > 20
    for rule in calls:
        assert hasattr(app.view_functions[rule.endpoint], "needs_token"), rule.endpoint


def test_a_series_is_shown_date_by_date_and_then_booked(caller: Callers, hall: str) -> None:
    """The one date that is taken is missing with its reason; the others stand."""
    tablet = caller()
    week = timedelta(weeks=1)
    tablet.post("/bookings", json=wanted(hall, starts_at=to_wire(SOON + week), ends_at=to_wire(SOON + week * 1.001)))
    asked = {"rule": "FREQ=WEEKLY;COUNT=3", "first": wanted(hall)}
    assert [step["action"] for step in tablet.post("/series/preview", json=asked).json] == ["make"] * 3
    began = tablet.post("/series", json=asked)
    assert (began.status_code, began.json["made"], len(began.json["missing"])) == (201, 2, 1)
    dates = tablet.get(f"/series/{began.json['series']['id']}/dates").json
    assert [each["stands"] for each in dates] == [True, False, True]


def test_a_rule_that_cannot_be_read_is_refused_in_words(caller: Callers, hall: str) -> None:
    """With the part that is wrong."""
    answer = caller().post("/series/preview", json={"rule": "FREQ=SOMETIMES", "first": wanted(hall)})
    assert (answer.status_code, answer.json["reason"]) == (409, "rule_unreadable")
    assert answer.json["culprit"]

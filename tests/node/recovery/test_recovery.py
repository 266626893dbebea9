"""What the city still knows and the house has lost comes back through the house's own rules."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings.models import Booking
from node.recovery import service
from node.recovery.models import RecoveryAnswer, RecoveryOffer
from node.recovery.service import OfferAnswered, OfferUnreadable, RecordInTheWay
from node.spaces.models import Space
from node.visits import service as visits
from node.visits.models import HourCount
from shared.database import Database
from shared.ids import new_id
from shared.records.base import RecordColumns
from shared.records.bookings import SpaceTaken
from shared.records.catalogue import BY_NAME
from shared.time import to_wire
from tests.factories import NOW, make_booking, make_event, make_space


def offer(session: Session, name: str, payload: str, record_id: str = "", version: int = 1) -> RecoveryOffer:
    """Let an offer of the hub have arrived."""
    made = RecoveryOffer(
        centre_id="alt-hamborn",
        of_collection=name,
        record_id=record_id or new_id(),
        schema_version=version,
        payload=payload,
        found_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def lose(session: Session, record: RecordColumns) -> RecoveryOffer:
    """Delete a record here and let the hub offer it back."""
    name = record.__collection__
    session.flush()
    payload = json.dumps(BY_NAME[name].checker.dump(record))
    session.delete(record)
    session.flush()
    return offer(session, name, payload, record.id)


def decisions(database: Database) -> list[str]:
    """Return what the house has answered."""
    with database.reading() as session:
        return list(session.scalars(select(RecoveryAnswer.decision)))


def test_a_lost_record_is_written_again_under_its_id(database: Database) -> None:
    """The space comes back as it was, and the hub is told."""
    with database.transaction() as session:
        space = make_space(session, name="Kaminzimmer", capacity=12)
        lost = lose(session, space)
        service.restore(session, lost, NOW)
        assert service.open_offers(session) == []
    with database.reading() as session:
        assert session.get_one(Space, space.id).capacity == 12
    assert decisions(database) == ["restored"]


def test_a_restored_booking_claims_its_space_again(database: Database) -> None:
    """Who had booked is lost; that the space is taken is not."""
    with database.transaction() as session:
        space = make_space(session)
        booking = make_booking(session, space, "10:00", "11:00", title="Chor")
        service.restore(session, lose(session, booking), NOW)
        with pytest.raises(SpaceTaken):
            make_booking(session, space, "10:30", "11:30")
    with database.reading() as session:
        back = session.get_one(Booking, booking.id)
        assert (back.title, back.taken_at) == ("", NOW)


def test_a_booking_whose_space_is_taken_by_now_is_refused(database: Database) -> None:
    """The one that stands stays; the offer waits for a person."""
    with database.transaction() as session:
        space = make_space(session)
        lost = lose(session, make_booking(session, space, "10:00", "11:00"))
        standing = make_booking(session, space, "10:30", "11:30")
        with pytest.raises(SpaceTaken):
            service.restore(session, lost, NOW)
        assert service.open_offers(session) == [lost]
        assert session.scalars(select(Booking)).all() == [standing]
    assert decisions(database) == []


def test_a_restored_event_is_public_again(database: Database) -> None:
    """Also its tags and its times."""
    with database.transaction() as session:
        event = make_event(session, "Lesung", target_groups=("children", "families"))
        service.restore(session, lose(session, event), NOW)
    with database.reading() as session:
        back = session.get_one(type(event), event.id)
        assert (back.title, back.state, back.target_groups) == ("Lesung", "published", ("children", "families"))


def test_a_version_that_differs_replaces_what_stands_here(database: Database) -> None:
    """The record keeps its id and takes the offered words."""
    with database.transaction() as session:
        space = make_space(session, name="Saal")
        payload = BY_NAME["spaces"].checker.dump(space) | {"name": "Großer Saal"}
        service.restore(session, offer(session, "spaces", json.dumps(payload), space.id), NOW)
    with database.reading() as session:
        assert session.get_one(Space, space.id).name == "Großer Saal"


def test_a_lost_deletion_deletes_again(database: Database) -> None:
    """What came back with an old backup goes; what is gone anyway is no mistake."""
    with database.transaction() as session:
        space = make_space(session)
        service.restore(session, offer(session, "spaces", "", space.id), NOW)
        service.restore(session, offer(session, "spaces", ""), NOW)
    with database.reading() as session:
        assert session.get(Space, space.id) is None


def test_a_restored_hour_count_survives_the_next_tap(database: Database) -> None:
    """The taps behind it are lost, yet the next visitor is one more and not the first."""
    tap = {"kind": "event", "target_group": "", "counted_at": to_wire(NOW), "step": 1}
    payload = {"hour_starts_at": to_wire(NOW), "kind": "event", "target_group": "", "count": 40}
    with database.transaction() as session:
        lost = offer(session, "visits", json.dumps(payload))
        service.restore(session, lost, NOW)
        visits.record_taps(session, [tap | {"id": new_id()}], NOW)
    with database.reading() as session:
        assert {count.id: count.count for count in session.scalars(select(HourCount))} == {lost.record_id: 41}


def test_an_hour_that_was_counted_anew_is_not_overwritten(database: Database) -> None:
    """Two counts of one hour: a person has to look."""
    tap = {"id": new_id(), "kind": "event", "target_group": "", "counted_at": to_wire(NOW), "step": 1}
    payload = {"hour_starts_at": to_wire(NOW), "kind": "event", "target_group": "", "count": 40}
    with database.transaction() as session:
        visits.record_taps(session, [tap], NOW)
        with pytest.raises(RecordInTheWay):
            service.restore(session, offer(session, "visits", json.dumps(payload)), NOW)


@pytest.mark.parametrize(
    ("name", "payload", "version"),
    [
        ("spaces", "{", 1),
        ("spaces", "[]", 1),
        ("spaces", '{"name": ""}', 1),
        ("spaces", "{}", 2),
        ("dragons", "{}", 1),
        ("announcements", "", 1),
    ],
)
def test_what_cannot_be_read_is_refused(database: Database, name: str, payload: str, version: int) -> None:
    """Broken, of a newer version, of an unknown kind, or not ours to write."""
    with database.transaction() as session, pytest.raises(OfferUnreadable):
        service.restore(session, offer(session, name, payload, version=version), NOW)
    assert decisions(database) == []


def test_an_offer_is_answered_once(database: Database) -> None:
    """A second press finds the decision made."""
    with database.transaction() as session:
        lost = lose(session, make_space(session))
        service.reject(session, lost, NOW)
        with pytest.raises(OfferAnswered):
            service.restore(session, lost, NOW)
    assert decisions(database) == ["rejected"]


def test_many_offers_are_restored_at_once_and_the_difficult_ones_are_left(
    signed_in: FlaskClient, database: Database
) -> None:
    """Spaces before bookings, whatever the order of the offers; a conflict stays on the page."""
    with database.transaction() as session:
        space = make_space(session, name="Kaminzimmer")
        booking = lose(session, make_booking(session, space, "10:00", "11:00"))
        lose(session, space)
        offer(session, "spaces", "{")
    page = signed_in.post("/wiederherstellung/alle", follow_redirects=True).text
    assert "Wiederhergestellt: 2" in page
    assert "Noch einzeln zu entscheiden: 1" in page
    with database.reading() as session:
        assert session.get(Booking, booking.record_id) is not None


def test_the_page_explains_why_not(signed_in: FlaskClient, database: Database) -> None:
    """A conflict is told in words; rejecting it settles it."""
    with database.transaction() as session:
        space = make_space(session)
        lost = lose(session, make_booking(session, space, "10:00", "11:00"))
        make_booking(session, space, "10:00", "11:00")
    here = f"/wiederherstellung/{lost.id}"
    said: dict[str, Any] = {"decision": "restored"}
    assert "inzwischen belegt" in signed_in.post(here, data=said, follow_redirects=True).text
    assert (
        "Nichts wiederherzustellen" in signed_in.post(here, data={"decision": "rejected"}, follow_redirects=True).text
    )
    assert signed_in.post(here, data=said, follow_redirects=True).status_code == 200
    assert signed_in.post("/wiederherstellung/x", data=said).status_code == 404

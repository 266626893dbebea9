"""What a centre may have lost is offered to it once, and its answer settles the offer."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from hub.core import jobs
from hub.core.db import LEDGER
from hub.recovery.models import RecoveryAnswer, RecoveryOffer
from hub.recovery.offers import offer_candidates, settle_offers
from shared.database import Database
from shared.ids import new_id
from shared.records.recovery import PAYLOAD_LENGTH_MAX, RecoveryDecision
from shared.replication.messages import Operation
from shared.time import now

CENTRE = "hamborn"


@pytest.fixture
def losses(database: Database) -> "Losses":
    """A hub that serves one centre, and finds that it has lost something."""
    with database.transaction() as session:
        LEDGER.open_feed(session, f"hub/{CENTRE}", "the hub's installation")
    return Losses(database)


class Losses:
    """Puts candidates where ingest puts them, and works on them as the job does."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find(self, payload: str | None = '{"title": "Reparaturcafé"}', collection: str = "events", **said: Any) -> str:
        record_id = said.pop("record_id", new_id())
        row = {"feed": f"node/{CENTRE}", "collection": collection, "record_id": record_id, "revision": 7}
        row |= {"content_hash": "0" * 32, "operation": "put", "schema": 1, "raw": payload, **said}
        with self.database.transaction() as session:
            session.execute(insert(LEDGER.shelves.replica.candidates).values(row))
        return record_id

    def offer(self) -> int:
        with self.database.transaction() as session:
            return offer_candidates(session, LEDGER, now())

    def settle(self) -> int:
        with self.database.transaction() as session:
            return settle_offers(session, LEDGER)

    def answer(self, offer_id: str, centre_id: str = CENTRE) -> None:
        with self.database.transaction() as session:
            said = {"decision": RecoveryDecision.RESTORED, "decided_at": now() + timedelta(minutes=5)}
            session.add(RecoveryAnswer(centre_id=centre_id, offer_id=offer_id, **said))

    def offers(self) -> list[RecoveryOffer]:
        with self.database.reading() as session:
            return list(session.scalars(select(RecoveryOffer)))

    def candidates(self) -> int:
        with self.database.reading() as session:
            return len(LEDGER.candidates(session, limit=1000))

    def travelling(self) -> dict[str, Operation]:
        """What the centre's feed now says of each offer."""
        with self.database.transaction() as session:
            page = LEDGER.source(session, f"hub/{CENTRE}").read_after(0, 1000, 1_000_000)
            return {change.id: change.operation for change in page.changes if change.collection == "recovery_offers"}


def test_a_lost_version_becomes_an_offer_that_travels(losses: Losses) -> None:
    """The offer names the record and carries the version; the candidate is gone, the feed has it."""
    record_id = losses.find('{"title": "Nähtreff"}')
    assert losses.offer() == 1
    [offer] = losses.offers()
    assert (offer.centre_id, offer.of_collection, offer.record_id) == (CENTRE, "events", record_id)
    assert offer.payload == '{"title": "Nähtreff"}'
    assert losses.candidates() == 0
    assert losses.travelling() == {offer.id: Operation.PUT}


def test_offering_again_changes_nothing(losses: Losses) -> None:
    """The job runs every minute; the same version found lost again needs no second offer."""
    record_id = losses.find()
    losses.offer()
    assert losses.offer() == 0
    losses.find(record_id=record_id)
    assert losses.offer() == 0
    assert len(losses.offers()) == 1


def test_two_lost_versions_of_one_record_are_two_offers(losses: Losses) -> None:
    """The house decides which of them it wants."""
    record_id = losses.find('{"title": "Nähtreff"}')
    losses.find('{"title": "Nähtreff am Abend"}', record_id=record_id, revision=9)
    assert losses.offer() == 2


def test_a_lost_deletion_is_offered_as_one(losses: Losses) -> None:
    """Its offer has no content."""
    losses.find(None, operation="delete")
    losses.offer()
    assert [offer.payload for offer in losses.offers()] == [""]


def test_a_version_too_large_for_an_offer_waits_and_holds_up_nobody(losses: Losses) -> None:
    """It stays a candidate, for a person; what comes after it is offered."""
    for _ in range(101):
        losses.find("x" * (PAYLOAD_LENGTH_MAX + 1), collection="a")
    losses.find("x" * PAYLOAD_LENGTH_MAX, collection="b")
    assert losses.offer() == 1
    assert losses.candidates() == 101


def test_a_lost_answer_is_not_offered(losses: Losses) -> None:
    """What it answered is settled already, or will be offered again by itself."""
    losses.find(collection="recovery_answers")
    assert losses.offer() == 0
    assert losses.candidates() == 0


def test_an_answer_settles_its_offer(losses: Losses) -> None:
    """The offer leaves the centre's feed; here stays that it was made and how it ended, without the content."""
    losses.find()
    losses.offer()
    [offer] = losses.offers()
    losses.answer(offer.id)
    assert losses.settle() == 1
    assert losses.settle() == 0
    [settled] = losses.offers()
    assert (settled.decision, settled.payload) == (RecoveryDecision.RESTORED, "")
    assert losses.travelling() == {offer.id: Operation.DELETE}


def test_nobody_answers_for_another_centre(losses: Losses) -> None:
    """An answer of Walsum to an offer for Hamborn is no answer."""
    losses.find()
    losses.offer()
    losses.answer(losses.offers()[0].id, centre_id="walsum")
    assert losses.settle() == 0
    assert losses.offers()[0].decision is None


def test_a_record_lost_again_after_its_answer_is_offered_again(losses: Losses) -> None:
    """The earlier answer was to the earlier offer."""
    record_id = losses.find()
    losses.offer()
    losses.answer(losses.offers()[0].id)
    losses.settle()
    losses.find(record_id=record_id)
    assert losses.offer() == 1
    assert losses.settle() == 0


def test_offers_of_an_erased_record_go_with_it(losses: Losses) -> None:
    """Nothing of what was erased may stay anywhere."""
    record_id = losses.find('{"title": "Nähtreff"}')
    losses.offer()
    row = {
        "feed": f"node/{CENTRE}",
        "collection": "events",
        "record_id": record_id,
        "revision": 9,
        "operation": "erase",
    }
    row |= {"schema": 1, "content_hash": "", "status": "erased", "reason": None, "pass_number": 0, "raw": None}
    with losses.database.transaction() as session:
        session.execute(insert(LEDGER.shelves.replica.records).values(row))
    assert losses.settle() == 1
    assert losses.offers() == []


def test_the_job_of_every_minute_does_both(app: Flask, losses: Losses) -> None:
    """Nobody has to look after recoveries."""
    losses.find()
    jobs.run_now(app, "recovery")
    losses.answer(losses.offers()[0].id)
    jobs.run_now(app, "recovery")
    assert [offer.decision for offer in losses.offers()] == [RecoveryDecision.RESTORED]


def test_the_page_shows_what_waits_and_how_it_ended(losses: Losses, signed_in: FlaskClient) -> None:
    """Open offers, versions too large for one, and the latest answers; never their content."""
    assert "Kein Angebot ist offen" in signed_in.get("/netz/wiederherstellung").text
    first = losses.find('{"title": "ein Geheimnis"}')
    losses.offer()
    losses.answer(losses.offers()[0].id)
    losses.settle()
    second, third = losses.find('{"title": "ein Geheimnis"}'), losses.find("x" * (PAYLOAD_LENGTH_MAX + 1))
    losses.offer()
    page = signed_in.get("/netz/wiederherstellung").text
    assert "Warten auf Antwort" in page
    assert "Zurückgenommen" in page
    assert "Zu groß, um angeboten zu werden" in page
    assert all(record_id in page for record_id in (first, second, third))
    assert "Geheimnis" not in page


def test_recoveries_are_for_staff(client: FlaskClient) -> None:
    """A visitor is asked to sign in."""
    assert client.get("/netz/wiederherstellung").status_code == 302

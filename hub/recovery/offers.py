"""Lost versions become offers for their centre; its answers settle them.

Rule: offers are written through the objects of the session, so that they travel. Called
after each batch in the same transaction, and by a job for what was left over; calling it
again changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.recovery.models import RecoveryAnswer, RecoveryOffer
from shared.records.recovery import PAYLOAD_LENGTH_MAX, RECOVERY_ANSWERS, RecoveryDecision
from shared.replication.ledger.facade import Ledger
from shared.replication.ledger.health import Candidate
from shared.replication.ledger.shelves import Status
from shared.topics import centre_of

OFFERS_MAX = 500  # a round; the rest waits for the next one, so that no transaction grows without bound
_PAGE = 100


def offer_candidates(session: Session, ledger: Ledger, now: datetime) -> int:
    """Offer what centres may have lost, at most OFFERS_MAX versions; return how many.

    A version that does not fit into an offer stays a candidate: it is shown on the page of
    recoveries until a person has dealt with it. Lost answers to offers are let go: what they
    answered is offered again if it was lost with them.
    """
    offered = 0
    waiting: set[tuple[str, str, str, str]] | None = None
    for candidate in _candidates(session, ledger):
        waiting = _waiting(session) if waiting is None else waiting
        version = _version(candidate)
        if candidate.collection != RECOVERY_ANSWERS.name and version not in waiting:
            session.add(_offer(candidate, now))
            waiting.add(version)
            offered += 1
        ledger.drop_candidate(session, candidate)
        if offered == OFFERS_MAX:
            break
    return offered


def settle_offers(session: Session, ledger: Ledger) -> int:
    """Close the offers that their centre has answered and those whose record was erased; return how many.

    What a closed offer held is let go; that it was made, and how it ended, stays.
    """
    return _close_answered(session) + _drop_erased(session, ledger)


def too_large(candidate: Candidate) -> bool:
    """Tell whether a version does not fit into an offer."""
    return len(candidate.payload or "") > PAYLOAD_LENGTH_MAX


def _candidates(session: Session, ledger: Ledger) -> Iterator[Candidate]:
    """Yield the candidates that fit; those that do not stay where they are and are stepped over."""
    kept = 0
    while page := ledger.candidates(session, offset=kept, limit=_PAGE):
        for candidate in page:
            if too_large(candidate):
                kept += 1
            else:
                yield candidate


def _version(candidate: Candidate) -> tuple[str, str, str, str]:
    return centre_of(candidate.feed), candidate.collection, candidate.record_id, candidate.payload or ""


def _waiting(session: Session) -> set[tuple[str, str, str, str]]:
    """Return the versions that are on offer already: found lost again, they need no second offer."""
    columns = RecoveryOffer.centre_id, RecoveryOffer.of_collection, RecoveryOffer.record_id, RecoveryOffer.payload
    rows = session.execute(select(*columns).where(RecoveryOffer.decision.is_(None)))
    return {(centre, collection, record_id, payload) for centre, collection, record_id, payload in rows}


def _offer(candidate: Candidate, now: datetime) -> RecoveryOffer:
    return RecoveryOffer(
        centre_id=centre_of(candidate.feed),
        of_collection=candidate.collection,
        record_id=candidate.record_id,
        schema_version=max(1, candidate.schema),
        payload=candidate.payload or "",
        found_at=now,
    )


def _close_answered(session: Session) -> int:
    answered = select(RecoveryOffer, RecoveryAnswer).join(
        RecoveryAnswer,
        and_(RecoveryAnswer.offer_id == RecoveryOffer.id, RecoveryAnswer.centre_id == RecoveryOffer.centre_id),
    )
    pairs = session.execute(answered.where(RecoveryOffer.decision.is_(None))).all()
    for offer, answer in pairs:
        offer.decision = RecoveryDecision(answer.decision)
        offer.decided_at = answer.decided_at
        offer.payload = ""
    return len(pairs)


def _drop_erased(session: Session, ledger: Ledger) -> int:
    """Nothing of an erased record may stay anywhere, so its offers go altogether."""
    records = ledger.shelves.replica.records
    erased = select(RecoveryOffer).join(
        records,
        and_(
            records.c.feed == "node/" + RecoveryOffer.centre_id,
            records.c.collection == RecoveryOffer.of_collection,
            records.c.record_id == RecoveryOffer.record_id,
        ),
    )
    offers = session.scalars(erased.where(records.c.status == Status.ERASED)).all()
    for offer in offers:
        session.delete(offer)
    return len(offers)

"""Offers of the hub: restored or rejected, each answered once.

Rule: a restored record is written as if somebody had just written it, through the session's
objects, so it travels again and the database's own guards judge it.
"""

import json
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.bookings import guard
from node.core.db import Base
from node.recovery.models import RecoveryAnswer, RecoveryOffer
from node.visits import service as visits
from node.visits.service import HourKey
from shared.errors import Refusal
from shared.records.base import Collection, Side
from shared.records.bookings import BOOKINGS, SpaceTaken
from shared.records.catalogue import BY_NAME, COLLECTIONS
from shared.records.recovery import RecoveryDecision
from shared.records.visit_days import VISIT_DAYS
from shared.records.visits import VISITS


class OfferUnknown(Refusal):
    """There is no offer with this id."""


class OfferAnswered(Refusal):
    """The house has decided about this offer already."""


class OfferUnreadable(Refusal):
    """The version is of a kind or form that this house does not know (any more, or yet)."""


class RecordInTheWay(Refusal):
    """Something else stands where the restored record would have to stand."""


def open_offers(session: Session, limit: int | None = None) -> list[RecoveryOffer]:
    """Return the offers that wait for a decision, in the order in which they are best restored."""
    offers = session.scalars(
        select(RecoveryOffer)
        .where(RecoveryOffer.id.not_in(select(RecoveryAnswer.offer_id)))
        .order_by(RecoveryOffer.found_at, RecoveryOffer.id)
    )
    places = {collection.name: place for place, collection in enumerate(COLLECTIONS)}
    return sorted(offers, key=lambda offer: places.get(offer.of_collection, len(places)))[:limit]


def count_open(session: Session) -> int:
    """Return how many offers wait for a decision."""
    answered = select(RecoveryAnswer.offer_id)
    count = select(func.count()).select_from(RecoveryOffer).where(RecoveryOffer.id.not_in(answered))
    return session.scalar(count) or 0


def get_offer(session: Session, offer_id: str) -> RecoveryOffer:
    """Return an offer; raise OfferUnknown."""
    offer = session.get(RecoveryOffer, offer_id)
    if offer is None:
        raise OfferUnknown
    return offer


def restore(session: Session, offer: RecoveryOffer, now: datetime) -> None:
    """Write the offered version again, and answer.

    An offer without a payload was a deletion: the record is deleted again. Raises
    OfferAnswered, OfferUnreadable, SpaceTaken, RecordInTheWay; then nothing has changed.
    """
    _refuse_answered(session, offer)
    try:
        with session.begin_nested():
            _write(session, offer, now)
            session.flush()
    except IntegrityError as error:
        if guard.is_refusal(error):
            raise SpaceTaken from error
        raise RecordInTheWay from error
    _answer(session, offer, RecoveryDecision.RESTORED, now)


def reject(session: Session, offer: RecoveryOffer, now: datetime) -> None:
    """Leave things as they are here, and answer. Raises OfferAnswered."""
    _refuse_answered(session, offer)
    _answer(session, offer, RecoveryDecision.REJECTED, now)


def restore_all(session: Session, offers: list[RecoveryOffer], now: datetime) -> tuple[int, int]:
    """Restore what can be restored; return how many were and how many still need a decision."""
    restored = 0
    for offer in offers:
        try:
            restore(session, offer, now)
            restored += 1
        except Refusal:
            continue  # it stays on the page, where each can be tried alone and says why not
    return restored, len(offers) - restored


def content(offer: RecoveryOffer) -> dict[str, Any]:
    """Return the fields of the offered version as they came, for showing; {} if it was a deletion."""
    try:
        found = json.loads(offer.payload) if offer.payload else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def find_present(session: Session, offer: RecoveryOffer) -> Any | None:
    """Return what stands here now under the offered record's id, or None."""
    kind = _kinds().get(offer.of_collection)
    return session.get(kind, offer.record_id) if kind is not None else None


def _write(session: Session, offer: RecoveryOffer, now: datetime) -> None:
    collection = BY_NAME.get(offer.of_collection)
    if collection is None or collection.owner is not Side.NODE:
        raise OfferUnreadable
    present = find_present(session, offer)
    if not offer.payload:
        if present is not None:
            session.delete(present)
        return
    values = _values(collection, offer)
    if collection is VISITS:
        _refuse_second_count(session, offer, values)
    if present is None:
        if collection is VISIT_DAYS:
            visits.make_room(session, values["day"], offer.record_id)
        own = {"taken_at": now} if collection is BOOKINGS else {}  # who it was is lost: it never left the house
        present = _kinds()[collection.name](id=offer.record_id, **own)
        session.add(present)
    for name, value in values.items():
        setattr(present, name, value)
    if collection is VISITS:
        _keep_count(session, values, now)


def _values(collection: Collection, offer: RecoveryOffer) -> dict[str, Any]:
    if offer.schema_version > collection.version:
        raise OfferUnreadable
    given = {name: value for name, value in content(offer).items() if name != "id"}
    try:
        loaded: dict[str, Any] = collection.checker.load(given)
    except ValidationError as error:
        raise OfferUnreadable from error
    return loaded


def _refuse_second_count(session: Session, offer: RecoveryOffer, values: dict[str, Any]) -> None:
    found = visits.find_count(session, _hour_key(values))
    if found is not None and found.id != offer.record_id:
        raise RecordInTheWay


def _keep_count(session: Session, values: dict[str, Any], now: datetime) -> None:
    """The taps behind a restored count are lost; a correction stands for them, or the next tap would drop it."""
    session.flush()
    visits.correct_count(
        session, _hour_key(values), values["count"], now, reason="Wiederhergestellt", corrected_by="Stadt"
    )


def _hour_key(values: dict[str, Any]) -> HourKey:
    return HourKey(values["hour_starts_at"], values["kind"], values["target_group"])


def _kinds() -> dict[str, type[Any]]:
    """Return the classes of this house's tables by the name of their collection."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


def _refuse_answered(session: Session, offer: RecoveryOffer) -> None:
    if session.scalar(select(RecoveryAnswer.id).where(RecoveryAnswer.offer_id == offer.id).limit(1)):
        raise OfferAnswered


def _answer(session: Session, offer: RecoveryOffer, decision: RecoveryDecision, now: datetime) -> None:
    session.add(RecoveryAnswer(offer_id=offer.id, decision=decision, decided_at=now))
    session.flush()

"""The rules of the house: versions that follow each other, and who accepted which for a booking.

Rule: a version is never changed; new words are a new version. What somebody accepted stays
to be read as they accepted it.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.rentals.models import HouseRules, RulesAcceptance
from shared.errors import Refusal


class RulesUnknown(Refusal):
    """There is no such version of the rules."""


class RulesUnchanged(Refusal):
    """The new version says what the last one says."""


class NobodyNamed(Refusal):
    """An acceptance without the name of whoever accepts."""


def write_rules(session: Session, text: str, valid_from: date, *, now: datetime, by: str = "") -> HouseRules:
    """Add the next version. Raises RulesUnchanged."""
    last = session.scalar(select(HouseRules).order_by(HouseRules.version.desc()).limit(1))
    if last is not None and (last.text, last.valid_from) == (text, valid_from):
        raise RulesUnchanged
    version = (session.scalar(select(func.max(HouseRules.version))) or 0) + 1
    rules = HouseRules(version=version, text=text, valid_from=valid_from, written_at=now, written_by=by)
    session.add(rules)
    session.flush()
    return rules


def rules_on(session: Session, day: date) -> HouseRules | None:
    """Return the version in force on `day`, None if the house has none yet."""
    query = select(HouseRules).where(HouseRules.valid_from <= day)
    return session.scalar(query.order_by(HouseRules.valid_from.desc(), HouseRules.version.desc()).limit(1))


def get_rules(session: Session, version: int) -> HouseRules:
    """Return a version; raise RulesUnknown."""
    rules = session.get(HouseRules, version)
    if rules is None:
        raise RulesUnknown
    return rules


def list_rules(session: Session) -> Sequence[HouseRules]:
    """Return every version, the newest first."""
    return session.scalars(select(HouseRules).order_by(HouseRules.version.desc())).all()


def accept_rules(
    session: Session, booking_id: str, version: int, accepted_by: str, *, now: datetime, by: str = ""
) -> RulesAcceptance:
    """Note that somebody accepted the rules for a booking; accepting once more changes nothing.

    Raises RulesUnknown, NobodyNamed.
    """
    if not accepted_by.strip():
        raise NobodyNamed
    get_rules(session, version)
    this = (RulesAcceptance.booking_id == booking_id, RulesAcceptance.version == version)
    found = session.scalar(select(RulesAcceptance).where(*this))
    if found is None:
        found = RulesAcceptance(
            booking_id=booking_id, version=version, accepted_by=accepted_by.strip(), accepted_at=now, noted_by=by
        )
        session.add(found)
        session.flush()
    return found


def acceptances_of(session: Session, booking_id: str) -> Sequence[RulesAcceptance]:
    """Return who accepted the rules for a booking, the newest first."""
    query = select(RulesAcceptance).where(RulesAcceptance.booking_id == booking_id)
    return session.scalars(query.order_by(RulesAcceptance.accepted_at.desc(), RulesAcceptance.version.desc())).all()

"""Making join codes, finding those that are open, and taking them back.

Rule: of one centre there is one open code at most; a new one takes the earlier one back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from hub.network.joining.models import Invitation, Kind
from hub.network.members import MemberNotPossible
from hub.network.models import Member
from shared.errors import Refusal
from shared.ids import is_slug, new_id
from shared.joining import JoinCode, new_code

VALID_HOURS, VALID_HOURS_USUAL = (2, 24, 48, 168), 48


class BelongsAlready(Refusal):
    """The centre is a member; what it may need is a code for another machine."""

    def __init__(self, centre_id: str) -> None:
        super().__init__(f"{centre_id} belongs to the network already.")
        self.centre_id = centre_id


class NoMember(Refusal):
    """Only a member can get another machine or new credentials."""

    def __init__(self, centre_id: str) -> None:
        super().__init__(f"{centre_id} does not belong to the network.")
        self.centre_id = centre_id


class NotOpen(Refusal):
    """The code was used, has expired or was taken back, or there never was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a code is wanted for. `hub_url` and `hub_key` are the hub's own; `by` is the account that asks."""

    kind: Kind
    centre_id: str
    name: str
    hub_url: str
    hub_key: str
    by: str
    valid_for: timedelta


def invite(session: Session, wish: Wish, now: datetime) -> tuple[Invitation, JoinCode]:
    """Return a new invitation and its code, which is nowhere else from now on.

    Raises MemberNotPossible for an id that is none, BelongsAlready and NoMember, and NotACode for an
    address of the hub that nobody can reach.
    """
    if not is_slug(wish.centre_id):
        raise MemberNotPossible("centre_id")
    member = session.get(Member, wish.centre_id)
    present = member is not None and member.revoked_at is None
    if present == (wish.kind == Kind.NEW):
        raise BelongsAlready(wish.centre_id) if present else NoMember(wish.centre_id)
    code = new_code(wish.hub_url)
    withdraw_all(session, wish.centre_id, now)
    invitation = _invitation(wish, code, now)
    session.add(invitation)
    session.flush()
    return invitation, code


def withdraw(session: Session, invitation_id: str, now: datetime) -> Invitation:
    """Take an open code back; raise NotOpen if there is nothing to take back."""
    found = session.get(Invitation, invitation_id, with_for_update=True)
    if found is None or not is_open(found, now):
        raise NotOpen(invitation_id)
    found.withdrawn_at = now
    return found


def withdraw_all(session: Session, centre_id: str, now: datetime) -> None:
    """Take back whatever is open for a centre."""
    for found in session.scalars(select(Invitation).where(_open(now), Invitation.centre_id == centre_id)):
        found.withdrawn_at = now


def withdraw_open(session: Session, now: datetime) -> None:
    """Take all open codes back."""
    for found in session.scalars(select(Invitation).where(_open(now))):
        found.withdrawn_at = now


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Tell whether somebody could still join with it."""
    return invitation.used_at is None and invitation.withdrawn_at is None and invitation.expires_at > now


def open_ones(now: datetime) -> Select[Invitation]:
    """Return the query for the codes with which somebody could still join, the first to expire at the top."""
    return select(Invitation).where(_open(now)).order_by(Invitation.expires_at, Invitation.id)


def past_ones(now: datetime) -> Select[Invitation]:
    """Return the query for all others, the latest first."""
    return select(Invitation).where(~_open(now)).order_by(Invitation.made_at.desc(), Invitation.id.desc())


def of_centre(session: Session, centre_id: str) -> Invitation | None:
    """Return with which invitation the centre joined last; None for one that was admitted by its key."""
    used = select(Invitation).where(Invitation.centre_id == centre_id, Invitation.used_at.is_not(None))
    return session.scalar(used.order_by(Invitation.used_at.desc(), Invitation.id.desc()).limit(1))


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)


def _invitation(wish: Wish, code: JoinCode, now: datetime) -> Invitation:
    keys = code.keys
    return Invitation(
        id=new_id(),
        code_name=keys.name,
        code_key=keys.public_key.text,
        hub_key=wish.hub_key,
        hub_proof=keys.proof_of(wish.hub_key),
        kind=wish.kind,
        centre_id=wish.centre_id,
        name=wish.name,
        made_by=wish.by,
        made_at=now,
        expires_at=now + wish.valid_for,
    )

"""Admitting centres to the network, and letting them go.

Rule: whom the hub believes stands in `members` and nowhere else. Each function works in the
caller's transaction; ingest sees the change within about a second.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from hub.network.models import Member
from shared import topics
from shared.errors import Refusal
from shared.ids import is_slug
from shared.keys import PublicKey
from shared.replication.ledger import Ledger


class MemberNotPossible(Refusal):
    """`field` ("centre_id" or "public_key") is not what it should be."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class UnknownMember(Refusal):
    """No centre of that id was ever admitted."""

    def __init__(self, centre_id: str) -> None:
        super().__init__(centre_id)
        self.centre_id = centre_id


def admit(
    session: Session,
    centre_id: str,
    name: str,
    public_key: str,
    now: datetime,
    *,
    ledger: Ledger,
    hub_instance: str,
) -> Member:
    """Let a centre in (again, or with a new key) and open the city's feed for it.

    Raises MemberNotPossible for an id that is no slug and for a text that is no public key.
    """
    if not is_slug(centre_id):
        raise MemberNotPossible("centre_id")
    try:
        PublicKey(public_key)
    except ValueError as error:
        raise MemberNotPossible("public_key") from error
    member = session.get(Member, centre_id)
    if member is None:
        member = Member(centre_id=centre_id, name=name, public_key=public_key, admitted_at=now)
        session.add(member)
    if member.public_key != public_key:
        member.public_key, member.next_key = public_key, None
        bind_anew(session, centre_id)
    if member.revoked_at is not None:
        member.revoked_at, member.left_at, member.admitted_at = None, None, now
    member.name = name
    session.flush()
    ledger.open_feed(session, topics.hub_feed(centre_id), hub_instance)
    return member


def revoke(session: Session, centre_id: str, now: datetime, *, ledger: Ledger) -> None:
    """No longer believe or serve a centre; what it has reported stays. Raises UnknownMember."""
    member = get_member(session, centre_id)
    member.revoked_at = member.revoked_at or now
    ledger.close_feed(session, topics.hub_feed(centre_id))


def bind_anew(session: Session, centre_id: str) -> None:
    """Bind the next installation that speaks with the centre's key: it moved to another machine.

    It has been a member all the time: what was expected of it before still is.
    """
    _let_go(get_member(session, centre_id))


def bind(session: Session, centre_id: str, instance: str, now: datetime | None = None) -> None:
    """Bind this installation: it has just proved who it is, another one is no longer believed."""
    member = get_member(session, centre_id)
    _let_go(member)
    member.instance, member.bound_at = instance, now


def keep_bound(session: Session, centre_id: str) -> None:
    """Forget the other installation: a person decided that the bound one stays. If it speaks again, it shows again."""
    member = get_member(session, centre_id)
    member.rival_instance = member.rival_first_at = member.rival_at = member.rival_machine = member.twin_at = None


def keys_of(member: Member) -> list[PublicKey]:
    """Return by which keys a centre is believed now: its own, and while it changes it also the next one."""
    return [PublicKey(text) for text in (member.public_key, member.next_key) if text]


def _let_go(member: Member) -> None:
    """Forget the machine that was bound, its rival, and what both said of themselves."""
    member.instance = member.bound_at = member.machine = member.trouble = member.twin_at = None
    member.rival_instance = member.rival_first_at = member.rival_at = member.rival_machine = None
    member.hub_key = None
    member.sealing_number = 0  # the next machine counts its sealing keys anew


def get_member(session: Session, centre_id: str) -> Member:
    """Return the member; raise UnknownMember."""
    member = session.get(Member, centre_id)
    if member is None:
        raise UnknownMember(centre_id)
    return member


class Entry(NamedTuple):
    """What the courier needs to know of a member; two that are equal need the same. `admitted` says when, somehow."""

    centre_id: str
    public_key: str
    next_key: str | None
    hub_key: str | None
    instance: str | None
    admitted: object


def entries(session: Session) -> list[Entry]:
    """Return an entry for everybody who may speak, by id: this is read every second."""
    admitted = type_coerce(Member.admitted_at, String)
    columns = (Member.centre_id, Member.public_key, Member.next_key, Member.hub_key, Member.instance, admitted)
    rows = session.execute(select(*columns).where(Member.revoked_at.is_(None)).order_by(Member.centre_id))
    return [Entry(*row) for row in rows]


def members(session: Session) -> list[Member]:
    """Return everybody who may speak, by id."""
    return list(session.scalars(select(Member).where(Member.revoked_at.is_(None)).order_by(Member.centre_id)))

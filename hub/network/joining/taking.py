"""Taking a request to join: the code is used up and the installation is bound, in one transaction.

Rule: a code lets one installation in. If the answer was lost, the same installation may ask again for a
short time and is told the same; nobody else ever is.
Rule: whoever does not prove that they know the code is told nothing but that it is unknown.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.network import members
from hub.network.joining.invitations import is_open
from hub.network.joining.models import Invitation, Kind
from hub.network.models import Member
from shared.joining import fingerprint
from shared.joining.letters import Outcome, Request
from shared.keys import Install, PublicKey
from shared.replication.ledger import Ledger
from shared.time import to_wire

REPEAT_FOR = timedelta(minutes=15)  # a line that broke down, a person who tries again


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request; `said` goes along with a refusal. `access_number` is of the broker's credentials."""

    outcome: Outcome
    hub_proof: str = ""
    said: dict[str, str] = field(default_factory=dict)
    centre_id: str = ""
    name: str = ""
    access_number: int = 0
    is_replacement: bool = False
    is_repeat: bool = False  # the same machine, again: its answer was lost


def take(session: Session, request: Request, now: datetime, *, ledger: Ledger, hub: Install, city: str) -> Taken:
    """Let the installation in that asks, or say why not."""
    wanted = select(Invitation).where(Invitation.code_name == request.code)
    invitation = session.scalar(wanted.with_for_update())
    if invitation is None or not request.made_with(invitation.code_key):
        return Taken(Outcome.UNKNOWN)
    refused = _refusal(session, invitation, request, now, hub=hub, city=city)
    if refused is not None:
        outcome, said = refused
        return Taken(outcome, invitation.hub_proof, said, invitation.centre_id)
    is_repeat = invitation.used_at is not None
    if not is_repeat:
        _use(session, invitation, request, now)
        _let_in(session, invitation, request, now, ledger=ledger, hub_instance=hub.instance)
    member = members.get_member(session, invitation.centre_id)
    return Taken(
        Outcome.WELCOME,
        invitation.hub_proof,
        {},
        member.centre_id,
        member.name,
        member.access_number,
        invitation.kind == Kind.REPLACEMENT,
        is_repeat,
    )


def _refusal(
    session: Session, invitation: Invitation, request: Request, now: datetime, *, hub: Install, city: str
) -> tuple[Outcome, dict[str, str]] | None:
    """Return why this code does not let this installation in, None if it does."""
    member = session.get(Member, invitation.centre_id)
    if invitation.used_at is not None:
        return _refused_again(invitation, request, member, now)
    present = member is not None and member.revoked_at is None
    is_outdated = present == (invitation.kind == Kind.NEW)  # admitted by hand, or revoked, since the code was made
    is_withdrawn = invitation.withdrawn_at is not None or invitation.hub_key != hub.public_key.text or is_outdated
    is_other = request.city not in ("", city) or request.centre_id not in ("", invitation.centre_id)
    renews = invitation.kind == Kind.CREDENTIALS and member is not None
    centre = {"centre_id": invitation.centre_id, "city": city}
    found = [
        (is_withdrawn, Outcome.WITHDRAWN, {}),
        (not is_open(invitation, now), Outcome.EXPIRED, {"expired_at": to_wire(invitation.expires_at)}),
        (is_other, Outcome.OTHER_CENTRE, centre),
        (renews and not _is_its_machine(member, request), Outcome.OTHER_MACHINE, centre),
    ]
    return next(((outcome, said) for holds, outcome, said in found if holds), None)


def _refused_again(
    invitation: Invitation, request: Request, member: Member | None, now: datetime
) -> tuple[Outcome, dict[str, str]] | None:
    """Return why a used code does not work again; None for whoever used it and did not get the answer."""
    assert invitation.used_at is not None
    known = (invitation.used_instance, invitation.used_key, invitation.used_sealing_key)
    is_same = known == (request.instance, request.public_key, request.sealing_key)
    is_bound = member is not None and member.revoked_at is None and _is_its_machine(member, request)
    if is_same and is_bound and now - invitation.used_at <= REPEAT_FOR:
        return None
    if not is_same and invitation.refused_at is None:
        invitation.refused_at = now
        invitation.refused_instance, invitation.refused_key = request.instance, request.public_key
    by = fingerprint(invitation.used_instance or "", invitation.used_key or "")
    return Outcome.USED, {"used_at": to_wire(invitation.used_at), "fingerprint": by}


def _is_its_machine(member: Member | None, request: Request) -> bool:
    """Tell whether the centre's own machine asks, by any of the keys it is believed by."""
    if member is None or member.instance not in (None, request.instance):
        return False
    return PublicKey(request.public_key) in members.keys_of(member)


def _use(session: Session, invitation: Invitation, request: Request, now: datetime) -> None:
    invitation.used_at = now
    invitation.used_instance, invitation.used_key = request.instance, request.public_key
    invitation.used_sealing_key = request.sealing_key
    audit.note(session, "joined", Member.__tablename__, invitation.centre_id, now)


def _let_in(
    session: Session, invitation: Invitation, request: Request, now: datetime, *, ledger: Ledger, hub_instance: str
) -> None:
    """Bind the installation to the centre; another one, and whatever credentials there were, are out."""
    if invitation.kind != Kind.CREDENTIALS:
        members.admit(
            session,
            invitation.centre_id,
            invitation.name,
            request.public_key,
            now,
            ledger=ledger,
            hub_instance=hub_instance,
        )
        members.bind(session, invitation.centre_id, request.instance, now)
    member = members.get_member(session, invitation.centre_id)
    member.sealing_key = request.sealing_key
    member.access_number += 1

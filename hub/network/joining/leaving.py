"""A centre leaves the network: it says so itself, or somebody at the desk does."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from hub.config import HubConfig
from hub.core import audit
from hub.core.db import LEDGER, transaction
from hub.network import members
from hub.network.joining import access, invitations
from hub.network.models import Member
from shared.time import now


def let_go(session: Session, centre_id: str, at: datetime, *, by_itself: bool) -> None:
    """No longer believe or serve a centre, and take its codes back; what it reported stays. Raises UnknownMember."""
    members.revoke(session, centre_id, at, ledger=LEDGER)
    member = members.get_member(session, centre_id)
    if by_itself:
        member.left_at = member.left_at or at
    invitations.withdraw_all(session, centre_id, at)


def leave(centre_id: str, _body: bytes) -> bytes:
    """Take a centre's own word that it leaves: a signed call (`hub.backups.calls`)."""
    config: HubConfig = current_app.extensions["stadtherz.config"]
    at = now()
    with transaction() as session:
        let_go(session, centre_id, at, by_itself=True)
        audit.note(session, "left", Member.__tablename__, centre_id, at)
    access.withdraw(config, centre_id)
    return b"ok"

"""A change of the hub's own signing key: who believes the next one already, and when the old one may go.

While it is under way the hub signs for each centre with the key that this centre is known to believe, and
its presence, signed with the next key, carries the statement that leads there. So a house that was away
for weeks still finds it. The old key goes when every member believes the next one, or when a person says so.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.network.models import Member
from shared.keys import Install
from shared.replication.messages import Cursor


def note_belief(member: Member, cursor: Cursor, install: Install) -> None:
    """Keep which of our keys a centre believes; a cursor of before does not lead back to the present one."""
    said = cursor.believes
    following = install.next_key
    if not said or said == member.hub_key or (following is not None and member.hub_key == following.text):
        return
    member.hub_key = said


def behind(session: Session, newest: str, *, unknown: bool = True) -> list[Member]:
    """Return the members that do not believe the hub's newest key yet, by name; with those of whom nobody knows."""
    differs = Member.hub_key != newest
    lacks = or_(Member.hub_key.is_(None), differs) if unknown else differs
    present = select(Member).where(Member.revoked_at.is_(None), lacks)
    return list(session.scalars(present.order_by(Member.name, Member.centre_id)))


def end_if_all_follow(session: Session, install: Install) -> bool:
    """Let the old key go if everybody believes the next one; tell whether it went."""
    following = install.next_key
    if following is None or behind(session, following.text):
        return False
    install.end_rotation()
    return install.next_key is None

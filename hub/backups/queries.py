"""What the desk asks about backups: of each centre the last one, and how much lies here."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.backups.models import CentreBackup
from hub.network.models import Member

OLD_AFTER = timedelta(days=3)


class Standing(NamedTuple):
    """`made_at` is None for a centre that never left a backup here; `worry` is "", "none" or "old"."""

    centre_id: str
    name: str
    made_at: datetime | None
    received_at: datetime | None
    number: int
    bytes: int
    worry: str


def last_received(session: Session) -> dict[str, datetime]:
    """Return when the last backup of each centre that has left one was received."""
    last = select(CentreBackup.centre_id, func.max(CentreBackup.received_at)).group_by(CentreBackup.centre_id)
    return {row[0]: row[1] for row in session.execute(last)}


def standings(session: Session, now: datetime) -> list[Standing]:
    """Return all members, those to worry about first."""
    totals = select(
        CentreBackup.centre_id,
        func.max(CentreBackup.made_at).label("made_at"),
        func.max(CentreBackup.received_at).label("received_at"),
        func.count().label("number"),
        func.sum(CentreBackup.bytes).label("bytes"),
    ).group_by(CentreBackup.centre_id)
    kept = {row.centre_id: row for row in session.execute(totals)}
    found = []
    for member in session.scalars(select(Member).where(Member.revoked_at.is_(None)).order_by(Member.name)):
        row = kept.get(member.centre_id)
        if row is None:
            found.append(Standing(member.centre_id, member.name, None, None, 0, 0, "none"))
            continue
        worry = "old" if now - row.received_at > OLD_AFTER else ""
        found.append(
            Standing(member.centre_id, member.name, row.made_at, row.received_at, row.number, int(row.bytes), worry)
        )
    return sorted(found, key=lambda one: ["old", "none", ""].index(one.worry))

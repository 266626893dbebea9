"""What became of each link over time: connected, in agreement, lost, stopped. A bounded number of lines.

Noted by the round that looks for alarms, not by ingest: what comes and goes within a minute is no
history. Between "connected" and the end of the connection only the first agreement is noted.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.network.links import CentreLink
from hub.network.models import LinkChange

CHANGES_MAX = 200  # of one centre: a house whose line fails every night fills it in half a year
_CONNECTED = "connected"


def note_changes(session: Session, links: Iterable[CentreLink], now: datetime) -> int:
    """Note the links whose state is not what was last noted; return how many."""
    changed = _changed(session, links)
    session.add_all(LinkChange(centre_id=centre_id, changed_at=now, state=state) for centre_id, state in changed)
    session.flush()
    for centre_id, _state in changed:
        _drop_oldest(session, centre_id)
    return len(changed)


def have_changed(session: Session, links: Iterable[CentreLink]) -> bool:
    """Tell whether there is anything to note."""
    return bool(_changed(session, links))


def changes(session: Session, centre_id: str, limit: int = CHANGES_MAX) -> list[LinkChange]:
    """Return what was noted of a centre, the latest first."""
    newest = select(LinkChange).where(LinkChange.centre_id == centre_id).order_by(LinkChange.changed_at.desc())
    return list(session.scalars(newest.limit(limit)))


def _changed(session: Session, links: Iterable[CentreLink]) -> list[tuple[str, str]]:
    last = _last_states(session)
    states = ((link.centre_id, _noted(link.state, last.get(link.centre_id))) for link in links)
    return [(centre_id, state) for centre_id, state in states if state != last.get(centre_id)]


def _noted(state: str, last: str | None) -> str:
    """Return what is noted for a link's state: being behind for a moment is part of being connected."""
    if state != "delayed":
        return state
    return last if last in (_CONNECTED, "agreed") else _CONNECTED


def _last_states(session: Session) -> dict[str, str]:
    latest = select(LinkChange.centre_id, func.max(LinkChange.changed_at).label("at")).group_by(LinkChange.centre_id)
    newest = latest.subquery()
    rows = select(LinkChange.centre_id, LinkChange.state).join(
        newest, (LinkChange.centre_id == newest.c.centre_id) & (LinkChange.changed_at == newest.c.at)
    )
    return {row.centre_id: row.state for row in session.execute(rows)}


def _drop_oldest(session: Session, centre_id: str) -> None:
    mine = LinkChange.centre_id == centre_id
    kept = select(LinkChange.changed_at).where(mine).order_by(LinkChange.changed_at.desc())
    edge = session.scalar(kept.offset(CHANGES_MAX - 1).limit(1))
    if edge is not None:
        session.execute(delete(LinkChange).where(mine, LinkChange.changed_at < edge))

"""What other rooms ask about the network: who belongs to it, and how old each centre's data are."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.network.models import Member


class Expected(NamedTuple):
    """A centre that should report. `as_of` is when its records were last proven to be the same here.

    `heard_at` is when it last said anything; it may still be catching up then.
    """

    centre_id: str
    name: str
    as_of: datetime | None
    heard_at: datetime | None


def expected_centres(session: Session) -> list[Expected]:
    """Return the admitted centres that were not revoked, by name."""
    columns = Member.centre_id, Member.name, Member.agreed_up_at, Member.heard_at
    found = select(*columns).where(Member.revoked_at.is_(None)).order_by(Member.name, Member.centre_id)
    return [Expected(*row) for row in session.execute(found)]

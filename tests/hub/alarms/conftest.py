"""Servers that alarms are sent to, and a network in which something is wrong."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from hub.backups.models import CentreBackup
from hub.network.models import IngestFacts, Member
from shared.database import Database
from shared.time import now
from tests.hub.alarms.servers import MailServer, WebServer, running


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def web_server() -> Iterator[WebServer]:
    with running(WebServer()) as server:
        yield server


@pytest.fixture
def join(database: Database) -> Callable[..., None]:
    """Let a centre join; the hub has been connected for a day, and has a fresh backup. `online` and `since` as said."""

    def joined(centre_id: str, hours_away: int | None = None, **said: Any) -> None:
        at = now()
        with database.transaction() as session:
            if session.get(IngestFacts, 1) is None:
                day_ago = at - timedelta(days=1)
                session.add(IngestFacts(id=1, beat_at=at, connected=True, connected_changed_at=day_ago))
            known = {
                "name": centre_id.title(),
                "public_key": "k",
                "admitted_at": at - timedelta(days=5),
                "heard_at": at,
            }
            known |= {"online": hours_away is None, "agreed_up_at": at, "agreed_down_at": at}
            if hours_away is not None:
                known["online_changed_at"] = at - timedelta(hours=hours_away)
            session.add(Member(centre_id=centre_id, **{**known, **said}))
            kept = {"made_at": at, "received_at": at, "bytes": 1, "sha256": "0" * 64}
            session.add(CentreBackup(centre_id=centre_id, name="backup", **kept))

    return joined

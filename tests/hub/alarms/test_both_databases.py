"""A round, its letters and the figures on PostgreSQL, where the hub of a large city runs."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hub.alarms import letters, queries, service
from hub.alarms.facts import gather
from hub.alarms.models import Alarm
from hub.core.db import LEDGER, Base
from hub.metrics.figures import figures
from hub.network import history
from hub.network.models import IngestFacts, Member
from hub.network.queries import all_links
from hub.network.versions import of_hub
from shared.database import Database
from shared.time import now
from tests.factories import ZONE

pytestmark = pytest.mark.service("postgresql")


def test_a_round_on_postgresql(postgres_url: str) -> None:
    """Opened once, told once, and claimed by one of two processes only."""
    database = Database(postgres_url)
    Base.metadata.create_all(database.engine)
    at = now()
    day_ago = at - timedelta(days=2)
    with database.transaction() as session:
        session.add(IngestFacts(id=1, beat_at=at, connected=True, connected_changed_at=day_ago))
        usual = {"public_key": "k", "admitted_at": day_ago, "heard_at": day_ago, "online_changed_at": day_ago}
        session.add(Member(centre_id="hochfeld", name="Hochfeld", **usual))
    with database.transaction() as session:
        facts = gather(session, {}, at, ZONE, silent_from=7)
        assert len(service.look(session, facts, at, {"webhook": at}).opened) == 1
        assert history.note_changes(session, all_links(session, at), at) == 1
    with database.transaction() as first:
        assert letters.claim(first, ["webhook"], at) is not None
        with database.transaction() as second:
            assert letters.claim(second, ["webhook"], at) is None
    with database.reading() as session:
        assert queries.open_by_kind(session) == {"offline": 1}
        assert len(list(figures(session, at, {}, of_hub(LEDGER), 10))) > 10
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Alarm(kind="offline", subject="hochfeld", noticed_at=at, value=1, threshold=1))
    database.dispose()

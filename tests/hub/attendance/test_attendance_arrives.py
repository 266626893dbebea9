"""How many registered reaches the city over a real broker; who they are does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.attendance.models import EventAttendance
from node.programme.models import Event
from node.registration import service
from shared.broker import EmbeddedBroker
from tests.factories import NOW
from tests.linked import linked_pair, within
from tests.node.registration.conftest import join, make_gathering


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        yield running


def test_the_city_hears_numbers_and_no_names(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """Registered, waiting, attended, and who just came; each change sets the same record right."""
    with linked_pair(tmp_path, broker) as (hub_half, centre):
        with centre.database.transaction() as session:
            event = make_gathering(session, places=4)
            family = join(session, event, 2, 1, name="Familie Geheim")
            join(session, event, 2)

        def numbers() -> list[tuple[int | None, ...]]:
            with hub_half.database.reading() as session:
                found = session.scalars(select(EventAttendance)).all()
                return [(row.capacity, row.registered, row.waiting, row.attended, row.headcount) for row in found]

        within(30, lambda: numbers() == [(4, 3, 2, None, None)])
        with centre.database.transaction() as session:
            service.tick(session, family.id, 3, now=NOW)
            service.count_heads(session, session.get_one(Event, event.id), 6, now=NOW)
        within(30, lambda: numbers() == [(4, 3, 2, 3, 6)])
    kept = {file.name: file.read_bytes() for file in tmp_path.glob("*.sqlite*")}
    assert any(b"Geheim" in content for name, content in kept.items() if name.startswith("alt-hamborn"))
    assert not any(b"Geheim" in content for name, content in kept.items() if name.startswith("hub"))

"""The fleet itself: its centres speak to the real hub, and its reckoning notices what is missing."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.fleet.city import Plan, running_fleet
from tests.fleet.mqtt import _number, _packet, _taken
from tests.fleet.reckoning import differences, records
from tests.fleet.scenarios import Stage
from tests.fleet.weekday import NIGHT_CHANGES

CENTRES = 3


@pytest.mark.service("mosquitto")
def test_a_small_fleet_lives_through_everything_and_a_loss_is_seen(tmp_path: Path) -> None:
    """Joins, a rush and a new broker leave the same on both sides; a record taken away at the hub is missed."""
    with running_fleet(tmp_path, Plan(CENTRES, 1, "mosquitto")) as fleet:
        stage = Stage(fleet, lambda what, reached, of: None)
        stage.joining()
        rush = stage.morning()
        stage.storm()
        stage.announcement()
        assert rush.lags is not None
        assert rush.lags.commits == CENTRES
        assert not differences(fleet)
        assert records(fleet) >= CENTRES * NIGHT_CHANGES
        with fleet.city.hub_database.transaction() as session:
            session.execute(text("DELETE FROM bookings WHERE id IN (SELECT id FROM bookings LIMIT 1)"))
            session.execute(text("DELETE FROM replica_records WHERE feed = 'node/centre-1' AND collection = 'events'"))
        assert len(differences(fleet)) == 2


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 300_000])
def test_packets_of_every_length_are_read_as_they_were_written(size: int) -> None:
    """The length of a packet takes one to four bytes; what is not whole yet is waited for."""
    packet = _packet(0x30, b"x" * size)
    assert _number(packet, 1)[0] == size
    assert _taken(bytearray(packet[:-1])) is None or size == 0
    received = bytearray(packet + b"\x40")
    assert _taken(received) == (0x30, b"x" * size)
    assert received == b"\x40"

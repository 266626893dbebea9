"""Many processes book and move at once, some are killed: nobody is ever double-booked.

`STADTHERZ_ATTEMPTS=10000 pytest -s tests/node/bookings/test_concurrent_writers.py` is the long form;
it prints what became of the attempts.
"""

import itertools
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from node.bookings import guard
from node.bookings.models import Booking
from node.spaces import service as spaces
from shared.database import Database
from shared.records.bookings import BookingState
from tests.factories import make_booking, make_space

WRITERS, KILLED = 8, 4
ATTEMPTS = max(1_000, int(os.environ.get("STADTHERZ_ATTEMPTS", "1000")))
SCALE = ATTEMPTS / 1_000
EACH = round(260 * SCALE)  # of the writers that live; those that are killed come on top
ROOT = Path(__file__).parents[3]


def overlaps(house: Database) -> list[tuple[str, str]]:
    """Compare every confirmed booking with every other, naively, by spaces, times and buffers alone."""
    with house.reading() as session:
        listed = {space.id: space for space in spaces.list_spaces(session)}
        parts = spaces.parts_by_space(listed.values())
        booked = session.scalars(select(Booking).where(Booking.state == BookingState.CONFIRMED)).all()
        found = []
        for one, other in itertools.combinations(sorted(booked, key=lambda booking: booking.starts_at), 2):
            if set(parts[one.space_id]) & set(parts[other.space_id]):
                gap = max(listed[one.space_id].buffer_after_min, listed[other.space_id].buffer_before_min)
                if other.starts_at < one.ends_at + timedelta(minutes=gap):
                    found.append((one.id, other.id))
        return found


def furnish(house: Database) -> None:
    """A hall in two halves, one of them divided again, and a café; some want buffers."""
    with house.transaction() as session:
        hall = make_space(session, "Saal", buffer_before_min=15, buffer_after_min=30)
        left = make_space(session, "Links", hall, buffer_after_min=15)
        make_space(session, "Rechts", hall)
        make_space(session, "Links vorn", left, buffer_before_min=30)
        make_space(session, "Links hinten", left)
        make_space(session, "Café", buffer_after_min=15)


def write_at_once(url: str, folder: Path) -> Counter[str]:
    """Let all writers loose, kill some in the middle; return what they printed, counted."""
    outputs = [folder / f"writer-{seed}.txt" for seed in range(WRITERS)]
    running = []
    for seed, output in enumerate(outputs):
        attempts = EACH if seed >= KILLED else 100 * EACH  # the first ones go on until they are killed
        with output.open("w") as written:
            arguments = [sys.executable, str(Path(__file__).with_name("writer.py")), url, str(seed), str(attempts)]
            path = {"PYTHONPATH": str(ROOT), "PATH": ""}
            running.append(subprocess.Popen(arguments, stdout=written, stderr=subprocess.STDOUT, env=path))
    for number, writer in enumerate(running[:KILLED]):
        _wait_for_lines(outputs[number], round(SCALE * (100 + 50 * number)), writer)
        writer.kill()
    for writer in running:
        writer.wait(timeout=200 * SCALE)
    assert [writer.returncode for writer in running] == [-9] * KILLED + [0] * (WRITERS - KILLED), _ends(outputs)
    return Counter(line.split()[0] if line.startswith("try") else line for line in _lines(outputs))


def _wait_for_lines(output: Path, count: int, writer: subprocess.Popen[bytes]) -> None:
    while len(output.read_text().splitlines()) < count and writer.poll() is None:
        time.sleep(0.02)


def _lines(outputs: list[Path]) -> list[str]:
    return [line for output in outputs for line in output.read_text().splitlines() if line.strip()]


def _ends(outputs: list[Path]) -> str:
    return "\n".join(output.read_text()[-600:] for output in outputs)


@pytest.mark.timeout(300 * SCALE)
def test_many_writers_never_double_book(house: Database, tmp_path: Path) -> None:
    """A thousand attempts to book and to move, by eight processes of which four are killed: no overlap."""
    furnish(house)
    told = write_at_once(house.url.render_as_string(hide_password=False), tmp_path)
    print(f"\n{house.engine.dialect.name}: {dict(sorted(told.items()))}")
    assert told["try"] >= ATTEMPTS
    assert told["done create"] > 50
    assert told["done edit"] > 50
    assert told["taken"] > 100, "the writers hardly met"
    assert told["waited in vain"] <= told["try"] / 100
    assert overlaps(house) == []


def test_without_the_guard_the_naive_check_would_find_overlaps(house: Database) -> None:
    """The check above can fail: with the guard gone it sees the double booking."""
    furnish(house)
    with house.engine.begin() as connection:
        for statement in guard.sqlite_statements() if house.is_sqlite else []:
            connection.exec_driver_sql(f"DROP TRIGGER {statement.split()[5]}")
        if not house.is_sqlite:
            connection.execute(text(f"ALTER TABLE booking_claims DROP CONSTRAINT {guard.REFUSED}"))
    with house.transaction() as session:
        hall, half = spaces.list_spaces(session)[1:3]
        make_booking(session, hall, "10:00", "12:00")
        make_booking(session, half, "11:30", "13:00")
    assert len(overlaps(house)) == 1


@pytest.mark.parametrize("minutes", [0, 15])
def test_the_naive_check_counts_a_gap_that_is_too_short(house: Database, minutes: int) -> None:
    """The check above knows buffers: without them there would be no finding."""
    with house.transaction() as session:
        cafe = make_space(session, "Café", buffer_after_min=minutes)
        make_booking(session, cafe, "10:00", "11:00")
        late = make_booking(session, cafe, "11:15", "12:00")
        session.execute(text("DELETE FROM booking_claims"))
        late.starts_at -= timedelta(minutes=15)
    assert len(overlaps(house)) == (1 if minutes else 0)

"""What a side says of itself, and that sides of different ages understand each other."""

from pathlib import Path

import orjson
import pytest

from shared import topics
from shared.keys import Install, open_install
from shared.replication.envelope import seal
from shared.replication.presence import Presence, read_presence, write_presence
from shared.replication.program import Program, read_program, write_program
from shared.time import now, to_wire

TOPIC = topics.node_state("duisburg", "hamborn")
PROGRAM = Program("1.4.0", "0021", {"events": 3, "bookings": 2})


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return open_install(tmp_path / "signing.key")


def test_the_program_travels_with_the_presence(install: Install) -> None:
    """Version, database and the versions of the records arrive as they were said."""
    said = Presence(True, install.instance, now(), PROGRAM)
    assert read_presence(write_presence(said, TOPIC, install), TOPIC, install.public_key) == said


def test_an_older_side_says_nothing_of_its_program(install: Install) -> None:
    """Its presence is read as before, and the program is not known."""
    said = Presence(False, install.instance, now())
    sealed = write_presence(said, TOPIC, install)
    assert b"program" not in sealed
    assert read_presence(sealed, TOPIC, install.public_key).program is None


def test_a_newer_side_may_say_more(install: Install) -> None:
    """What is not known yet is left alone."""
    data = {"online": True, "instance": install.instance, "at": to_wire(now()), "mood": "good"}
    data["program"] = {**write_program(PROGRAM), "colour": "green"}
    event = {"type": "de.stadtherz.presence.v1", "data": data}
    found = read_presence(seal(orjson.dumps(event), TOPIC, install), TOPIC, install.public_key)
    assert found.program == PROGRAM


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        "1.4.0",
        {},
        {"version": 1, "database": "0021"},
        {"version": "1" * 41, "database": "0021"},
        {"version": "1.0", "database": "00\n21"},
        {"version": "1.0", "database": "0021", "records": []},
        {"version": "1.0", "database": "0021", "records": {"events": True}},
        {"version": "1.0", "database": "0021", "records": {"<b>": 1}},
        {"version": "1.0", "database": "0021", "records": {f"c{n}": 1 for n in range(101)}},
    ],
)
def test_nonsense_about_a_program_is_no_program(nonsense: object, install: Install) -> None:
    """A presence with it counts all the same; what it says of the program does not."""
    assert read_program(nonsense) is None


def test_versions_are_compared_as_numbers() -> None:
    """1.10 comes after 1.9."""
    assert Program("1.10.0", "").order > Program("1.9.3", "").order

"""What a side says of itself, and that sides of different ages understand each other."""

from pathlib import Path

import orjson
import pytest

from shared import topics
from shared.errors import WireError
from shared.keys import Believed, Install, PublicKey, begin_rotation, end_rotation, open_install
from shared.replication.envelope import Rejection, seal, unseal
from shared.replication.messages import NO_TERM, Term
from shared.replication.presence import Presence, read_presence, write_presence
from shared.replication.program import Program, read_program, write_program
from shared.replication.remarks import NONE, Remarks, read_remarks
from shared.sealing import open_sealing_key
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


def test_remarks_travel_with_the_presence(install: Install, tmp_path: Path) -> None:
    """Sealing key, term, trouble and the machine's name arrive as they were said; nothing else is written."""
    key = open_sealing_key(tmp_path / "sealing.key").public_key.text
    remarks = Remarks(key, 1, Term(7, install.instance), "the receiver is ahead", "theke")
    said = Presence(True, install.instance, now(), None, remarks)
    assert read_presence(write_presence(said, TOPIC, install), TOPIC, install.public_key).remarks == remarks
    silent = Presence(True, install.instance, now())
    assert b"remarks" not in write_presence(silent, TOPIC, install)


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        7,
        {"sealing_key": "x25519:" + "A" * 43, "sealing_number": 3},
        {"sealing_number": 3},
        {"term": [1]},
        {"term": [-1, "x"]},
        {"term": [2**64, "x"]},
        {"term": ["1", "x"]},
        {"term": [1, "x" * 30]},
        {"trouble": "x" * 121},
        {"machine": "a\nb"},
        {"machine": ["theke"]},
    ],
)
def test_nonsense_in_remarks_counts_as_not_said(nonsense: object) -> None:
    """One that is wrong takes none of the others along, and never the presence."""
    assert read_remarks(nonsense) == NONE
    if isinstance(nonsense, dict):
        assert read_remarks({"term": [7, "here"], **nonsense}).term in (Term(7, "here"), NO_TERM)


def newer(install: Install, tmp_path: Path) -> Install:
    """Return the same installation after two changes of its key."""
    for step in (begin_rotation, end_rotation, begin_rotation):
        found = step(tmp_path / "signing.key")
    return found


def test_a_presence_leads_from_an_old_key_to_the_newest(install: Install, tmp_path: Path) -> None:
    """Who was away for two changes reads it by the first key, and learns the newest."""
    changed = newer(install, tmp_path)
    sealed = write_presence(Presence(True, install.instance, now()), TOPIC, changed)
    believed = Believed(install.public_key)
    assert read_presence(sealed, TOPIC, believed).online
    assert believed.found == changed.next_key
    known = Believed(changed.newest.public_key)
    assert read_presence(sealed, TOPIC, known).online
    assert known.found is None


def test_a_presence_of_somebody_else_is_not_read_for_its_lineage(install: Install, tmp_path: Path) -> None:
    """A lineage that does not begin at a believed key, or was changed by one bit, is of no use."""
    changed = newer(install, tmp_path)
    sealed = write_presence(Presence(True, install.instance, now()), TOPIC, changed)
    stranger = open_install(tmp_path / "stranger.key").public_key
    for author, body in ((stranger, sealed), (install.public_key, sealed[:-1] + b"x"), (stranger, _bent(sealed))):
        with pytest.raises(WireError) as refused:
            read_presence(body, TOPIC, author)
        assert refused.value.reason == Rejection.UNSIGNED


def test_a_lineage_is_read_in_presences_only(install: Install, tmp_path: Path) -> None:
    """In a feed a letter is by a key that is believed already, or it is not looked at."""
    changed = newer(install, tmp_path)
    sealed = seal(b"{}", TOPIC, changed.newest, changed.lineage)
    with pytest.raises(WireError) as refused:
        unseal(sealed, TOPIC, Believed(install.public_key))
    assert refused.value.reason == Rejection.UNSIGNED
    newest: PublicKey = changed.newest.public_key
    assert unseal(sealed, TOPIC, newest) == b"{}"


def _bent(sealed: bytes) -> bytes:
    """Return the letter with one bit of its lineage turned."""
    bent = bytearray(sealed)
    bent[68 + 1 + 100] ^= 1
    return bytes(bent)


def test_an_installation_that_no_database_stores_is_nobody(install: Install) -> None:
    """A null character would let PostgreSQL refuse all that is written beside it."""
    content = {"online": True, "instance": "a\0b", "at": to_wire(now())}
    event = {"type": "de.stadtherz.presence.v1", "data": content}
    with pytest.raises(WireError):
        read_presence(seal(orjson.dumps(event), TOPIC, install), TOPIC, install.public_key)
    assert read_remarks({"term": [7, "a\0b"]}).term == NO_TERM

"""The copy from before an upgrade, the way back, and an older program on a newer database."""

import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from shared.database import Database
from shared.errors import ConfigError
from shared.migrations import upgrade, version
from shared.upgrade_copies import KEPT, NoCopy, StillInUse, forget_copies, keep_copy, roll_back

ENV = "from sqlalchemy import MetaData\nfrom shared.migration_steps import serve\nserve(MetaData())\n"
HEAD = "import sqlalchemy as sa\nfrom alembic import op\nrevision = '{0}'\ndown_revision = {1!r}\n"
FIRST = HEAD.format("0001", None) + "def upgrade():\n    op.create_table('notes', sa.Column('text', sa.String))\n"
ADDING = (
    HEAD.format("0002", "0001")
    + "works_with = '0001'\ndef upgrade():\n    op.add_column('notes', sa.Column('colour', sa.String))\n"
)
CHANGING = HEAD.format("0003", "0002") + "def upgrade():\n    op.drop_column('notes', 'text')\n"


def program(folder: Path, *scripts: str) -> Path:
    """Return the migrations of a program that knows `scripts`."""
    made = folder / f"program{len(scripts)}"
    (made / "versions").mkdir(parents=True)
    (made / "env.py").write_text(ENV)
    for number, script in enumerate(scripts, 1):
        (made / "versions" / f"{number:04d}_step.py").write_text(script)
    return made


@pytest.fixture
def programs(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Three releases: the second only adds, the third changes what the others need."""
    return program(tmp_path, FIRST), program(tmp_path, FIRST, ADDING), program(tmp_path, FIRST, ADDING, CHANGING)


@pytest.fixture
def house(tmp_path: Path, programs: tuple[Path, Path, Path]) -> Database:
    """A database in use by the first release."""
    database = Database(f"sqlite:///{tmp_path / 'data' / 'node.sqlite'}")
    upgrade(database, programs[0])
    write(database, "from the first release")
    return database


def write(database: Database, note: str) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO notes (text) VALUES (:note)"), {"note": note})


def notes(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT text FROM notes ORDER BY rowid")))


def files(database: Database) -> list[str]:
    return sorted(path.name for path in Path(str(database.url.database)).parent.iterdir() if "-" not in path.suffix)


def test_an_older_program_goes_on_where_the_upgrade_only_added(
    house: Database, programs: tuple[Path, Path, Path]
) -> None:
    """Installed again, it works with what the newer one wrote, and the newer one afterwards with what it wrote."""
    first, second, _ = programs
    upgrade(house, second)
    write(house, "from the second release")
    assert upgrade(house, first) is False
    write(house, "from the first release again")
    assert upgrade(house, second) is False
    assert len(notes(house)) == 3


def test_an_older_program_keeps_off_where_the_upgrade_changed_what_it_needs(
    house: Database, programs: tuple[Path, Path, Path]
) -> None:
    """Neither the first nor the second release touches the database of the third, and both say what to do."""
    first, second, third = programs
    upgrade(house, third)
    for older in (first, second):
        with pytest.raises(ConfigError, match="roll-back"):
            upgrade(house, older)


def test_the_strictest_script_so_far_counts(house: Database, programs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """A script that only adds does not let programs in again that an earlier script shut out."""
    adding_again = ADDING.replace("0002", "0004").replace("'0001'", "'0003'", 1).replace("colour", "size")
    fourth = program(tmp_path, FIRST, ADDING, CHANGING, adding_again)
    upgrade(house, programs[2])
    upgrade(house, fourth)
    assert upgrade(house, programs[2]) is False
    with pytest.raises(ConfigError):
        upgrade(house, programs[1])


def test_going_back_brings_the_database_from_before_and_keeps_the_other_aside(
    house: Database, programs: tuple[Path, Path, Path]
) -> None:
    """The older program works again with what it left; what came since is a file for whoever looks for it."""
    upgrade(house, programs[1])
    upgrade(house, programs[2])
    assert roll_back(house) == "0002"
    assert version(house) == "0002"
    assert notes(house) == ["from the first release"]
    assert upgrade(house, programs[1]) is False
    aside = Database(f"sqlite:///{house.url.database}.rolled-back")
    assert [column["name"] for column in inspect(aside.engine).get_columns("notes")] == ["colour"]
    aside.dispose()


def test_nobody_goes_back_under_a_running_program(house: Database, programs: tuple[Path, Path, Path]) -> None:
    """An open database stays as it is."""
    upgrade(house, programs[1])
    running = sqlite3.connect(str(house.url.database))
    running.execute("SELECT count(*) FROM notes").fetchone()
    house.dispose()
    with pytest.raises(StillInUse, match="Stop the program first"):
        roll_back(house)
    running.close()
    assert version(house) == "0002"


def test_going_back_a_second_time_keeps_what_was_put_aside(house: Database, programs: tuple[Path, Path, Path]) -> None:
    """Whoever is not sure whether it worked says it again: what was typed since the upgrade is still there."""
    upgrade(house, programs[1])
    write(house, "from the second release")
    roll_back(house)
    with pytest.raises(NoCopy):
        roll_back(house)
    aside = Database(f"sqlite:///{house.url.database}.rolled-back")
    assert notes(aside) == ["from the first release", "from the second release"]
    aside.dispose()


def test_half_a_copy_that_a_power_cut_left_goes_too(house: Database) -> None:
    """It has people in it as a whole one has."""
    folder = Path(str(house.url.database)).parent
    for name in (".node.sqlite.before-upgrade-0001", ".node.sqlite.before-upgrade-0001-journal", ".node.sqlite.fresh"):
        (folder / name).write_bytes(b"half")
    assert forget_copies(house) == 3
    assert list(folder.glob(".node*")) == []


def test_there_is_no_way_back_without_a_copy(house: Database) -> None:
    """A database that was never upgraded stays."""
    with pytest.raises(NoCopy):
        roll_back(house)
    assert notes(house) == ["from the first release"]


def test_the_copy_is_for_its_owner_alone_and_there_is_one(house: Database, programs: tuple[Path, Path, Path]) -> None:
    """It holds people's names; the one of an earlier upgrade makes room."""
    upgrade(house, programs[1])
    upgrade(house, programs[2])
    (copy,) = Path(str(house.url.database)).parent.glob("*before-upgrade*")
    assert copy.name == "node.sqlite.before-upgrade-0002"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_copies_go_in_time_and_at_once_when_asked(house: Database, programs: tuple[Path, Path, Path]) -> None:
    """After fourteen days by the daily run; with an erasure immediately, the one that was put aside too."""
    at = datetime.now(UTC)
    upgrade(house, programs[1])
    assert forget_copies(house, older_than=at - KEPT) == 0
    (copy,) = Path(str(house.url.database)).parent.glob("*before-upgrade*")
    long_ago = (at - KEPT - timedelta(hours=1)).timestamp()
    os.utime(copy, (long_ago, long_ago))
    assert forget_copies(house, older_than=at - KEPT) == 1
    upgrade(house, programs[2])
    roll_back(house)
    assert forget_copies(house) == 1
    assert files(house) == ["node.sqlite"]


def test_without_room_for_the_copy_nothing_is_upgraded(tmp_path: Path) -> None:
    """A copy that cannot be written stops the upgrade before it begins, and says where."""
    database = Database(f"sqlite:///{tmp_path / 'node.sqlite'}")
    with database.transaction() as session:
        session.execute(text("CREATE TABLE notes (text VARCHAR)"))
    (tmp_path / ".node.sqlite.before-upgrade-0001").mkdir()  # stands in the way of the copy
    with pytest.raises(ConfigError, match="before-upgrade-0001: the copy before the upgrade cannot be written"):
        keep_copy(database, "0001")
    database.dispose()

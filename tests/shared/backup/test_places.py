"""Folders for backups: prepared ones, absent, full and locked sticks, and what is kept for how long."""

import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared.backup import places
from shared.backup.places import KEPT_ON_A_SMALL_STICK, PlaceNotPossible, make_room, name_of, prepare, prune, put

START = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    prepare(folder)
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (tmp_path / "made").write_bytes(b"a backup")
    return tmp_path / "made"


def test_a_backup_is_put_whole_under_its_name(stick: Path, made: Path) -> None:
    """Nothing half lies beside it."""
    target = put(made, stick, name_of("alt-hamborn", START))
    assert target.read_bytes() == b"a backup"
    assert {path.name for path in stick.iterdir()} == {places.MARKER, "stadtherz-alt-hamborn-20261123T021000Z.backup"}


def test_an_empty_mount_point_is_not_mistaken_for_the_stick(tmp_path: Path, made: Path) -> None:
    """Where the stick is missing the folder is empty, and lies on the machine's own card."""
    (tmp_path / "mount").mkdir()
    with pytest.raises(PlaceNotPossible) as refused:
        put(made, tmp_path / "mount", "x.backup")
    assert refused.value.problem == "not_prepared"
    assert not list((tmp_path / "mount").iterdir())


def test_a_folder_that_is_not_there_is_absent(tmp_path: Path, made: Path) -> None:
    """No folder is made in its place."""
    for attempt in (lambda: put(made, tmp_path / "none", "x.backup"), lambda: prepare(tmp_path / "none")):
        with pytest.raises(PlaceNotPossible) as refused:
            attempt()
        assert refused.value.problem == "absent"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.ENOSPC, "full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "not_permitted"),
        (errno.EIO, "broken"),
        (errno.ENOENT, "absent"),
    ],
)
def test_each_fault_of_a_stick_has_its_own_word(number: int, problem: str) -> None:
    """People can do something about a full stick, and something else about a locked one."""
    assert places.problem_of(OSError(number, "x")) == problem
    assert problem in places.PROBLEM_WORDS


def test_what_a_pulled_plug_left_behind_is_swept_away(stick: Path, made: Path) -> None:
    """The rest of a copy has another name, so nobody takes it for a backup."""
    (stick / ".stadtherz-alt-hamborn-20261122T021000Z.backup.part").write_bytes(b"half")
    put(made, stick, name_of("alt-hamborn", START))
    assert not list(stick.glob("*.part")) + list(stick.glob(".*.part"))


def test_seven_days_and_four_weeks_are_kept(stick: Path) -> None:
    """Of sixty nights; the newest of each day and of each week count."""
    for day in range(60):
        (stick / name_of("alt-hamborn", START + timedelta(days=day))).write_bytes(b"x")
    newest = stick / name_of("alt-hamborn", START + timedelta(days=59))
    gone = prune(stick, "alt-hamborn", newest)
    left = places.backups_in(stick, "alt-hamborn")
    assert len(gone) == 60 - len(left)
    assert [path.name for path in left[:7]] == [
        name_of("alt-hamborn", START + timedelta(days=day)) for day in range(59, 52, -1)
    ]
    assert 9 <= len(left) <= 10  # the newest week is among the seven days, and a week may end within them


def test_a_small_stick_is_not_full_for_good(stick: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go until the next one fits, of this house alone, and never the last two."""
    foreign = stick / name_of("hochfeld", START)
    foreign.write_bytes(b"x")
    for day in range(6):
        (stick / name_of("alt-hamborn", START + timedelta(days=day))).write_bytes(b"x")

    def usage(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=10 - len(list(folder.glob("stadtherz-alt-hamborn-*"))))

    monkeypatch.setattr("shared.backup.places.shutil.disk_usage", usage)
    assert make_room(stick, "alt-hamborn", 4) == []
    assert [path.name for path in make_room(stick, "alt-hamborn", 6)] == [
        name_of("alt-hamborn", START + timedelta(days=day)) for day in (0, 1)
    ]
    make_room(stick, "alt-hamborn", 100)
    left = places.backups_in(stick, "alt-hamborn")
    assert [path.name for path in left] == [name_of("alt-hamborn", START + timedelta(days=day)) for day in (5, 4)]
    assert len(left) == KEPT_ON_A_SMALL_STICK
    assert foreign.exists()


def test_a_wrong_clock_does_not_prune_what_was_just_written(stick: Path) -> None:
    """A mini PC without a clock of its own may believe that it is 1970."""
    for day in range(30):
        (stick / name_of("alt-hamborn", START + timedelta(days=day))).write_bytes(b"x")
    just_written = stick / name_of("alt-hamborn", datetime(1970, 1, 1, tzinfo=UTC))
    just_written.write_bytes(b"x")
    prune(stick, "alt-hamborn", just_written)
    assert just_written.exists()


def test_other_files_and_other_houses_are_left_alone(stick: Path) -> None:
    """A stick may serve two houses, or hold somebody's photographs."""
    foreign = [
        stick / "photo.jpg",
        stick / name_of("hochfeld", START),
        stick / "stadtherz-alt-hamborn-99999999T999999Z.backup",
    ]
    for path in foreign:
        path.write_bytes(b"x")
    own = [stick / name_of("alt-hamborn", START + timedelta(days=day)) for day in range(40)]
    for path in own:
        path.write_bytes(b"x")
    prune(stick, "alt-hamborn", own[-1])
    assert all(path.exists() for path in foreign)

"""Real sticks: a disk of its own that fills up, is locked, or is pulled out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.backup import places
from shared.backup.places import PlaceNotPossible, name_of, prepare, put
from tests.system.disks import Disk, small_disk

MONDAY = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
MB = 1_000_000


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Disk]:
    """Three megabytes, prepared; only root can mount one."""
    with small_disk(tmp_path / "stick", 3) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        prepare(disk.folder)
        yield disk


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    (tmp_path / "made").write_bytes(b"x" * 2 * MB)
    return tmp_path / "made"


def test_a_full_stick_keeps_the_backup_of_before(stick: Disk, backup: Path) -> None:
    """The new one does not fit; nothing half is left, and the room is given back."""
    first = put(backup, stick.folder, name_of("alt-hamborn", MONDAY))
    with pytest.raises(PlaceNotPossible) as refused:
        put(backup, stick.folder, name_of("alt-hamborn", MONDAY + timedelta(days=1)))
    assert refused.value.problem == "full"
    assert {path.name for path in stick.folder.iterdir()} == {places.MARKER, first.name}


def test_a_locked_stick_is_told_as_that(stick: Disk, backup: Path) -> None:
    """The little switch at its side."""
    stick.protect(on=True)
    for attempt in (
        lambda: put(backup, stick.folder, name_of("alt-hamborn", MONDAY)),
        lambda: places.put_text("x", stick.folder, "erased.list"),
        lambda: prepare(stick.folder),
    ):
        with pytest.raises(PlaceNotPossible) as refused:
            attempt()
        assert refused.value.problem == "read_only"


def test_where_a_stick_was_pulled_out_nothing_is_written(tmp_path: Path, backup: Path) -> None:
    """Its mount point is an empty folder then."""
    with small_disk(tmp_path / "stick", 3) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        prepare(disk.folder)
    with pytest.raises(PlaceNotPossible) as refused:
        put(backup, tmp_path / "stick", name_of("alt-hamborn", MONDAY))
    assert refused.value.problem == "not_prepared"
    assert not list((tmp_path / "stick").iterdir())

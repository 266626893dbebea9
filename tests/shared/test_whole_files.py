"""Files that are there whole or not at all."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from shared import whole_files


def refuse(code: int) -> None:
    raise OSError(code, os.strerror(code))


@pytest.fixture(params=["links", "no links"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a disk that knows links, and on one that does not."""
    if request.param == "no links":
        monkeypatch.setattr(os, "link", lambda *_: refuse(errno.EPERM))
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_made_for_its_owner(folder: Path) -> None:
    """Nothing is left beside it."""
    whole_files.create(folder / "key", b"secret")
    assert (folder / "key").read_bytes() == b"secret"
    assert stat.S_IMODE((folder / "key").stat().st_mode) == whole_files.OWNERS
    assert names(folder) == ["key"]


def test_what_is_there_is_not_made_anew(folder: Path) -> None:
    """Whoever comes second is told so, and the first one's content stays."""
    whole_files.create(folder / "key", b"first")
    with pytest.raises(FileExistsError):
        whole_files.create(folder / "key", b"second")
    assert (folder / "key").read_bytes() == b"first"
    assert names(folder) == ["key"]


def test_a_file_is_replaced_as_a_whole(folder: Path) -> None:
    """Also one that is shorter than before; the mode is the one that was asked for."""
    for content in (b"a long one", b"short"):
        whole_files.replace(folder / "list", content, whole_files.EVERYBODYS)
        assert (folder / "list").read_bytes() == content
    assert stat.S_IMODE((folder / "list").stat().st_mode) == whole_files.EVERYBODYS
    assert names(folder) == ["list"]


@pytest.mark.parametrize("act", [whole_files.replace, whole_files.create])
def test_a_disk_that_is_full_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[..., None]
) -> None:
    """The old content is there, the half of the new one is not."""
    (tmp_path / "kept").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: refuse(errno.ENOSPC))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        act(tmp_path / ("kept" if act is whole_files.replace else "new"), b"new")
    assert (tmp_path / "kept").read_bytes() == b"old"
    assert names(tmp_path) == ["kept"]

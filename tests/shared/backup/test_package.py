"""The file of a backup: whole or refused, and closed to whoever has no code."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.backup import package, sealed_file
from shared.backup.package import header_of, read_backup, unpack, write_backup
from shared.backup.recovery_code import new_code, public_of
from shared.backup.sealed_file import PIECE_BYTES, BackupDamaged, NotABackup, SealedKey, WrongCode, new_header
from shared.errors import Refusal

MADE_AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
SECRET = b"Erna Beispiel, Hochfeldstr. 1"


@pytest.fixture(scope="module")
def code() -> str:
    return new_code()


def sealed_for(code: str) -> SealedKey:
    return new_header(
        kind="node",
        city="duisburg",
        place="alt-hamborn",
        made_at=MADE_AT,
        program="0.5",
        recovery_key=public_of(code),
    )


def backup(folder: Path, code: str, content: bytes = SECRET) -> Path:
    """Write a backup of two files."""
    (folder / "in").mkdir()
    (folder / "in" / "node.sqlite").write_bytes(content)
    (folder / "in" / "sealing.key").write_bytes(b"key")
    files = {path.name: path for path in sorted((folder / "in").iterdir())}
    write_backup(folder / "one.backup", sealed_for(code), files, {"rows": {"bookings": 3}})
    return folder / "one.backup"


def test_what_goes_in_comes_out(tmp_path: Path, code: str) -> None:
    """Over many pieces, with what was noted, and readable by the owner alone."""
    content = bytes(range(256)) * (5 * PIECE_BYTES // 256) + SECRET
    made = backup(tmp_path, code, content)
    (tmp_path / "out").mkdir()
    header, contents = unpack(made, code, tmp_path / "out")
    assert (tmp_path / "out" / "node.sqlite").read_bytes() == content
    assert (tmp_path / "out" / "sealing.key").read_bytes() == b"key"
    assert contents.notes == {"rows": {"bookings": 3}}
    assert (header.place, header.made_at) == ("alt-hamborn", MADE_AT)
    assert made.stat().st_mode & 0o077 == 0


def test_nothing_of_the_content_stands_in_the_file(tmp_path: Path, code: str) -> None:
    """Only the header is plain, and says nothing personal."""
    made = backup(tmp_path, code)
    assert SECRET not in made.read_bytes()
    assert header_of(made).city == "duisburg"


def test_another_code_opens_nothing(tmp_path: Path, code: str) -> None:
    """And the words say which key would."""
    made = backup(tmp_path, code)
    (tmp_path / "out").mkdir()
    with pytest.raises(WrongCode, match="recovery:x25519:"):
        unpack(made, new_code(), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_a_file_that_was_cut_anywhere_is_refused(tmp_path: Path, code: str) -> None:
    """A stick that was pulled out leaves the beginning of a file."""
    made = backup(tmp_path, code)
    whole = made.read_bytes()
    for length in range(0, len(whole), 37):
        made.write_bytes(whole[:length])
        folder = tmp_path / f"out{length}"
        folder.mkdir()
        with pytest.raises((BackupDamaged, NotABackup)):
            unpack(made, code, folder)


def test_a_changed_byte_anywhere_is_noticed(tmp_path: Path, code: str) -> None:
    """In the header too: each piece authenticates it."""
    made = backup(tmp_path, code)
    whole = made.read_bytes()
    for place in range(0, len(whole), 11):
        made.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        folder = tmp_path / f"out{place}"
        folder.mkdir()
        with pytest.raises(Refusal):
            unpack(made, code, folder)


def test_something_behind_the_end_is_refused(tmp_path: Path, code: str) -> None:
    """Nobody can add to a backup."""
    made = backup(tmp_path, code)
    made.write_bytes(made.read_bytes() + b"more")
    (tmp_path / "out").mkdir()
    with pytest.raises(BackupDamaged):
        unpack(made, code, tmp_path / "out")


def test_the_key_of_one_file_opens_no_other(tmp_path: Path, code: str) -> None:
    """Each file has a random key of its own."""
    made = backup(tmp_path, code)
    (tmp_path / "out").mkdir()
    with pytest.raises(BackupDamaged):
        read_backup(made, sealed_for(code).key, tmp_path / "out")


def test_a_key_does_not_show_itself() -> None:
    """What is printed in an error goes into a log."""
    assert repr(sealed_for(new_code())) == "SealedKey(…)"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "a\\b"])
def test_only_plain_names_are_taken_out(name: str) -> None:
    """A path in a backup is never followed."""
    assert not package.is_plain(name)
    assert package.is_plain("node.sqlite")


def test_a_header_without_end_is_no_backup(tmp_path: Path) -> None:
    """Whatever lies on a stick under such a name."""
    file = tmp_path / "x.backup"
    for content in (b"", b"hello", sealed_file.MAGIC + b"\xff\xff\xff\xff", sealed_file.MAGIC + b"\0\0\0\x02{}"):
        file.write_bytes(content)
        with pytest.raises((NotABackup, BackupDamaged)):
            header_of(file)

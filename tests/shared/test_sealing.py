"""Sealed letters: only the one they are for can read them, also years and several keys later."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import ConfigError
from shared.sealing import CannotOpen, SealingKey, open_sealing_key, rotate_sealing_key, seal_for

WORDS = "Aylin Öztürk, 0203 555 0101".encode()


def test_the_one_it_is_for_can_read_it(tmp_path: Path) -> None:
    """What was sealed with the public text comes back from the file's key, also after a restart."""
    key = open_sealing_key(tmp_path / "sealing.key")
    letter = seal_for(key.public_key.text, WORDS)
    assert key.open(letter) == WORDS
    assert open_sealing_key(tmp_path / "sealing.key").open(letter) == WORDS


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Neither another centre nor anybody who keeps the letter finds a word in it."""
    mine, another = open_sealing_key(tmp_path / "mine.key"), open_sealing_key(tmp_path / "another.key")
    letter = seal_for(mine.public_key.text, WORDS)
    assert b"Aylin" not in letter
    with pytest.raises(CannotOpen, match="somebody else"):
        another.open(letter)


def test_two_letters_of_the_same_words_differ(tmp_path: Path) -> None:
    """Nobody can tell by comparing whether two people asked for the same."""
    public = open_sealing_key(tmp_path / "sealing.key").public_key.text
    assert seal_for(public, WORDS) != seal_for(public, WORDS)


def test_letters_of_an_old_key_can_still_be_read(tmp_path: Path) -> None:
    """After a change of the key, twice, the old letters open; new ones are for the newest key."""
    path = tmp_path / "sealing.key"
    first = open_sealing_key(path)
    letter = seal_for(first.public_key.text, WORDS)
    rotate_sealing_key(path)
    last = rotate_sealing_key(path)
    assert last.open(letter) == WORDS
    newer = seal_for(last.public_key.text, b"newer")
    assert open_sealing_key(path).open(newer) == b"newer"
    with pytest.raises(CannotOpen):
        first.open(newer)


def test_an_altered_letter_is_not_opened(tmp_path: Path) -> None:
    """Each single byte counts: there is no letter that opens to something else."""
    key = open_sealing_key(tmp_path / "sealing.key")
    letter = key.public_key.seal(b"yes")
    for place in range(len(letter)):
        altered = bytearray(letter)
        altered[place] ^= 1
        with pytest.raises(CannotOpen):
            key.open(bytes(altered))
    with pytest.raises(CannotOpen):
        key.open(letter[:-1])


_KEY = SealingKey([b"k" * 32])


@given(st.binary(max_size=300))
def test_only_a_letter_is_opened(junk: bytes) -> None:
    """Whatever the bytes: opened, or CannotOpen, nothing else."""
    with pytest.raises(CannotOpen):
        _KEY.open(junk)
    assert _KEY.open(_KEY.public_key.seal(junk)) == junk


def test_the_sealing_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It is written with mode 0600, also by a change of the key; one that others may read is refused by name."""
    path = tmp_path / "sealing.key"
    rotate_sealing_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["sealing.key"]
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        open_sealing_key(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sealing_keys":[]}', '{"sealing_keys":["AA=="]}'])
def test_a_damaged_sealing_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    """It is never replaced silently: letters that wait could not be read any more."""
    path = tmp_path / "sealing.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"sealing\.key"):
        open_sealing_key(path)
    with pytest.raises(ConfigError, match=r"sealing\.key"):
        rotate_sealing_key(path)
    assert path.read_text() == content


@pytest.mark.parametrize(
    "text", ["", "x25519:", "x25519:" + "A" * 42, "x25519:" + "A" * 43, "ed25519:" + "A" * 43, "x25519:" + "ä" * 43]
)
def test_only_a_sealing_key_is_taken_for_one(text: str) -> None:
    """Nothing is ever sealed for a typing error."""
    with pytest.raises(ValueError, match="sealing key"):
        seal_for(text, WORDS)

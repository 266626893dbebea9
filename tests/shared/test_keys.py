"""The install file: made once, kept to its owner, and a copied card shows itself."""

import base64
from pathlib import Path

import orjson
import pytest

from shared.errors import ConfigError
from shared.keys import (
    Hand,
    Install,
    PublicKey,
    RotationUnderWay,
    begin_rotation,
    end_rotation,
    hardware_hint,
    open_install,
)
from shared.public_keys import LINEAGE_MAX, STATEMENT_BYTES, heir_of, read_lineage


def test_an_installation_stays_itself(tmp_path: Path) -> None:
    """The second start finds the instance and the key of the first."""
    first, second = open_install(tmp_path / "install.json"), open_install(tmp_path / "install.json")
    assert first.instance == second.instance
    assert second.public_key.confirms(first.sign(b"words"), b"words")


def test_two_installations_differ(tmp_path: Path) -> None:
    """Nobody can sign for somebody else."""
    one, other = open_install(tmp_path / "one.json"), open_install(tmp_path / "other.json")
    assert one.instance != other.instance
    assert not other.public_key.confirms(one.sign(b"words"), b"words")


def test_a_copied_card_has_another_instance(tmp_path: Path) -> None:
    """The same file on other hardware signs with the same key, but names itself differently."""
    here = open_install(tmp_path / "install.json", hardware="0" * 12)
    there = open_install(tmp_path / "install.json", hardware="1" * 12)
    assert here.instance != there.instance
    assert here.public_key == there.public_key


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It is written with mode 0600, and one that others may read is refused by name."""
    path = tmp_path / "install.json"
    open_install(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        open_install(path)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"birth":"x","signing_key":"AA=="}', '{"birth":1,"signing_key":2}']
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    """It is never replaced silently: that would give the centre a new identity."""
    path = tmp_path / "install.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"install\.json"):
        open_install(path)
    assert path.read_text() == content


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:" + "A" * 42, "rsa:" + "A" * 43, "ed25519:" + "ä" * 43])
def test_only_a_public_key_is_taken_for_one(text: str) -> None:
    """A typing error in a setting is found where it is read."""
    with pytest.raises(ValueError, match="public key"):
        PublicKey(text)


def test_the_text_form_of_a_key_can_be_read_again(tmp_path: Path) -> None:
    """What a person copies from one machine to another is the same key there."""
    key = open_install(tmp_path / "install.json").public_key
    assert PublicKey(key.text) == key


def test_the_hardware_has_a_name_of_its_own() -> None:
    """The hint is stable and tells nothing about the machine but that it is the same."""
    assert hardware_hint() == hardware_hint()
    assert len(hardware_hint()) == 12


def test_a_key_is_changed_in_two_steps(tmp_path: Path) -> None:
    """First both can sign, the present one by default; then the next one alone, and the old one is gone."""
    path = tmp_path / "install.json"
    before = open_install(path)
    between = begin_rotation(path)
    assert (between.public_key, between.instance) == (before.public_key, before.instance)
    following = between.next_key
    assert following is not None
    assert following.confirms(between.for_reader(following.text).sign(b"words"), b"words")
    assert before.public_key.confirms(between.for_reader("").sign(b"words"), b"words")
    after = end_rotation(path)
    assert (after.public_key, after.next_key, after.instance) == (following, None, before.instance)
    assert heir_of(before.public_key, read_lineage(after.lineage)) == following
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_change_waits_for_the_first(tmp_path: Path) -> None:
    """Else those who heard of the first one would be led astray."""
    path = tmp_path / "install.json"
    following = begin_rotation(path).next_key
    with pytest.raises(RotationUnderWay):
        begin_rotation(path)
    assert open_install(path).next_key == following


def test_a_running_program_takes_a_change_up(tmp_path: Path) -> None:
    """The command writes the file; whoever has it open looks into it again."""
    running = open_install(tmp_path / "install.json")
    assert not running.refresh()
    following = begin_rotation(tmp_path / "install.json").next_key
    assert running.refresh()
    assert running.next_key == following
    running.end_rotation()
    assert running.public_key == following
    assert not running.refresh()


def test_only_so_many_changes_are_remembered(tmp_path: Path) -> None:
    """The presence stays small; who missed sixteen changes joins again."""
    path = tmp_path / "install.json"
    for _ in range(LINEAGE_MAX + 2):
        begin_rotation(path)
        end_rotation(path)
    install = open_install(path)
    assert len(install.lineage) == LINEAGE_MAX * STATEMENT_BYTES
    oldest = read_lineage(install.lineage)[0].old
    assert heir_of(oldest, read_lineage(install.lineage)) == install.public_key


def test_a_file_of_before_can_change_its_key(tmp_path: Path) -> None:
    """And a program of before can still read what it needs from a file that has a lineage."""
    path = tmp_path / "install.json"
    open_install(path)
    assert set(orjson.loads(path.read_bytes())) == {"birth", "signing_key"}
    begin_rotation(path)
    kept = orjson.loads(path.read_bytes())
    assert Hand(base64.b64decode(kept["signing_key"])).public_key == open_install(path).public_key


def test_a_full_disk_puts_the_end_of_a_change_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever is in the middle of the day's work goes on with both keys, and tries again."""
    announced = begin_rotation_at(tmp_path / "install.json")
    unwritable = (tmp_path / "install.json").rename(tmp_path / f"{'i' * 250}.json")  # no room for a name beside it
    install = open_install(unwritable)
    install.end_rotation()
    assert (install.public_key, install.next_key) == (announced.public_key, announced.next_key)
    assert "cannot be written" in caplog.text
    unwritable.rename(tmp_path / "install.json")
    again = open_install(tmp_path / "install.json")
    again.end_rotation()
    assert (again.public_key, again.next_key) == (announced.next_key, None)


def begin_rotation_at(path: Path) -> Install:
    """Return an installation that changes its key."""
    open_install(path)
    return begin_rotation(path)

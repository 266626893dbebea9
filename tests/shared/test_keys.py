"""The install file: made once, kept to its owner, and a copied card shows itself."""

from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.keys import PublicKey, hardware_hint, open_install


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

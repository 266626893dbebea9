"""Who an installation is: its instance id and the Ed25519 key that signs its messages.

Both live in the install file, outside the database and outside its backups (mode 0600):
a restored database keeps the identity of the machine it runs on, and a copied memory
card shows itself, because the instance id also names the hardware.

A key is changed in two steps, each one replaces the file as a whole: `begin_rotation` puts the next
key beside the present one, `end_rotation` puts it in its place. Between the two both can sign.
What names the heirs (`lineage`) stays in the file, for those who come back after a long time.

Rule: the private keys leave this module only as signatures.
"""

import base64
import logging
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nacl.signing import SigningKey

from shared import secret_file
from shared.errors import ConfigError
from shared.hardware import hardware_hint
from shared.public_keys import (
    LINEAGE_MAX,
    SIGNATURE_BYTES,
    Believed,
    PublicKey,
    Signs,
    Statement,
    name_heir,
    read_lineage,
    write_lineage,
)

_LOG = logging.getLogger(__name__)
INSTANCE_LENGTH = 16 + 1 + 12

__all__ = [
    "INSTANCE_LENGTH",
    "SIGNATURE_BYTES",
    "Believed",
    "Hand",
    "Install",
    "PublicKey",
    "RotationUnderWay",
    "Signs",
    "begin_rotation",
    "end_rotation",
    "hardware_hint",
    "open_install",
]


class RotationUnderWay(ConfigError):
    """A next key is there already, and not everybody has taken it."""


class Hand:
    """One key that signs."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)
        self.public_key = PublicKey.of(bytes(self._key.verify_key))

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of the signature of `content`."""
        return self._key.sign(content).signature

    def __repr__(self) -> str:
        return f"Hand({self.public_key.text})"


class _Keys(NamedTuple):
    """What is replaced at once when the file has changed."""

    present: Hand
    next: Hand | None
    lineage: tuple[Statement, ...]


class Install:
    """This installation: `instance` (29 characters), its public key, and `sign`.

    `sign` and `public_key` are of the present key. While a change is under way there is a `next` one,
    which `for_reader` gives to those who believe it already.
    """

    def __init__(
        self, birth: str, hardware: str, seed: bytes, next_seed: bytes | None = None, lineage: Sequence[Statement] = ()
    ) -> None:
        self.instance = f"{birth}-{hardware}"
        self._keys = _Keys(Hand(seed), Hand(next_seed) if next_seed else None, tuple(lineage))
        self._file: tuple[Path, bytes] | None = None

    @property
    def public_key(self) -> PublicKey:
        return self._keys.present.public_key

    @property
    def next_key(self) -> PublicKey | None:
        """The key that will follow; None while no change is under way."""
        return self._keys.next.public_key if self._keys.next else None

    @property
    def newest(self) -> Hand:
        """The next key, else the present one: what only those understand who follow the lineage."""
        return self._keys.next or self._keys.present

    @property
    def lineage(self) -> bytes:
        """The statements that lead from earlier keys to the newest one, as they travel."""
        return write_lineage(self._keys.lineage)

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of the signature of `content`, by the present key."""
        return self._keys.present.sign(content)

    def for_reader(self, believed: str) -> Signs:
        """Return the key to sign with for somebody who is known to believe the key `believed` ('' if unknown)."""
        follows = self._keys.next
        return follows if follows is not None and follows.public_key.text == believed else self._keys.present

    def refresh(self) -> bool:
        """Look whether the file has other keys by now (a command, the other process); tell if so."""
        if self._file is None:
            return False
        path, content = self._file
        try:
            if path.read_bytes() == content:
                return False
        except OSError:
            return False  # we go on with what we know
        fresh = open_install(path, self.instance[-12:])
        self._keys, self._file = fresh._keys, fresh._file  # noqa: SLF001 (another one of us)
        return True

    def end_rotation(self) -> None:
        """Sign with the next key alone from now on: everybody believes it. Without a next key nothing happens.

        Nor does it while the file cannot be written: both sign on, and who calls tries again later.
        """
        if self._file is None or self._keys.next is None:
            return
        try:
            end_rotation(self._file[0])
        except ConfigError as error:
            _LOG.warning("the key of before stays for now: %s", error)
        self.refresh()

    def __repr__(self) -> str:
        return f"Install({self.instance})"


def open_install(path: Path, hardware: str | None = None) -> Install:
    """Return the installation of the file at `path`; the first call makes the file.

    `hardware` is for tests; without it this machine is asked. Raises ConfigError if the
    file can be read by others, cannot be read by us, or is not an install file.
    """
    if not path.exists():
        secret_file.create(path, {"birth": secrets.token_hex(8), "signing_key": _written(secrets.token_bytes(32))})
    kept, content = _read(path)
    following = kept.get("next_key")
    try:
        found = Install(
            _birth(kept["birth"]),
            hardware or hardware_hint(),
            _seed(kept["signing_key"]),
            None if following is None else _seed(following),
            read_lineage(base64.b64decode(kept.get("lineage", ""), validate=True)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error
    found._file = (path, content)  # noqa: SLF001 (ours)
    return found


def begin_rotation(path: Path) -> Install:
    """Put a next key beside the present one; return what the file holds now.

    Raises RotationUnderWay if there is one, ConfigError if the file cannot be read or written.
    """
    present = open_install(path)
    if present.next_key is not None:
        raise RotationUnderWay(f"{path}: a change of the key is under way already. Nothing was changed.")
    kept, _ = _read(path)
    seed = secrets.token_bytes(32)
    lineage = [*read_lineage(present.lineage), name_heir(present, Hand(seed))][-LINEAGE_MAX:]
    written = base64.b64encode(write_lineage(lineage)).decode()
    secret_file.replace(path, {**kept, "next_key": _written(seed), "lineage": written})
    return open_install(path)


def end_rotation(path: Path) -> Install:
    """Put the next key in the place of the present one, which is gone then; return what the file holds now.

    Raises ConfigError if the file cannot be read or written.
    """
    open_install(path)
    kept, _ = _read(path)
    if (following := kept.pop("next_key", None)) is not None:
        secret_file.replace(path, {**kept, "signing_key": following})
    return open_install(path)


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        kept = secret_file.read(path)
        return kept, path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ConfigError:
    return ConfigError(f"{path}: is not an install file. Restore it, or delete it to join the city anew.")


def _birth(text: str) -> str:
    if len(text) != 16:
        raise ValueError("wrong length")
    return text


def _seed(text: str) -> bytes:
    seed = base64.b64decode(text, validate=True)
    if len(seed) != 32:
        raise ValueError("wrong length")
    return seed


def _written(seed: bytes) -> str:
    return base64.b64encode(seed).decode()

"""Sealed letters: words that only one installation can read, whoever carries or keeps them.

A letter is sealed for a public key (X25519) and opened with its other half, which lies in the
sealing file (`sealing.key`, mode 0600, beside the database). Unlike the signing key it belongs into
the encrypted backup: without it the letters of a lost machine could not be read any more.

A sealed letter says nothing about who wrote it: anybody who knows the public key can seal. Put it into
a signed message, and name in it what it is for. It does not hide how long the text is.

Rule: the private keys leave this module only as opened letters. After a change of the key the old
ones stay, for opening: letters on their way, and those that were kept sealed.
"""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nacl.bindings import crypto_scalarmult
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.public import PublicKey as BoxKey

from shared import secret_file
from shared.errors import ConfigError

PUBLIC_LENGTH = len("x25519:") + 43
KEYS_MAX = 50  # one a year is plenty; a file that grew further was not written by us

_PREFIX = "x25519:"
_FORM = b"SL\x01"  # a sealed letter, form 1: ephemeral key and XSalsa20-Poly1305, as libsodium's sealed boxes
_EMPTY = len(_FORM) + 48


class CannotOpen(ValueError):
    """This is no sealed letter, was altered, or is for somebody else."""


class SealingPublicKey:
    """What others seal with; its text form is `x25519:` and 43 characters."""

    def __init__(self, text: str) -> None:
        """Read the text form; raise ValueError for anything else."""
        try:
            raw = base64.b64decode(text.removeprefix(_PREFIX) + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("not a sealing key") from error
        if not text.startswith(_PREFIX) or len(raw) != 32 or text != _PREFIX + _text(raw):
            raise ValueError("not a sealing key")
        if _is_degenerate(raw):
            raise ValueError("not a sealing key")
        self.text = text
        self._key = BoxKey(raw)

    def seal(self, content: bytes) -> bytes:
        """Return `content` as a letter that only the owner of this key can open."""
        sealed: bytes = SealedBox(self._key).encrypt(content)
        return _FORM + sealed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealingPublicKey) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"SealingPublicKey({self.text})"


class SealingKey:
    """The keys of a sealing file: the newest seals (`public_key`), each opens."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        """Take the private keys of 32 bytes each, at least one, the newest first."""
        self._keys = [PrivateKey(seed) for seed in seeds]
        self.number = len(seeds)  # rises with each change: of two public keys the one with the higher number is newer
        self.public_key = SealingPublicKey(_PREFIX + _text(bytes(self._keys[0].public_key)))

    def open(self, letter: bytes) -> bytes:
        """Return what was sealed for any of the keys; raise CannotOpen."""
        if not letter.startswith(_FORM) or len(letter) < _EMPTY:
            raise CannotOpen("this is no sealed letter")
        for key in self._keys:
            try:
                opened: bytes = SealedBox(key).decrypt(letter[len(_FORM) :])
            except CryptoError:
                continue
            return opened
        raise CannotOpen("this letter was altered, or is for somebody else")

    def __repr__(self) -> str:
        return f"SealingKey({self.public_key.text})"


def seal_for(public_text: str, content: bytes) -> bytes:
    """Return `content` sealed for the key with this text form; raise ValueError if it is no such key."""
    return SealingPublicKey(public_text).seal(content)


def open_sealing_key(path: Path) -> SealingKey:
    """Return the keys of the file at `path`; the first call makes the file.

    Raises ConfigError if the file can be read by others, cannot be read by us, or is not a sealing file.
    """
    if not path.exists():
        secret_file.create(path, {"sealing_keys": [_fresh()]})
    return SealingKey(_read(path))


def rotate_sealing_key(path: Path) -> SealingKey:
    """Seal for a new key from now on, and keep the old ones for opening. Raises ConfigError.

    A backup made before cannot open what is sealed from now on: make a new one.
    """
    open_sealing_key(path)
    kept = [base64.b64encode(seed).decode() for seed in _read(path)]
    if len(kept) >= KEYS_MAX:
        raise ConfigError(f"{path}: holds {len(kept)} keys, which is enough for ever. Nothing was changed.")
    secret_file.replace(path, {"sealing_keys": [_fresh(), *kept]})
    return open_sealing_key(path)


def _read(path: Path) -> list[bytes]:
    try:
        kept: dict[str, Any] = secret_file.read(path)
        seeds = [_seed(text) for text in kept["sealing_keys"]]
        if not seeds:
            raise ValueError("no keys")
        return seeds
    except (KeyError, TypeError, ValueError) as error:  # base64's errors are ValueErrors
        raise ConfigError(f"{path}: is not a sealing file. Restore it from the last backup.") from error


def _seed(text: str) -> bytes:
    seed = base64.b64decode(text, validate=True)
    if len(seed) != 32:
        raise ValueError("wrong length")
    return seed


def _is_degenerate(raw: bytes) -> bool:
    """Tell whether every secret shared with this point is the same: libsodium would refuse when it seals."""
    try:
        crypto_scalarmult(b"\x40" * 32, raw)
    except CryptoError:
        return True
    return False


def _fresh() -> str:
    return base64.b64encode(bytes(PrivateKey.generate())).decode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

"""Who an installation is: its instance id and the Ed25519 key that signs its messages.

Both live in the install file, outside the database and outside its backups (mode 0600):
a restored database keeps the identity of the machine it runs on, and a copied memory
card shows itself, because the instance id also names the hardware.

Rule: the signing key leaves this module only as signatures.
"""

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import orjson
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from shared.errors import ConfigError

SIGNATURE_BYTES = 64
INSTANCE_LENGTH = 16 + 1 + 12
_KEY_PREFIX = "ed25519:"
_BOARD_SERIAL = Path("/proc/device-tree/serial-number")  # single-board computers print it on the chip
_NETWORK = Path("/sys/class/net")
_MACHINE_ID = Path("/etc/machine-id")


class PublicKey:
    """What others check signatures with; its text form is `ed25519:` and 43 characters."""

    def __init__(self, text: str) -> None:
        """Read the text form; raise ValueError for anything else."""
        try:
            raw = base64.b64decode(text.removeprefix(_KEY_PREFIX) + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("not a public key") from error
        if not text.startswith(_KEY_PREFIX) or len(raw) != 32:
            raise ValueError("not a public key")
        self.text = text
        self._key = VerifyKey(raw)

    def confirms(self, signature: bytes, content: bytes) -> bool:
        """Tell whether the owner of this key signed `content`."""
        try:
            self._key.verify(content, signature)
        except (BadSignatureError, ValueError):
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"PublicKey({self.text})"


class Install:
    """This installation: `instance` (29 characters), its public key, and `sign`."""

    def __init__(self, birth: str, hardware: str, seed: bytes) -> None:
        self.instance = f"{birth}-{hardware}"
        self._key = SigningKey(seed)
        self.public_key = PublicKey(_KEY_PREFIX + _text(bytes(self._key.verify_key)))

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of the signature of `content`."""
        return self._key.sign(content).signature

    def __repr__(self) -> str:
        return f"Install({self.instance})"


def open_install(path: Path, hardware: str | None = None) -> Install:
    """Return the installation of the file at `path`; the first call makes the file.

    `hardware` is for tests; without it this machine is asked. Raises ConfigError if the
    file can be read by others, cannot be read by us, or is not an install file.
    """
    if not path.exists():
        _write(path)
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ConfigError(f"{path}: others may read it. Run: chmod 600 {path}")
        kept = orjson.loads(path.read_bytes())
        seed = base64.b64decode(kept["signing_key"], validate=True)
        if len(seed) != 32 or len(kept["birth"]) != 16:
            raise ValueError("wrong lengths")
        return Install(kept["birth"], hardware or hardware_hint(), seed)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (KeyError, TypeError, ValueError) as error:  # orjson's and base64's errors are ValueErrors
        raise ConfigError(f"{path}: is not an install file. Restore it, or delete it to join the city anew.") from error


def hardware_hint() -> str:
    """Return 12 hex digits that stay the same on this machine and differ on another.

    The board's serial number, else the lowest address of a built-in network card, else the
    machine id: a copied memory card takes the machine id along, but not the other two.
    """
    serials = [path for path in (_BOARD_SERIAL, *_built_in_cards(), _MACHINE_ID) if path.is_file()]
    for path in serials:
        if found := path.read_bytes().strip(b"\0\n "):
            return hashlib.sha256(b"stadtherz hardware " + found).hexdigest()[:12]
    return "0" * 12


def _built_in_cards() -> Iterable[Path]:
    if not _NETWORK.is_dir():
        return []
    cards = [card for card in _NETWORK.iterdir() if (card / "device").exists() and "usb" not in str(card.resolve())]
    return sorted((card / "address" for card in cards), key=lambda path: path.read_bytes())


def _write(path: Path) -> None:
    kept = {"birth": secrets.token_hex(8), "signing_key": base64.b64encode(secrets.token_bytes(32)).decode()}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(orjson.dumps(kept, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # never replaces: of two that start at once, one wins and both read its file
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        fresh.unlink(missing_ok=True)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

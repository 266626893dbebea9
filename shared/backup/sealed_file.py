"""The format of a backup: a plain header, then content that is compressed and encrypted piece by piece.

    STADTHERZ BACKUP 1\\n
    length of the header (4 bytes, big-endian), header (JSON)
    24 bytes that begin the stream, then pieces: length (4 bytes), ciphertext

The header says for people and programs what the file is (kind, city, centre, time, version of the
program) and holds the file's random key, sealed for the recovery key. It holds nothing personal.
The content is encrypted with libsodium's secretstream (XChaCha20-Poly1305); each piece also
authenticates the header, the last one is marked as the last: a changed header, pieces that were swapped
and a file that was cut short are noticed.

Rule: whoever reads gets an error before a wrong byte, never after.
"""

import base64
import hashlib
import io
import secrets
import struct
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO

import orjson
from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from shared.backup import recovery_code
from shared.errors import Refusal
from shared.time import from_wire, to_wire

MAGIC = b"STADTHERZ BACKUP 1\n"
PIECE_BYTES = 256 * 1024
HEADER_BYTES_MAX = 16_384
KEY_BYTES = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES
_START_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE, _LAST = (
    sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL,
)
_LENGTH = struct.Struct(">I")


class NotABackup(Refusal):
    """The file is no backup of this system, or of a later version of its format."""


class BackupDamaged(Refusal):
    """The file was changed, cut short or could not be read as a whole."""


class WrongCode(Refusal):
    """The recovery code is another one than the file was made for."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a backup says of itself without being opened. `place` is the centre, or "" of a hub."""

    kind: str  # node or hub
    city: str
    place: str
    made_at: datetime
    program: str
    recovery_key: str
    sealed_key: str

    def to_bytes(self) -> bytes:
        return orjson.dumps(asdict(self) | {"made_at": to_wire(self.made_at)}, option=orjson.OPT_SORT_KEYS)


def new_header(*, kind: str, city: str, place: str, made_at: datetime, program: str, recovery_key: str) -> "SealedKey":
    """Return a header with a new random key in it, and that key: it opens this one file."""
    key = secrets.token_bytes(KEY_BYTES)
    sealed = SealedBox(recovery_code.read_public(recovery_key)).encrypt(key)
    return SealedKey(
        Header(
            kind=kind,
            city=city,
            place=place,
            made_at=made_at,
            program=program,
            recovery_key=recovery_key,
            sealed_key=base64.b64encode(sealed).decode(),
        ),
        key,
    )


@dataclass(frozen=True)
class SealedKey:
    """A header and the key of its file; the key stays in memory, for reading the file back."""

    header: Header
    key: bytes

    def __repr__(self) -> str:
        return "SealedKey(…)"


class Writer(io.RawIOBase):
    """Encrypts what is written to it; only after `finish` the file is whole."""

    def __init__(self, target: BinaryIO, sealed: SealedKey) -> None:
        super().__init__()
        header = sealed.header.to_bytes()
        self._target, self._kept = target, bytearray()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        self._bound = hashlib.sha256(header).digest()
        start = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, sealed.key)
        target.write(MAGIC + _LENGTH.pack(len(header)) + header + start)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._kept += content
        while len(self._kept) > PIECE_BYTES:
            self._push(bytes(self._kept[:PIECE_BYTES]), _MORE)
            del self._kept[:PIECE_BYTES]
        return len(content)

    def finish(self) -> None:
        """Write the last piece."""
        self._push(bytes(self._kept), _LAST)
        self._kept.clear()

    def _push(self, piece: bytes, tag: int) -> None:
        sealed = sodium.crypto_secretstream_xchacha20poly1305_push(self._state, piece, self._bound, tag)
        self._target.write(_LENGTH.pack(len(sealed)) + sealed)


class Reader(io.RawIOBase):
    """Decrypts; raises BackupDamaged as soon as something is not as it was written."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        super().__init__()
        header = _header_bytes(source)
        self._source, self._rest, self._done = source, b"", False
        self._bound = hashlib.sha256(header).digest()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, _exactly(source, _START_BYTES), key)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._rest and not self._done:
            self._pull()
        taken = self._rest[: len(into)]
        into[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def _pull(self) -> None:
        (length,) = _LENGTH.unpack(_exactly(self._source, _LENGTH.size))
        if length > PIECE_BYTES + sodium.crypto_secretstream_xchacha20poly1305_ABYTES:
            raise BackupDamaged("The backup is damaged.")
        try:
            piece, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(
                self._state, _exactly(self._source, length), self._bound
            )
        except (CryptoError, ValueError, RuntimeError) as error:
            raise BackupDamaged("The backup is damaged or was changed.") from error
        self._rest, self._done = piece, tag == _LAST
        if self._done and self._source.read(1):
            raise BackupDamaged("The backup has more in it than was written.")


def read_header(source: BinaryIO) -> Header:
    """Return what the file says of itself; raise NotABackup. `source` stands behind the header afterwards."""
    try:
        said = orjson.loads(_header_bytes(source))
        return Header(**(said | {"made_at": from_wire(said["made_at"])}))
    except (KeyError, TypeError, ValueError) as error:
        raise NotABackup("This is not a backup of this program.") from error


def open_key(header: Header, code: str) -> bytes:
    """Return the key of the file; raise CodeMistyped or WrongCode."""
    secret = recovery_code.secret_of(code)
    try:
        key: bytes = SealedBox(secret).decrypt(base64.b64decode(header.sealed_key, validate=True))
    except (CryptoError, ValueError, TypeError) as error:
        raise WrongCode(f"This recovery code does not fit: the backup was made for {header.recovery_key}.") from error
    if len(key) != KEY_BYTES:
        raise BackupDamaged("The backup is damaged.")
    return key


def _header_bytes(source: BinaryIO) -> bytes:
    if source.read(len(MAGIC)) != MAGIC:
        raise NotABackup("This is not a backup of this program.")
    (length,) = _LENGTH.unpack(_exactly(source, _LENGTH.size))
    if length > HEADER_BYTES_MAX:
        raise NotABackup("This is not a backup of this program.")
    return _exactly(source, length)


def _exactly(source: BinaryIO, count: int) -> bytes:
    found = source.read(count)
    if len(found) != count:
        raise BackupDamaged("The backup was cut short.")
    return found

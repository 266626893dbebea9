"""Whose signature is believed, and how belief passes from a key to the next one.

A key names its heir in a statement that the old key signs and the new one proves that it wants.
Statements in a row are a lineage: whoever believes any key of it finds the newest one, also years
later. A statement is of use only to who still believes its old key, so an old one that is
shown again leads nobody back.

Rule: nothing here reads more than it was told to, and nothing but a signature convinces it.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

KEY_BYTES, SIGNATURE_BYTES = 32, 64
STATEMENT_BYTES = 2 * KEY_BYTES + 2 * SIGNATURE_BYTES
LINEAGE_MAX = 16  # a change of the key each year; a house that missed more of them joins again
_PREFIX = "ed25519:"
_CONTEXT = b"stadtherz succession of keys 1\0"


class PublicKey:
    """What others check signatures with; its text form is `ed25519:` and 43 characters."""

    def __init__(self, text: str) -> None:
        """Read the text form; raise ValueError for anything else."""
        try:
            raw = base64.b64decode(text.removeprefix(_PREFIX) + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("not a public key") from error
        if not text.startswith(_PREFIX) or len(raw) != KEY_BYTES:
            raise ValueError("not a public key")
        self.text, self.raw = text, raw
        self._key = VerifyKey(raw)

    @classmethod
    def of(cls, raw: bytes) -> "PublicKey":
        """Return the key of these 32 bytes."""
        return cls(_PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("="))

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


class Signs(Protocol):
    """Who can sign: an installation, or one of its keys."""

    @property
    def public_key(self) -> PublicKey: ...
    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of the signature of `content`."""
        ...


class Statement(NamedTuple):
    """`old` names `next` as its heir; both have signed that."""

    old: PublicKey
    next: PublicKey
    by_old: bytes
    by_next: bytes

    @property
    def holds(self) -> bool:
        """Whether both signatures are right."""
        said = _said(self.old, self.next)
        return self.old.confirms(self.by_old, said) and self.next.confirms(self.by_next, said)

    def written(self) -> bytes:
        """Return its 192 bytes."""
        return self.old.raw + self.next.raw + self.by_old + self.by_next


def name_heir(old: Signs, heir: Signs) -> Statement:
    """Return the statement with which `old` passes on to `heir`."""
    said = _said(old.public_key, heir.public_key)
    return Statement(old.public_key, heir.public_key, old.sign(said), heir.sign(said))


def write_lineage(lineage: Iterable[Statement]) -> bytes:
    """Return the statements as bytes, the oldest first."""
    return b"".join(statement.written() for statement in lineage)


def read_lineage(written: bytes) -> tuple[Statement, ...]:
    """Return the statements without believing them; raise ValueError for anything else."""
    if len(written) % STATEMENT_BYTES or len(written) > LINEAGE_MAX * STATEMENT_BYTES:
        raise ValueError("not a lineage")
    starts = range(0, len(written), STATEMENT_BYTES)
    return tuple(_statement(written[start : start + STATEMENT_BYTES]) for start in starts)


def heir_of(believed: PublicKey, lineage: Sequence[Statement]) -> PublicKey | None:
    """Return the newest key that `believed` leads to, by right signatures alone; None if it leads nowhere.

    The first statement that does not hold ends it: junk costs no more than one look.
    """
    found = None
    for statement in lineage:
        if statement.old != (found or believed):
            continue
        if not statement.holds:
            break
        found = statement.next
    return found


class Believed:
    """Whom one letter may be by: a key, or its heir whose first own word is still to come.

    `signer` is which of the two confirmed the letter; None before, or if neither did. `found` is an
    heir that the letter's own lineage led to: it signed the letter, but was not known before.
    """

    def __init__(self, key: PublicKey, heir: PublicKey | None = None) -> None:
        self._keys = (key,) if heir is None else (heir, key)
        self.signer: PublicKey | None = None
        self.found: PublicKey | None = None

    @property
    def heir_spoke(self) -> PublicKey | None:
        """The known heir, if it is the one who signed."""
        return self.signer if len(self._keys) == 2 and self.signer == self._keys[0] else None

    def confirms(self, signature: bytes, content: bytes) -> bool:
        self.signer = next((key for key in self._keys if key.confirms(signature, content)), None)
        return self.signer is not None

    def confirms_by(self, lineage: bytes, signature: bytes, content: bytes) -> bool:
        """Tell whether an heir of a believed key signed; the lineage is looked at only now."""
        try:
            statements = read_lineage(lineage)
        except ValueError:
            return False
        heirs = (heir_of(key, statements) for key in self._keys)
        self.found = self.signer = next((heir for heir in heirs if heir and heir.confirms(signature, content)), None)
        return self.found is not None


def _said(old: PublicKey, heir: PublicKey) -> bytes:
    return _CONTEXT + old.raw + heir.raw


def _statement(written: bytes) -> Statement:
    old, heir = written[:KEY_BYTES], written[KEY_BYTES : 2 * KEY_BYTES]
    by_old, by_next = written[2 * KEY_BYTES : -SIGNATURE_BYTES], written[-SIGNATURE_BYTES:]
    return Statement(PublicKey.of(old), PublicKey.of(heir), by_old, by_next)

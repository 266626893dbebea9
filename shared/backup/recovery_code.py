"""The recovery code: 26 letters and digits on paper that open the backups, and two more that find typing errors.

The code is the secret half of a key; the machine keeps the public half (`recovery:x25519:…`) and can
make backups with it, but cannot open them. It has 130 bits, so it needs no slow derivation.

Rule: the code is never stored, logged or sent; it lives in the memory of whoever makes or types it.
"""

import base64
import binascii
import hashlib
import secrets

from nacl.public import PrivateKey, PublicKey

from shared.errors import Refusal

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, O, 1, I: they are mistaken for one another on paper
LENGTH, CHECK_LENGTH, GROUP = 26, 2, 4
_BITS = 5
_PREFIX = "recovery:x25519:"
PUBLIC_LENGTH = len(_PREFIX) + 43
_PURPOSE = b"stadtherz recovery code 1"


class CodeMistyped(Refusal):
    """What was typed cannot be a recovery code; `reason` is length, letter or check."""

    def __init__(self, reason: str) -> None:
        words = {
            "length": f"A recovery code has {LENGTH + CHECK_LENGTH} letters and digits.",
            "letter": "A recovery code never has the characters 0, O, 1 or I.",
            "check": "The recovery code has a typing error: its last two characters do not fit the others.",
        }
        super().__init__(words[reason])
        self.reason = reason


def new_code() -> str:
    """Return a new code in groups of four: `ABCD-EFGH-…`."""
    return _grouped(_with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))))


def read_code(typed: str) -> str:
    """Return the code as it was printed, however it was typed; raise CodeMistyped."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(letters) != LENGTH + CHECK_LENGTH:
        raise CodeMistyped("length")
    if set(letters) - set(ALPHABET):
        raise CodeMistyped("letter")
    if _with_check(letters[:LENGTH]) != letters:
        raise CodeMistyped("check")
    return _grouped(letters)


def secret_of(code: str) -> PrivateKey:
    """Return the secret half of the recovery key; raise CodeMistyped."""
    letters = read_code(code).replace("-", "")[:LENGTH]
    return PrivateKey(hashlib.blake2b(letters.encode(), digest_size=32, person=_PURPOSE[:16]).digest())


def public_of(code: str) -> str:
    """Return the text form of the public half: what the machine keeps; raise CodeMistyped."""
    raw = bytes(secret_of(code).public_key)
    return _PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_public(text: str) -> PublicKey:
    """Read the public half; raise ValueError for anything else."""
    if not text.startswith(_PREFIX):
        raise ValueError("not a recovery key")
    try:
        return PublicKey(base64.b64decode(text.removeprefix(_PREFIX) + "=", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise ValueError("not a recovery key") from error


def _with_check(letters: str) -> str:
    digest = int.from_bytes(hashlib.sha256(_PURPOSE + letters.encode()).digest()[:4], "big")
    return letters + ALPHABET[digest % 32] + ALPHABET[(digest >> _BITS) % 32]


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))

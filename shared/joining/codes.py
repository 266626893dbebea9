"""The join code: the hub's address and twenty letters, to be read out, typed, pasted or scanned.

    stadtteile.duisburg.de/K7QM-PH4V-9ZTA-2BNC-WX3D

The address of a hub without https begins with `http://`. The letters are figures and capitals without
0, O, 1 and I; nineteen are the secret (95 bits), the last one is a check on them. The link of the QR
picture holds the letters behind a `#`, which no browser sends to a server.

Rule: the secret is never kept. What a hub keeps of it (`CodeKeys`) lets nobody join.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from nacl.signing import SigningKey

from shared.errors import Refusal
from shared.keys import PublicKey

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH, GROUP = 20, 4
TEXT_LENGTH_MAX = 300
PAGE = "/beitreten"  # what the link of the picture opens at the hub
# Hyphens and spaces, also those that mail programs and web pages make of them or put beside them unseen.
_BETWEEN = "- \t\r\n\u00a0\u00ad\u200b\u2010\u2011\u2012\u2013\u2014\u202f\u2060\u2212"
_GENERATOR = 0b100101  # x^5 + x^2 + 1: arithmetic in a field of 32 elements, one for each letter
_FINGERPRINT_LENGTH = 12  # 60 bits: enough to tell two machines apart, short enough for the telephone


class NotACode(Refusal):
    """This text is no join code. `fault` is "length", "letters" or "address"."""

    _SAID = {  # noqa: RUF012 (never changed)
        "length": "this is not the whole join code: it ends with twenty letters and figures in groups of four.",
        "letters": "a letter of the join code is wrong: please compare it with what the city gave you.",
        "address": "the join code begins with the address of the city's site: please copy all of it.",
    }

    def __init__(self, fault: str) -> None:
        super().__init__(self._SAID[fault])
        self.fault = fault


class CodeKeys:
    """What is derived from a secret. `name` and `public_key` may be known to anybody."""

    def __init__(self, secret: str) -> None:
        self.name = _derived(secret, b"sh join name", 16).hex()
        self._key = SigningKey(_derived(secret, b"sh join sign", 32))
        self._vouching = _derived(secret, b"sh join hub", 32)
        raw = base64.urlsafe_b64encode(bytes(self._key.verify_key)).decode().rstrip("=")
        self.public_key = PublicKey(f"ed25519:{raw}")

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of a signature of `content` that only whoever knows the code can make."""
        return self._key.sign(content).signature

    def proof_of(self, hub_public_key: str) -> str:
        """Return the word that vouches for a hub's key: 64 hex digits."""
        return hmac.new(self._vouching, hub_public_key.encode(), hashlib.sha256).hexdigest()

    def vouches(self, hub_public_key: str, proof: str) -> bool:
        """Tell whether the hub with this key is the one that made the code."""
        return hmac.compare_digest(self.proof_of(hub_public_key).encode(), proof.encode())


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A code: where the hub is (`https://…` or `http://…`, without a slash at its end), and the letters."""

    hub_url: str
    letters: str = field(repr=False)

    @property
    def groups(self) -> str:
        """The letters as they are read out."""
        return "-".join(self.letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    @property
    def text(self) -> str:
        """The code as it is typed."""
        return f"{self.hub_url.removeprefix('https://')}/{self.groups}"

    @property
    def link(self) -> str:
        """The code as the picture holds it."""
        return f"{self.hub_url}{PAGE}#{self.groups}"

    @property
    def keys(self) -> CodeKeys:
        return CodeKeys(self.letters[:-1])


def new_code(hub_url: str) -> JoinCode:
    """Return a fresh code of the hub at this address; raise NotACode for an address that nobody can reach."""
    secret = "".join(secrets.choice(LETTERS) for _ in range(LENGTH - 1))
    return JoinCode(_address(hub_url), secret + check_letter(secret))


def read_code(text: str) -> JoinCode:
    """Return the code that somebody typed, pasted or scanned; raise NotACode.

    Small letters, spaces and missing hyphens do not matter.
    """
    text = text.strip()
    if len(text) > TEXT_LENGTH_MAX:
        raise NotACode("length")
    letters, at = "", len(text)
    while len(letters) < LENGTH and at > 0:
        at -= 1
        letter = text[at].upper()
        if len(letter) == 1 and letter in LETTERS:
            letters = letter + letters
        elif text[at] not in _BETWEEN:
            raise NotACode("length" if text[at] in "/#.:" else "letters")
    if len(letters) < LENGTH:
        raise NotACode("length")
    if check_letter(letters[:-1]) != letters[-1]:
        raise NotACode("letters")
    return JoinCode(_address(text[:at].rstrip(f"{_BETWEEN}/#").removesuffix(PAGE)), letters)


def check_letter(secret: str) -> str:
    """Return the last letter of a code: one wrong letter, or two that changed places, never fit it."""
    total = 0
    for letter in secret:
        total = _times_x(total) ^ LETTERS.index(letter)
    return LETTERS[_times_x(total)]


def fingerprint(instance: str, public_key: str) -> str:
    """Return three groups of letters that stand for an installation, for two people on the telephone."""
    number = int.from_bytes(_derived(f"{instance} {public_key}", b"sh fingerprint", 16))
    letters = "".join(LETTERS[number >> (5 * place) & 31] for place in range(_FINGERPRINT_LENGTH))
    return " ".join(letters[at : at + GROUP] for at in range(0, _FINGERPRINT_LENGTH, GROUP))


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _GENERATOR if doubled & 32 else doubled


def _derived(secret: str, purpose: bytes, size: int) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=size, person=purpose).digest()


def _address(text: str) -> str:
    """Return the address of a site in its full form. Capitals, as telephones write them, do not matter in a host."""
    text = text.strip().rstrip("/")
    scheme, mark, rest = text.partition("://")
    host, slash, path = (rest if mark else text).partition("/")
    full = f"{scheme.lower() if mark else 'https'}://{host.lower()}{slash}{path}"
    if not full.startswith(("https://", "http://")):
        raise NotACode("address")
    try:
        url = urlsplit(full)
    except ValueError as error:
        raise NotACode("address") from error
    if not _is_usable(full, url):
        raise NotACode("address")
    return full


def _is_usable(full: str, url: SplitResult) -> bool:
    plain = full.isascii() and full.isprintable() and " " not in full and "\\" not in full
    bare = url.hostname and not any(mark in full.split("//", 1)[1] for mark in ("@", "?", "#", "//"))
    try:
        return bool(plain and bare and url.port != 0)
    except ValueError:  # a port that is no number
        return False

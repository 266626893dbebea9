"""The signed form of whatever this network says, and the first line of defence.

    b"SH" | protocol version | coding | signature (64 bytes) | body

The signature covers topic and body, so nothing can be moved to another feed, city or centre.
It is checked before anything is inflated or parsed.

A presence may carry the author's lineage before its text: a number and as many statements of 192
bytes. Who does not know the signing key looks at them, and at nothing else, for a way from a
key that it believes.

Rule: `unseal` returns the text or raises WireError; nothing else, whatever the bytes.
"""

import zlib
from enum import StrEnum

from shared.errors import WireError
from shared.keys import SIGNATURE_BYTES, Believed, PublicKey, Signs
from shared.public_keys import STATEMENT_BYTES

PROTOCOL = 1
WIRE_BYTES_MAX = 512 * 1024  # a full batch of text that deflates badly still fits; the target is 64 KiB
JSON_BYTES_MAX = 2 * 1024 * 1024  # inflated; a bomb stops here

_MAGIC = b"SH"
_PLAIN, _DEFLATED, _LINEAGE = 0, 1, 2  # the last is added to one of the others
_HEADER = len(_MAGIC) + 2 + SIGNATURE_BYTES
_DEFLATE_FROM = 512  # shorter messages gain nothing
_CONTEXT = b"stadtherz\0"


class Rejection(StrEnum):
    """Why a message was set aside: short, stable, shown on the network page."""

    TOO_LARGE = "too large"
    NOT_OURS = "not a message of this network"
    VERSION = "unknown protocol version"
    UNSIGNED = "wrong signature"
    DEFLATED = "cannot be inflated"
    NOT_JSON = "not JSON"
    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown type"
    WRONG_FEED = "speaks for another feed"
    WRONG_CHANNEL = "wrong direction"
    UNKNOWN_TOPIC = "unknown topic"  # as `topics.parse` says it
    NOT_A_MEMBER = "not a member of this network"
    ANOTHER_INSTANCE = "another installation uses this key"
    ANOTHER_HUB = "from a hub that another one has taken over from"
    NOT_SERVED = "nobody listens to this feed here"


def seal(text: bytes, topic: str, author: Signs, lineage: bytes = b"") -> bytes:
    """Return `text` in its signed and, where it helps, deflated form, with the author's lineage if one is given."""
    if len(text) > JSON_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, f"{len(text)} bytes of JSON")
    coding, body = (_DEFLATED, zlib.compress(text, 1)) if len(text) >= _DEFLATE_FROM else (_PLAIN, text)
    if lineage:
        coding, body = coding | _LINEAGE, bytes((len(lineage) // STATEMENT_BYTES,)) + lineage + body
    head = _MAGIC + bytes((PROTOCOL, coding))
    sealed = head + author.sign(_signed_part(head, topic, body)) + body
    if len(sealed) > WIRE_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, f"{len(sealed)} bytes")
    return sealed


def unseal(sealed: bytes, topic: str, author: PublicKey | Believed) -> bytes:
    """Return what `seal` got; raise WireError unless it is whole, for `topic` and by `author`."""
    coding, signature, body = _opened(sealed)
    if not author.confirms(signature, _signed_part(sealed[:4], topic, body)):
        raise WireError(Rejection.UNSIGNED)
    return _text(coding, body)


def unseal_by_heir(sealed: bytes, topic: str, author: Believed) -> bytes:
    """Like `unseal`, but whoever the letter's lineage leads to from `author` may have signed it too."""
    coding, signature, body = _opened(sealed)
    signed = _signed_part(sealed[:4], topic, body)
    if not author.confirms(signature, signed):
        lineage = body[1 : 1 + body[0] * STATEMENT_BYTES] if coding & _LINEAGE else b""
        if not lineage or not author.confirms_by(lineage, signature, signed):
            raise WireError(Rejection.UNSIGNED)
    return _text(coding, body)


def _opened(sealed: bytes) -> tuple[int, bytes, bytes]:
    """Return coding, signature and body: what must be known to check the signature, and no more."""
    if len(sealed) > WIRE_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, f"{len(sealed)} bytes")
    if len(sealed) <= _HEADER or not sealed.startswith(_MAGIC):
        raise WireError(Rejection.NOT_OURS)
    if sealed[2] != PROTOCOL:
        raise WireError(Rejection.VERSION, str(sealed[2]))
    return sealed[3], sealed[_HEADER - SIGNATURE_BYTES : _HEADER], sealed[_HEADER:]


def _text(coding: int, body: bytes) -> bytes:
    if coding & _LINEAGE:
        coding, body = coding & ~_LINEAGE, body[1 + body[0] * STATEMENT_BYTES :]
    if coding == _PLAIN:
        return body
    if coding == _DEFLATED:
        return _inflate(body)
    raise WireError(Rejection.DEFLATED, f"coding {coding}")


def _signed_part(head: bytes, topic: str, body: bytes) -> bytes:
    return b"".join((_CONTEXT, head, topic.encode("utf-8", "surrogatepass"), b"\0", body))


def _inflate(body: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(body, JSON_BYTES_MAX + 1)
    except zlib.error as error:
        raise WireError(Rejection.DEFLATED) from error
    if len(text) > JSON_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, "inflated")
    if not stream.eof or stream.unused_data:
        raise WireError(Rejection.DEFLATED, "cut or followed by something")
    return text

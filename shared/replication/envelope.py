"""The signed form of whatever this network says, and the first line of defence.

    b"SH" | protocol version | coding | signature (64 bytes) | body

The signature covers topic and body, so nothing can be moved to another feed, city or centre.
It is checked before anything is inflated or parsed.

Rule: `unseal` returns the text or raises WireError; nothing else, whatever the bytes.
"""

import zlib
from enum import StrEnum

from shared.errors import WireError
from shared.keys import SIGNATURE_BYTES, Install, PublicKey

PROTOCOL = 1
WIRE_BYTES_MAX = 512 * 1024  # a full batch of text that deflates badly still fits; the target is 64 KiB
JSON_BYTES_MAX = 2 * 1024 * 1024  # inflated; a bomb stops here

_MAGIC = b"SH"
_PLAIN, _DEFLATED = 0, 1
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
    NOT_SERVED = "nobody listens to this feed here"


def seal(text: bytes, topic: str, author: Install) -> bytes:
    """Return `text` in its signed and, where it helps, deflated form."""
    if len(text) > JSON_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, f"{len(text)} bytes of JSON")
    coding, body = (_DEFLATED, zlib.compress(text, 1)) if len(text) >= _DEFLATE_FROM else (_PLAIN, text)
    head = _MAGIC + bytes((PROTOCOL, coding))
    sealed = head + author.sign(_signed_part(head, topic, body)) + body
    if len(sealed) > WIRE_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, f"{len(sealed)} bytes")
    return sealed


def unseal(sealed: bytes, topic: str, author: PublicKey) -> bytes:
    """Return what `seal` got; raise WireError unless it is whole, for `topic` and by `author`."""
    if len(sealed) > WIRE_BYTES_MAX:
        raise WireError(Rejection.TOO_LARGE, f"{len(sealed)} bytes")
    if len(sealed) <= _HEADER or not sealed.startswith(_MAGIC):
        raise WireError(Rejection.NOT_OURS)
    version, coding = sealed[2], sealed[3]
    if version != PROTOCOL:
        raise WireError(Rejection.VERSION, str(version))
    signature, body = sealed[_HEADER - SIGNATURE_BYTES : _HEADER], sealed[_HEADER:]
    if not author.confirms(signature, _signed_part(sealed[:4], topic, body)):
        raise WireError(Rejection.UNSIGNED)
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

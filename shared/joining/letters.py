"""The two letters of joining: a machine asks, the hub answers.

    request  {letter, by_code, by_install}: `letter` is what is asked, signed twice
    answer   {outcome, content, hub_public_key, hub_proof, signature}: signed for this one request

The answer "welcome" is sealed for the key that the request names. A refusal is open, but signed like it
if the hub knows the code: so nobody on the way can make a person believe that a code was stolen.

Rule: everything that `read_…` returns was checked; anything else raises WireError.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared.errors import WireError
from shared.ids import is_slug
from shared.joining.codes import CodeKeys
from shared.keys import Install, PublicKey
from shared.sealing import CannotOpen, SealingKey, SealingPublicKey, seal_for

PATH = "/beitritt"  # where a hub takes requests
VERSION = 1
LETTER_BYTES_MAX = 64 * 1024  # an answer carries a certificate; a request is far smaller
_ONE_WORD = re.compile(r"[0-9A-Za-z-]+")
_ASKED, _ANSWERED = b"stadtherz joining request\0", b"stadtherz joining answer\0"


class Outcome(StrEnum):
    """What a hub answers."""

    WELCOME = "welcome"
    UNKNOWN = "unknown"  # no code of this hub
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED = "used"  # by another installation
    OTHER_CENTRE = "other centre"  # the machine keeps another centre's data
    OTHER_MACHINE = "other machine"  # new credentials are for the machine that has joined
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Request:
    """A machine wants to join. `centre_id` and `city` are what it keeps data of already, '' if it is new."""

    code: str
    instance: str
    public_key: str
    sealing_key: str
    centre_id: str
    city: str
    digest: bytes = field(repr=False)
    _signed: bytes = field(repr=False)
    _by_code: bytes = field(repr=False)

    def made_with(self, code_public_key: str) -> bool:
        """Tell whether whoever asks knows the code."""
        return PublicKey(code_public_key).confirms(self._by_code, self._signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What a centre is told when it joins. `broker_ca` is a certificate as text (PEM), '' for the system's."""

    centre_id: str
    centre_name: str
    city: str
    city_name: str
    time_zone: str
    hub_public_key: str
    hub_url: str
    broker_host: str
    broker_port: int
    broker_mqtt: str
    broker_tls: bool
    broker_ca: str
    broker_user: str
    broker_password: str = field(repr=False)
    is_replacement: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub said, checked. `is_proven` tells whether it is the hub that made the code."""

    outcome: Outcome
    is_proven: bool
    said: Mapping[str, str]
    welcome: Welcome | None


def write_request(
    code: CodeKeys, install: Install, sealing: SealingPublicKey, centre_id: str = "", city: str = ""
) -> bytes:
    """Return the letter with which this installation asks to join."""
    asked = {
        "version": VERSION,
        "code": code.name,
        "instance": install.instance,
        "public_key": install.public_key.text,
        "sealing_key": sealing.text,
        "centre_id": centre_id,
        "city": city,
    }
    letter = orjson.dumps(asked)
    signed = _ASKED + letter
    by = {"by_code": _text(code.sign(signed)), "by_install": _text(install.sign(signed))}
    return orjson.dumps({"letter": _text(letter), **by})


def read_request(body: bytes) -> Request:
    """Return what is asked; raise WireError unless the installation signed it with its own key."""
    outer = _mapping(body)
    letter, by_code, by_install = (_raw(outer.get(name)) for name in ("letter", "by_code", "by_install"))
    asked = _mapping(letter)
    if asked.get("version") != VERSION:
        raise WireError("unknown version")
    found = {
        name: asked.get(name, "") for name in ("code", "instance", "public_key", "sealing_key", "centre_id", "city")
    }
    if not all(isinstance(value, str) and len(value) <= 64 for value in found.values()):
        raise WireError("malformed")
    if not _ONE_WORD.fullmatch(found["code"]) or not _ONE_WORD.fullmatch(found["instance"]):
        raise WireError("malformed")  # a database is going to be asked with it
    if not all(is_slug(found[name]) for name in ("centre_id", "city") if found[name]):
        raise WireError("malformed")
    try:
        key = PublicKey(found["public_key"])
        SealingPublicKey(found["sealing_key"])
    except ValueError as error:
        raise WireError("not a public key") from error
    if not key.confirms(by_install, _ASKED + letter):
        raise WireError("wrong signature")
    return Request(**found, digest=digest_of(body), _signed=_ASKED + letter, _by_code=by_code)


def digest_of(request: bytes) -> bytes:
    """Return what an answer names as the request that it is for."""
    return hashlib.sha256(request).digest()


def write_answer(request_digest: bytes, hub: Install, hub_proof: str, outcome: Outcome, content: bytes) -> bytes:
    """Return the hub's answer to the request of this digest; `content` is a sealed welcome, or what `in_short` made."""
    return orjson.dumps(
        {
            "version": VERSION,
            "outcome": outcome,
            "content": _text(content),
            "hub_public_key": hub.public_key.text,
            "hub_proof": hub_proof,
            "signature": _text(hub.sign(_signed_answer(request_digest, outcome, content))),
        }
    )


def in_short(**said: str) -> bytes:
    """Return what is said along with a refusal."""
    return orjson.dumps(said)


def seal_welcome(welcome: Welcome, sealing_key: str) -> bytes:
    """Return the welcome as only the installation with this sealing key can read it."""
    return seal_for(sealing_key, orjson.dumps(asdict(welcome)))


def read_answer(body: bytes, request: bytes, code: CodeKeys, sealing: SealingKey) -> Answer:
    """Return what the hub said to `request`; raise WireError unless it is whole and for this request.

    A welcome by anybody but the hub that made the code raises WireError, too.
    """
    outer = _mapping(body)
    outcome, hub_key, proof = (outer.get(name) for name in ("outcome", "hub_public_key", "hub_proof"))
    if outcome not in list(Outcome) or not isinstance(hub_key, str) or not isinstance(proof, str):
        raise WireError("malformed")
    content, signature = _raw(outer.get("content")), _raw(outer.get("signature"))
    try:
        hub = PublicKey(hub_key)
    except ValueError as error:
        raise WireError("not a public key") from error
    if not hub.confirms(signature, _signed_answer(digest_of(request), Outcome(outcome), content)):
        raise WireError("wrong signature")
    is_proven = code.vouches(hub.text, proof)
    if outcome != Outcome.WELCOME:
        said = {name: value for name, value in _mapping(content).items() if isinstance(value, str)}
        return Answer(Outcome(outcome), is_proven, said, None)
    if not is_proven:
        raise WireError("another hub")
    return Answer(Outcome.WELCOME, True, {}, _opened(content, hub.text, sealing))


def _opened(content: bytes, hub_key: str, sealing: SealingKey) -> Welcome:
    try:
        told = _WelcomeSchema(unknown=EXCLUDE).load(_mapping(sealing.open(content)))
    except CannotOpen as error:
        raise WireError("sealed for somebody else") from error
    except ValidationError as error:
        raise WireError("malformed", ", ".join(sorted(error.messages_dict))) from error
    if told["hub_public_key"] != hub_key:
        raise WireError("another hub")
    return Welcome(**told)


def _refuse_no_slug(text: str) -> None:
    if not is_slug(text):
        raise ValidationError("not a name in the network")


def _slug() -> Any:
    return fields.String(required=True, validate=_refuse_no_slug)


class _WelcomeSchema(Schema):
    centre_id = _slug()
    centre_name = fields.String(required=True, validate=validate.Length(max=200))
    city = _slug()
    city_name = fields.String(required=True, validate=validate.Length(max=200))
    time_zone = fields.String(required=True, validate=validate.Length(max=60))
    hub_public_key = fields.String(required=True)
    hub_url = fields.String(required=True, validate=validate.Length(max=300))
    broker_host = fields.String(required=True, validate=validate.Length(min=1, max=500))
    broker_port = fields.Integer(required=True, strict=True, validate=validate.Range(1, 65_535))
    broker_mqtt = fields.String(required=True, validate=validate.OneOf(("5", "3.1.1")))
    broker_tls = fields.Boolean(required=True, truthy={True}, falsy={False})
    broker_ca = fields.String(required=True, validate=validate.Length(max=32_768))
    broker_user = fields.String(required=True, validate=validate.Length(max=200))
    broker_password = fields.String(required=True, validate=validate.Length(max=200))
    is_replacement = fields.Boolean(required=True, truthy={True}, falsy={False})


def _signed_answer(request_digest: bytes, outcome: Outcome, content: bytes) -> bytes:
    return b"".join((_ANSWERED, request_digest, outcome.encode(), b"\0", content))


def _mapping(body: bytes) -> dict[str, Any]:
    if len(body) > LETTER_BYTES_MAX:
        raise WireError("too large")
    try:
        found = orjson.loads(body)
    except ValueError as error:
        raise WireError("not JSON") from error
    if not isinstance(found, dict):
        raise WireError("malformed")
    return found


def _raw(text: object) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError) as error:  # UnicodeEncodeError is a ValueError
        raise WireError("malformed") from error


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

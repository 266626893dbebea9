"""Calls of a centre to the hub's site that prove who calls: for backups, the list of erasures, recovery.

The centre's install signs method, address, time, a nonce and the checksum of the body; the hub holds that against
the member's public key and bound instance, refuses old times and nonces that were used. The hub signs
its answer over the call's own signature: even without TLS nobody can answer in its place, and an answer that was
given to another centre, or to another call, is none.

Rule: this module decides nothing about members; the hub's side gives the key and remembers nonces.
Rule: a call goes to the address of the settings only, over http or https, and follows no redirects.
"""

import base64
import binascii
import hashlib
import http.client
import secrets
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.errors import ConfigError, Refusal
from shared.ids import is_slug
from shared.keys import INSTANCE_LENGTH, SIGNATURE_BYTES, Believed, Install, PublicKey
from shared.time import from_wire, now, to_wire

CLOCK_LEEWAY = timedelta(minutes=10)  # a mini PC without a clock of its own asks the network for the time
BODY_BYTES_MAX = 4 * 1024 * 1024  # what is larger comes in pieces
TIMEOUT_S = 60.0
_NAME = "Stadtherz-"
_NONCE_LENGTH = 32
_PURPOSE, _ANSWER = b"stadtherz call 1\n", b"stadtherz answer 1\n"


class CallRefused(Refusal):
    """The hub said no; `reason` is its short word, `status` the HTTP status, `said` what it said beside."""

    def __init__(self, status: int, reason: str, said: bytes = b"") -> None:
        super().__init__(f"The city's hub refused the call ({status} {reason}). {_ADVICE.get(reason, '')}".strip())
        self.status, self.reason, self.said = status, reason, said


class HubUnreachable(Refusal):
    """Nobody answered, or it was not this city's hub; `detail` says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"The city's hub cannot be reached ({detail}).")
        self.detail = detail


class BadCall(Exception):
    """A call that is not believed; `reason`: unsigned, malformed, unknown, signature, instance, clock or replay."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_ADVICE = {
    "clock": "The clocks of this machine and the hub differ; please set the time.",
    "unknown": "The city does not know this centre (any more).",
    "signature": "The city knows another key for this centre; join with a new code.",
    "instance": "The city knows another machine as this centre; join with a code for a replacement.",
}


@dataclass(frozen=True)
class Call:
    """Who says they call, and what was signed; believed only after `check`."""

    centre_id: str
    instance: str
    at: datetime
    nonce: str
    signature: bytes
    signed: bytes

    def check(self, keys: Sequence[PublicKey], bound_instance: str | None, now: datetime) -> None:
        """Raise BadCall unless one of `keys` signed it just now, on the bound instance (None: none is bound yet)."""
        if not any(key.confirms(self.signature, self.signed) for key in keys):
            raise BadCall("signature")
        if bound_instance is not None and bound_instance != self.instance:
            raise BadCall("instance")
        if abs(now - self.at) > CLOCK_LEEWAY:
            raise BadCall("clock")


def read_call(method: str, address: str, headers: Mapping[str, str], city: str, body: bytes) -> Call:
    """Return what a request claims; `address` is path and query below the site's root.

    Raises BadCall: "unsigned" or "malformed".
    """
    try:
        said = {name: headers[_NAME + name] for name in ("Centre", "Instance", "Time", "Nonce", "Signature")}
        signature = base64.b64decode(said["Signature"], validate=True)
        at = from_wire(said["Time"])
    except KeyError as error:
        raise BadCall("unsigned") from error
    except ValueError as error:  # base64's errors are ValueErrors
        raise BadCall("malformed") from error
    is_long_enough = len(signature) == SIGNATURE_BYTES and len(said["Nonce"]) == _NONCE_LENGTH
    if not is_long_enough or not said["Nonce"].isalnum() or not is_slug(said["Centre"]):
        raise BadCall("malformed")
    if len(said["Instance"]) != INSTANCE_LENGTH:
        raise BadCall("malformed")
    parts = method, address, city, said["Centre"], said["Instance"], said["Time"], said["Nonce"]
    return Call(said["Centre"], said["Instance"], at, said["Nonce"], signature, _to_sign(parts, body))


def answer_headers(install: Install, asked: str, status: int, body: bytes) -> dict[str, str]:
    """Return the headers with which the hub signs its answer to the call that bears the signature `asked`.

    The nonce alone would not do: another centre could ask for itself with the nonce of a call that it held up.
    By its newest key, beside the lineage that leads there: a centre may still believe an earlier one.
    """
    signature = install.newest.sign(_to_confirm(asked, status, body))
    parts = [base64.b64encode(part).decode() for part in (signature, install.lineage) if part]
    return {_NAME + "Answer": " ".join(parts)}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A centre that calls its hub."""

    hub_url: str
    hub_public_key: str
    city: str
    centre_id: str
    install: Install
    ca_file: str = ""

    def __post_init__(self) -> None:
        if urllib.parse.urlsplit(self.hub_url).scheme not in ("http", "https"):
            raise ConfigError("hub_url: has to begin with https:// (or http://).")

    def call(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Return the body of the hub's answer; raise CallRefused or HubUnreachable."""
        base = urllib.parse.urlsplit(self.hub_url)
        nonce, at = secrets.token_hex(_NONCE_LENGTH // 2), to_wire(now())
        signed = _to_sign((method, path, self.city, self.centre_id, self.install.instance, at, nonce), body)
        signature = base64.b64encode(self.install.sign(signed)).decode()
        headers = {
            _NAME + "Centre": self.centre_id,
            _NAME + "Instance": self.install.instance,
            _NAME + "Time": at,
            _NAME + "Nonce": nonce,
            _NAME + "Signature": signature,
            "Content-Type": "application/octet-stream",
        }
        url = f"{base.scheme}://{base.netloc}{base.path.rstrip('/')}{path}"
        asked = urllib.request.Request(url, data=body or None, headers=headers, method=method)  # noqa: S310 (checked)
        status, said, proof = self._send(asked)
        self._believe(signature, status, said, proof)
        if status != 200:
            raise CallRefused(status, said.decode("ascii", "replace")[:40] if len(said) < 100 else "", said)
        return said

    def _send(self, asked: urllib.request.Request) -> tuple[int, bytes, str]:
        try:
            try:
                answer = self._opener().open(asked, timeout=TIMEOUT_S)
            except urllib.error.HTTPError as refused:
                answer = refused
            with answer:
                said: bytes = answer.read(2 * BODY_BYTES_MAX)
                return int(answer.status), said, answer.headers.get(_NAME + "Answer", "")
        except urllib.error.URLError as error:
            raise HubUnreachable(_shortly(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise HubUnreachable(_shortly(error)) from error

    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        # No proxies from the environment: what is signed for the hub goes to the hub.
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _NoRedirect
        )

    def _believe(self, asked: str, status: int, said: bytes, proof: str) -> None:
        try:
            signature, *more = (base64.b64decode(part, validate=True) for part in proof.split(" "))
        except (ValueError, binascii.Error):
            signature, more = b"", []
        hub, confirmed = Believed(PublicKey(self.hub_public_key)), _to_confirm(asked, status, said)
        lineage = more[0] if more else b""
        if not hub.confirms(signature, confirmed) and not (lineage and hub.confirms_by(lineage, signature, confirmed)):
            raise HubUnreachable(f"status {status}, and the answer does not bear the hub's signature")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed call is for one address; nobody may send it on."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def _to_sign(parts: tuple[str, ...], body: bytes) -> bytes:
    lines = (*parts, hashlib.sha256(body).hexdigest())
    return _PURPOSE + "\n".join(lines).encode()


def _to_confirm(asked: str, status: int, body: bytes) -> bytes:
    return _ANSWER + f"{asked}\n{status}\n{hashlib.sha256(body).hexdigest()}".encode()


def _shortly(reason: object) -> str:
    text = getattr(reason, "strerror", None) or getattr(reason, "reason", None) or type(reason).__name__
    return str(text)

"""Alarms by webhook: a POST with JSON, signed so that the receiver knows who sent it.

The header `X-Stadtherz-Signature` is `sha256=` and the HMAC-SHA256 of the body under the shared
secret. No redirect is followed: the letter goes where the settings say, or nowhere.
"""

import hashlib
import hmac
import http.client
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson

from hub.alarms import wording
from hub.alarms.letters import Letter
from hub.alarms.undelivered import NotDelivered, why
from hub.config import HubConfig
from shared.errors import ConfigError
from shared.time import to_wire

TIMEOUT_S = 15.0
VERSION = 1


@dataclass(frozen=True)
class WebhookChannel:
    """One address. The whole of it is a secret: some services put their key into it."""

    url: SplitResult = field(repr=False)
    secret: str = field(repr=False)
    city: str
    trusted: ssl.SSLContext | None = field(default=None, repr=False)
    name: str = "webhook"

    @classmethod
    def of(cls, config: HubConfig) -> "WebhookChannel | None":
        """Return the channel of the settings, None if they name no address; raise ConfigError for a wrong one."""
        if not config.alarm_webhook_url:
            return None
        url = _address(config.alarm_webhook_url)
        if url is None:
            raise ConfigError("alarm_webhook_url: an address that begins with https:// is needed.")
        if url.scheme == "http" and not config.alarm_webhook_http:
            raise ConfigError("alarm_webhook_url: http is open to everybody on the way; alarm_webhook_http allows it.")
        if not config.alarm_webhook_secret:
            raise ConfigError("alarm_webhook_secret: a secret is needed, which the receiver knows, too.")
        return cls(url, config.alarm_webhook_secret, config.city)

    @property
    def target(self) -> str:
        return self.url.hostname or ""

    def send(self, letter: Letter) -> None:
        body = orjson.dumps(self.content(letter))
        connection = self._connection()
        try:
            connection.request("POST", self._path(), body, self.headers(letter, body))
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: no such host can be, say
            raise NotDelivered(why(error)) from None  # the text may quote the address
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise NotDelivered(f"HTTP {status}")

    def content(self, letter: Letter) -> dict[str, Any]:
        """Return what the body says."""
        return {
            "version": VERSION,
            "id": letter.id,
            "city": self.city,
            "written_at": to_wire(letter.written_at),
            "alarms": [{**notice, "text": wording.line(notice)} for notice in letter.notices],
            "more": letter.more,
        }

    def headers(self, letter: Letter, body: bytes) -> dict[str, str]:
        """Return the headers; the number stays the same at each try, so that a receiver can tell it knows it."""
        return {
            "Content-Type": "application/json",
            "User-Agent": "stadtherz-hub",
            "X-Stadtherz-Id": letter.id,
            "X-Stadtherz-Signature": f"sha256={sign(self.secret, body)}",
        }

    def _connection(self) -> http.client.HTTPConnection:
        host = self.url.hostname or ""
        if self.url.scheme == "http":
            return http.client.HTTPConnection(host, self.url.port, timeout=TIMEOUT_S)
        trusted = self.trusted or ssl.create_default_context()
        return http.client.HTTPSConnection(host, self.url.port, timeout=TIMEOUT_S, context=trusted)

    def _path(self) -> str:
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")


def _address(text: str) -> SplitResult | None:
    """Return the parts of an address that can be posted to, None for any other text."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    usable = url.scheme in ("https", "http") and url.hostname and "@" not in url.netloc and not url.fragment
    plain = text.isascii() and text.isprintable() and " " not in text
    return url if usable and plain and port != 0 else None


def sign(secret: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of `body` in hex, as the receiver computes it."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

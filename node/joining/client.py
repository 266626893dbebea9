"""Carrying a request to the hub's door and its answer back: one POST, no redirects, bounded in time and size.

Rule: what comes back is not believed here; `shared.joining.letters` checks it.
"""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from typing import Any

from node.joining.refusals import NoAnswer
from shared.joining import letters

TIMEOUT_S = 20.0
_ANSWERED = (200, 400, 403)  # what the door answers in JSON


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """Go nowhere else: the address stands in the code."""


def ask(hub_url: str, request: bytes, trusted: ssl.SSLContext | None = None) -> bytes:
    """Return the hub's answer to `request`; raise NoAnswer.

    `trusted` is for tests; without it the system's authorities are asked (`SSL_CERT_FILE` adds one).
    """
    context = trusted or ssl.create_default_context()
    # No proxies from the environment: what is sealed for the hub goes to the hub, as signed calls do.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _NoRedirects, urllib.request.HTTPSHandler(context=context)
    )
    headers = {"Content-Type": "application/json", "User-Agent": "stadtherz-node"}
    call = urllib.request.Request(hub_url + letters.PATH, request, headers, method="POST")  # noqa: S310 (see codes)
    try:
        with opener.open(call, timeout=TIMEOUT_S) as answer:
            return _body(answer)
    except urllib.error.HTTPError as error:
        with error:
            return _of_status(error)
    except urllib.error.URLError as error:
        raise _unsent(error.reason) from error
    except UnicodeError as error:  # a host that cannot be one: two dots, a part of more than 63 letters
        raise NoAnswer("unreachable") from error
    except (TimeoutError, OSError, http.client.HTTPException) as error:
        raise NoAnswer("silent", may_have_arrived=True) from error


def _of_status(error: urllib.error.HTTPError) -> bytes:
    if error.code in _ANSWERED and error.headers.get_content_type() == "application/json":
        return _body(error)
    if 300 <= error.code < 400:
        raise NoAnswer("moved")
    if error.code == http.client.TOO_MANY_REQUESTS:
        raise NoAnswer("busy")
    if error.code >= 500:
        raise NoAnswer("broken", may_have_arrived=True)
    raise NoAnswer("not a hub")


def _unsent(reason: object) -> NoAnswer:
    """Tell apart why no connection came about."""
    if isinstance(reason, ssl.SSLError):
        return NoAnswer("certificate")
    if isinstance(reason, TimeoutError):
        return NoAnswer("silent", may_have_arrived=True)
    is_before = isinstance(reason, ConnectionRefusedError | socket.gaierror)
    return NoAnswer("unreachable", may_have_arrived=not is_before)


def _body(answer: Any) -> bytes:
    try:
        found: bytes = answer.read(letters.LETTER_BYTES_MAX + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer("silent", may_have_arrived=True) from error
    return found

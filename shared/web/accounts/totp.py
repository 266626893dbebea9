"""Six digits that change every half minute: RFC 6238 (TOTP) over RFC 4226 (HOTP), as all authenticator apps have it.

Rule: a code counts once. Whoever checks one keeps the step that it belonged to, and asks the
next time for a later one (RFC 6238, section 5.2).
"""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
WINDOW = 1  # steps before and after the present one: telephones and mini PCs are not on time to the second
SECRET_BYTES = 20  # the length of HMAC-SHA-1, which RFC 4226 (section 4) recommends and every app understands


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step (RFC 4226, section 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def fitting_step(secret: bytes, code: str, now: datetime, after: int) -> int | None:
    """Return the step whose code this is, None if it is wrong or belongs to a step up to `after`: used already."""
    typed = "".join(code.split())
    present = step_at(now)
    found = None
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()) and step > after:
            found = step
    return found


def address_of(secret: bytes, name: str, issuer: str) -> str:
    """Return the `otpauth://` address that an app reads from a QR code."""
    label = quote(f"{issuer}:{name}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': as_text(secret), 'issuer': issuer}, quote_via=quote)}"


def as_text(secret: bytes) -> str:
    """Return the secret as somebody types it who cannot scan."""
    return base64.b32encode(secret).decode().rstrip("=")

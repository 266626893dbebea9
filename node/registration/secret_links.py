"""The secret link by which a group sees and changes its registration without an account.

Rule: the house keeps only a hash of the secret; whoever reads the database cannot follow a link.
The secret grows out of the token of the form that was sent, so a form that is sent twice leads
to the same registration, and its sender to the same link.
"""

import hashlib
import hmac
import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is mistaken on the phone
_SECRET_BYTES = 16
_SALT = "registration"


def new_reference() -> str:
    """Return a number to name a registration on the phone, like `7KQM-42XF`. It opens nothing."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def new_form_token(event_id: str) -> str:
    """Return a token for one form of one event, signed by this house."""
    return str(_signer().dumps([event_id, secrets.token_urlsafe(_SECRET_BYTES)]))


def secret_of_form(token: str, event_id: str) -> str | None:
    """Return the secret of the registration that a form makes; None if the form is not ours."""
    try:
        said = _signer().loads(token)
    except BadSignature:
        return None
    if not isinstance(said, list) or said[:1] != [event_id]:
        return None
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"{_SALT} {token}".encode(), hashlib.sha256).hexdigest()[: 2 * _SECRET_BYTES]


def new_secret() -> str:
    """Return a secret for a registration that staff wrote, or for a link that was lost."""
    return secrets.token_hex(_SECRET_BYTES)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_SALT)

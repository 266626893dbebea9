"""The file in which mosquitto's dynamic security keeps users and roles, written whole for a broker that is new.

A running broker is changed by commands only; this is its first state, or a fast way to fill it again.
Rule: mosquitto keeps hashes of passwords. Ours have 256 bits, so its 101 rounds of PBKDF2 are enough.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

from hub.core.broker.rights import DEFAULTS, User, of_admin

ROUNDS = 101  # what mosquitto 2.0 does itself
SALT_BYTES, HASH_BYTES = 12, 64


def content(admin: str, admin_password: str, users: Iterable[User]) -> str:
    """Return the text of the file for the administrator of the rights and `users`."""
    known = [User(admin, admin_password, "administrator of the rights", tuple(of_admin())), *users]
    return json.dumps(
        {
            "defaultACLAccess": DEFAULTS,
            "clients": [_client(user) for user in known],
            "groups": [],
            "roles": [{"rolename": user.name, "acls": list(user.acls)} for user in known],
        },
        indent=1,
    )


def _client(user: User) -> dict[str, Any]:
    salt = secrets.token_bytes(SALT_BYTES)
    hashed = hashlib.pbkdf2_hmac("sha512", user.password.encode(), salt, ROUNDS, HASH_BYTES)
    return {
        "username": user.name,
        "textname": user.mark,
        "password": base64.b64encode(hashed).decode(),
        "salt": base64.b64encode(salt).decode(),
        "iterations": ROUNDS,
        "roles": [{"rolename": user.name, "priority": 0}],
    }

"""Secrets that open something: of devices, sensors, links, drafts. The house keeps their hash alone.

Rule: a token is at least 128 random bits, so a plain hash is enough: nobody can guess what it is of.
"""

import hashlib


def hash_of(token: str) -> str:
    """Return what the database keeps of a token, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()

"""Who signs in at the broker: the names, and the password that a house's sensors share.

A centre's node is `node-{centre}`; the sensors at its doors are `sensor-{centre}`, who may publish
there and nothing else. Their password follows from the node's, so both the hub, which sets it up, and
the house, which writes it into its sensors, know it without telling each other.
"""

import base64
import hashlib
import hmac

HUB = "hub"  # its ingest
ADMIN = "stadtherz-admin"  # manages rights through $CONTROL and may do nothing else
_NODE, _SENSOR = "node-", "sensor-"


def node_user(centre: str) -> str:
    return _NODE + centre


def sensor_user(centre: str) -> str:
    return _SENSOR + centre


def centre_of(user: str) -> str | None:
    """Return the centre that a user belongs to; None for the hub, the administrator and strangers."""
    for prefix in (_NODE, _SENSOR):
        if user.startswith(prefix):
            return user.removeprefix(prefix)
    return None


def sensor_password(node_password: str) -> str:
    """Return what a house's sensors sign in with: it says nothing about the node's own password."""
    return derived(node_password.encode(), "sensor")


def derived(secret: bytes, *about: str) -> str:
    """Return 43 characters that only who knows `secret` can tell; another text `about` gives others."""
    made = hmac.digest(secret, "\0".join(("stadtherz broker", *about)).encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")

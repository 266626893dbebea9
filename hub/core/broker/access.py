"""How a centre reaches the broker: address, authority, user, and a password that is derived, never stored.

The password is an HMAC of the broker secret (`data_folder/broker.secret`, beside the signing key, outside
the database) over city, centre and access number. So the hub can set up an empty broker at any time, and
renewing a centre's access is the next number.

Rule: who loses the broker secret gives every centre new credentials; it belongs into the hub's
encrypted backup.
"""

import base64
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from hub.config import HubConfig
from shared import broker_users, secret_file
from shared.errors import ConfigError

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class BrokerAccess:
    """What a centre's link file needs; '' means not given. `ca_pem` is the text of the authority's certificate."""

    host: str
    port: int
    mqtt: str
    tls: bool
    ca_pem: str
    user: str
    password: str = field(repr=False)


def is_managed(config: HubConfig) -> bool:
    """Tell whether this hub manages the rights at its broker."""
    return bool(config.broker_admin_user)


def access_for(config: HubConfig, centre_id: str, number: int) -> BrokerAccess:
    """Return what a centre needs to reach the broker; without managed rights neither user nor password.

    Touches no network. Raises ConfigError if the authority's file or the broker secret cannot be read.
    """
    managed = is_managed(config)
    return BrokerAccess(
        host=config.broker_public_host or config.broker_host,
        port=config.broker_public_port or config.broker_port,
        mqtt=config.broker_mqtt,
        tls=config.broker_tls,
        ca_pem=_authority(config),
        user=broker_users.node_user(centre_id) if managed else "",
        password=password_of(config, centre_id, number) if managed else "",
    )


def password_of(config: HubConfig, centre_id: str, number: int) -> str:
    """Return the password of a centre's node under its access number. Raises ConfigError."""
    return derive_password(open_secret(config.broker_secret_file), config.city, centre_id, number)


def derive_password(secret: bytes, city: str, centre_id: str, number: int) -> str:
    return broker_users.derived(secret, "node", city, centre_id, str(number))


def open_secret(path: Path) -> bytes:
    """Return the broker secret; the first call makes it. Raises ConfigError if others may read it."""
    if not path.exists():
        secret_file.create(path, {"broker_secret": base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()})
    try:
        found = base64.b64decode(secret_file.read(path)["broker_secret"], validate=True)
        if len(found) != SECRET_BYTES:
            raise ValueError("wrong length")
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: is not the broker's secret file. Restore it from the hub's backup.") from error
    return found


def _authority(config: HubConfig) -> str:
    if not (config.broker_tls and config.broker_ca_file):
        return ""
    try:
        return Path(config.broker_ca_file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"broker_ca_file: {config.broker_ca_file} cannot be read ({error}).") from error

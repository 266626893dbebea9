"""Checks that the settings of both sides share, and the secret that signs their cookies."""

import secrets
from pathlib import Path
from zoneinfo import ZoneInfo

from shared import whole_files
from shared.errors import ConfigError

SECRET_BYTES = 32


def is_port(number: int) -> bool:
    return 0 <= number < 65_536


def is_time_zone(name: str) -> bool:
    """Tell whether `name` is a zone such as Europe/Berlin."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def write_secret(file: Path, text: str) -> None:
    """Write a secret that only its owner may read, whole or not at all; raise ConfigError if it cannot be.

    An existing file is never overwritten.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # personal data will lie beside it
        whole_files.create(file, f"{text}\n".encode("ascii"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}).") from error


def new_secret() -> str:
    return secrets.token_hex(SECRET_BYTES)


def read_secret(file: Path) -> str:
    """Return the secret; raise ConfigError if it is missing or empty."""
    try:
        secret = file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}). Run `init` first.") from error
    if not secret:
        raise ConfigError(f"{file}: is empty. Write a new one, everybody signs in again: openssl rand -hex 32 > {file}")
    return secret

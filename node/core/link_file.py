"""The link file: what the city told this centre when it joined, and what changed of it since.

It is written by the program alone and lies in the data folder, outside the database and its
backups. Its keys are settings (`node.config`); the TOML file of the administration and the environment win over it.
"""

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from shared import whole_files
from shared.errors import ConfigError

KEYS = (
    "broker_host",
    "broker_port",
    "broker_mqtt",
    "broker_tls",
    "broker_ca_file",
    "broker_user",
    "broker_password",
    "hub_public_key",
    "hub_url",
)


def renew(file: Path, **changes: str | int | bool) -> None:
    """Change the given settings in the link file, all at once; make it if there is none.

    Raises ConfigError if it cannot be read or written; then nothing has changed.
    """
    unknown = sorted(set(changes) - set(KEYS))
    if unknown:
        raise ValueError(f"not for the link file: {unknown}")
    replace(file, tomli_w.dumps({**kept(file), **changes}).encode())


def kept(file: Path) -> dict[str, Any]:
    """Return what the link file says, nothing if there is none; raise ConfigError if it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ConfigError(f"{file}: is not valid TOML ({error}). Remove it and join the city again.") from error


def replace(file: Path, content: bytes) -> None:
    """Write a file that only its owner reads; a power cut leaves the old one or the new one. Raises ConfigError."""
    try:
        whole_files.replace(file, content)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}).") from error

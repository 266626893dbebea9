"""Everything that a new mosquitto needs, in one folder: settings, rights, certificate, and the check at its start.

    mosquitto.conf             → /etc/mosquitto/
    broker.pem  broker.key     → /etc/mosquitto/stadtherz/
    check-rights.sh            → /etc/mosquitto/stadtherz/, run before each start (mosquitto-stadtherz.conf)
    dynamic-security.json      → /var/lib/mosquitto/stadtherz/
    hub-settings.toml            what goes into the hub's own settings; stays at the hub

Rule: a folder that has something in it is refused, so no running city is overwritten.
"""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import tomli_w

from hub.config import HubConfig
from hub.core.broker import rights_file
from hub.core.broker.certificates import make_authority, make_certificate
from hub.core.broker.rights import Issuer
from shared import broker_users
from shared.errors import ConfigError

HERE = Path(__file__).parent
PORT = 8883  # what the world expects of MQTT over TLS
PLUGINS = "/usr/lib/{machine}-linux-gnu/mosquitto_dynamic_security.so"
UNIT = """\
# /etc/systemd/system/mosquitto.service.d/stadtherz.conf
[Service]
ExecStartPre=/bin/sh /etc/mosquitto/stadtherz/check-rights.sh {rights}
Restart=always
LimitNOFILE=65536
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where things lie on the broker's machine; `address` is what it listens on."""

    settings: Path = Path("/etc/mosquitto/stadtherz")
    state: Path = Path("/var/lib/mosquitto/stadtherz")
    pid_file: Path = Path("/run/mosquitto/mosquitto.pid")
    plugin: str = PLUGINS.format(machine=os.uname().machine)
    user: str = "mosquitto"
    address: str = "0.0.0.0"  # noqa: S104 (it is the centres that call)
    port: int = PORT

    @property
    def rights(self) -> Path:
        return self.state / "dynamic-security.json"


def prepare(
    config: HubConfig,
    folder: Path,
    names: Sequence[str],
    members: Iterable[tuple[str, int]],
    *,
    now: datetime,
    place: Place | None = None,
) -> HubConfig:
    """Write everything into `folder` for a broker called by `names`; return the hub's settings with it.

    `members` are the centres with their access numbers. Passwords that the settings have already are kept: a broker
    is replaced without a centre noticing. Raises ConfigError.
    """
    place = place or Place()
    _make(folder)
    authority = make_authority(config.data_folder, config.city, now)
    config = _equipped(config, names[0], place.port, authority[0])
    make_certificate(folder, authority, names, now)
    _write(folder / "broker-authority.pem", authority[0].read_text(encoding="ascii"), 0o644)
    _write(folder / "mosquitto.conf", settings_text(place), 0o644)
    _write(folder / "check-rights.sh", (HERE / "check-rights.sh").read_text(encoding="utf-8"), 0o755)
    _write(folder / "mosquitto-stadtherz.conf", UNIT.format(rights=place.rights), 0o644)
    _write(folder / "dynamic-security.json", rights_text(config, members), 0o600)
    _write(folder / "hub-settings.toml", hub_settings_text(config), 0o600)
    return config


def settings_text(place: Place) -> str:
    """Return the text of mosquitto.conf."""
    return (
        (HERE / "mosquitto.conf")
        .read_text(encoding="utf-8")
        .format(
            user=place.user,
            pid_file=place.pid_file,
            plugin=place.plugin,
            rights=place.rights,
            port=place.port,
            address=place.address,
            domain="ipv6" if ":" in place.address else "ipv4",
            certificate=place.settings / "broker.pem",
            key=place.settings / "broker.key",
        )
    )


def rights_text(config: HubConfig, members: Iterable[tuple[str, int]]) -> str:
    """Return the text of the rights of everybody: the administrator, the hub, `members` with their sensors."""
    issuer = Issuer(config)
    users = [user for centre_id, number in members for user in issuer.of_centre(centre_id, number)]
    return rights_file.content(config.broker_admin_user, config.broker_admin_password, [*issuer.of_ingest(), *users])


def hub_settings_text(config: HubConfig) -> str:
    """Return what has to stand in the hub's settings."""
    names = ("host", "port", "mqtt", "tls", "ca_file", "user", "password", "admin_user", "admin_password")
    said = {f"broker_{name}": getattr(config, f"broker_{name}") for name in names}
    return "# Into the hub's TOML file, in the place of what stands there of the broker.\n" + tomli_w.dumps(said)


def _equipped(config: HubConfig, host: str, port: int, authority: Path) -> HubConfig:
    """Return the settings with users and passwords for hub and administrator, and with TLS."""
    return replace(
        config,
        broker_host=host,
        broker_port=port,
        broker_mqtt="5",
        broker_tls=True,
        broker_ca_file=str(authority.resolve()),
        broker_user=config.broker_user or broker_users.HUB,
        broker_password=config.broker_password or secrets.token_urlsafe(32),
        broker_admin_user=config.broker_admin_user or broker_users.ADMIN,
        broker_admin_password=config.broker_admin_password or secrets.token_urlsafe(32),
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"{folder}: is not empty. Nothing was written; name a new folder.")
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made ({error.strerror}).") from error


def _write(file: Path, text: str, mode: int) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}).") from error

"""The settings of a centre, read once from its TOML file and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.config import load, setting
from shared.ids import is_slug
from shared.mqtt import are_addresses
from shared.web.hosts import are_names, is_address_of_site
from shared.web.settings import is_port, is_time_zone

PREFIX = "STADTHERZ_NODE"
LINK_FILE = "link.toml"


@dataclass(frozen=True, kw_only=True)
class NodeConfig:
    """One centre. The file is written by `stadtherz-node init`."""

    centre_id: str = setting("Name of this centre in the network: a-z, 0-9 and hyphens", check=is_slug)
    city: str = setting("Name of the city in the network: a-z, 0-9 and hyphens", check=is_slug)
    data_folder: Path = setting("Folder of the database and the keys")
    time_zone: str = setting("Time zone of the house", "Europe/Berlin", is_time_zone)
    web_host: str = setting("Address the site listens on", "127.0.0.1")
    web_port: int = setting("Port the site listens on", 8080, is_port)
    site_url: str = setting(
        "Address of the site as people reach it, for links in messages; empty means none, and local names only",
        "",
        is_address_of_site,
    )
    site_hosts: str = setting(
        "More names under which the site may be asked for, with commas between them; others get no page",
        "",
        are_names,
    )
    web_threads: int = setting("Threads that answer requests", 32, lambda count: 1 <= count <= 256)
    secure_cookies: bool = setting("Whether the site is reached over https only", False)
    trusted_proxies: int = setting(
        "How many reverse proxies stand in front of the site", 0, lambda count: 0 <= count < 8
    )
    session_hours: int = setting(
        "Hours after which somebody who does nothing is signed out", 12, lambda hours: hours > 0
    )
    broker_host: str = setting(
        "Address of the MQTT broker; several machines of one cluster as host[:port], host[:port]",
        "127.0.0.1",
        are_addresses,
    )
    broker_port: int = setting("Port of the MQTT broker, of each address that names none", 1883, is_port)
    broker_mqtt: str = setting(
        "Version of MQTT that the broker speaks: 5 or 3.1.1", "5", lambda version: version in ("5", "3.1.1")
    )
    broker_tls: bool = setting("Whether to speak TLS with the broker", False)
    broker_ca_file: str = setting("Certificate authority of the broker; empty means the system's", "")
    broker_user: str = setting("Name at the broker", "")
    broker_password: str = setting("Password at the broker", "", secret=True)
    hub_public_key: str = setting("Public key of the city's hub; empty means no link yet", "")
    hub_url: str = setting("Address of the hub's site, for joining and for backups kept there; empty means none", "")
    backup_folders: str = setting(
        "Folders for the encrypted backups (a stick, a network folder), with commas between them; empty means none", ""
    )
    metrics_token: str = setting(
        "Token that /metrics asks for; empty means that only this machine may read it", "", secret=True
    )
    log_format: str = setting(
        "Form of the log: plain for people, json for machines", "plain", lambda form: form in ("plain", "json")
    )

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.data_folder / 'node.sqlite'}"

    @property
    def link_file(self) -> Path:
        """What the city told this centre when it joined: settings too, see `node.core.link_file`."""
        return self.data_folder / LINK_FILE

    @property
    def key_file(self) -> Path:
        """The signing key of this install."""
        return self.data_folder / "signing.key"

    @property
    def sealing_file(self) -> Path:
        """The keys that open what was sealed for this centre; part of its backups."""
        return self.data_folder / "sealing.key"

    @property
    def secret_file(self) -> Path:
        """The secret that signs session cookies."""
        return self.data_folder / "session.secret"


def load_node(file: Path, environ: Mapping[str, str]) -> NodeConfig:
    """Return the settings of the centre in `file`; what neither it nor `environ` says may stand in the link file.

    Raises ConfigError as `shared.config.load` does.
    """
    first = load(NodeConfig, file, environ, PREFIX)
    return load(NodeConfig, file, environ, PREFIX, beneath=first.link_file)

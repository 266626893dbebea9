"""The settings of the city's hub, read once from its TOML file and the environment."""

from dataclasses import dataclass
from pathlib import Path

from shared.config import setting
from shared.ids import is_slug
from shared.mqtt import are_addresses
from shared.web.hosts import are_names, is_address_of_site
from shared.web.settings import is_port, is_time_zone

PREFIX = "STADTHERZ_HUB"


@dataclass(frozen=True, kw_only=True)
class HubConfig:
    """One city. The file is written by `stadtherz-hub init`."""

    city: str = setting("Name of the city in the network: a-z, 0-9 and hyphens", check=is_slug)
    city_name: str = setting("Name of the city as people write it", "")
    data_folder: Path = setting("Folder of the keys, and of the database if it is SQLite")
    database: str = setting("Address of the database; empty means SQLite in the data folder", "")
    time_zone: str = setting("Time zone of the city", "Europe/Berlin", is_time_zone)
    web_host: str = setting("Address the site listens on", "127.0.0.1")
    web_port: int = setting("Port the site listens on", 8000, is_port)
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
    broker_public_host: str = setting("Address of the broker as centres reach it; empty means broker_host", "")
    broker_public_port: int = setting("Port of the broker as centres reach it; 0 means broker_port", 0, is_port)
    broker_sensors: bool = setting("Whether sensors at the doors of the centres may use the broker", True)
    broker_admin_user: str = setting(
        "Name of the administrator of the broker's rights (mosquitto's dynamic security); empty means not managed", ""
    )
    broker_admin_password: str = setting("Password of the administrator of the broker's rights", "", secret=True)
    alarm_mail_host: str = setting("Mail server for alarms; empty means no mail", "")
    alarm_mail_port: int = setting("Port of the mail server", 587, is_port)
    alarm_mail_tls: str = setting(
        "How the mail server is spoken to: starttls, tls (from the first byte) or none",
        "starttls",
        lambda way: way in ("starttls", "tls", "none"),
    )
    alarm_mail_user: str = setting("Name at the mail server; empty means no sign-in", "")
    alarm_mail_password: str = setting("Password at the mail server", "", secret=True)
    alarm_mail_from: str = setting("Address that alarms come from", "")
    alarm_mail_to: str = setting("Addresses that alarms go to, with commas between them", "")
    alarm_webhook_url: str = setting("Address that alarms are posted to; empty means none", "", secret=True)
    alarm_webhook_secret: str = setting("Secret that signs what is posted there", "", secret=True)
    alarm_webhook_http: bool = setting("Whether that address may be without encryption", False)
    metrics_token: str = setting(
        "Token that /metrics asks for; empty means that only this machine may read it", "", secret=True
    )
    metrics_centres: int = setting(
        "Up to how many centres /metrics has figures for each of them", 200, lambda count: 0 <= count <= 10_000
    )
    backup_quota_mb: int = setting(
        "Megabytes that the encrypted backups of one centre may take here", 2000, lambda size: size > 0
    )
    backups_kept: int = setting("How many backups of each centre are kept here", 3, lambda count: 1 <= count <= 100)
    log_format: str = setting(
        "Form of the log: plain for people, json for machines", "plain", lambda form: form in ("plain", "json")
    )

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_folder / 'hub.sqlite'}"

    @property
    def key_file(self) -> Path:
        """The signing key of the hub."""
        return self.data_folder / "signing.key"

    @property
    def secret_file(self) -> Path:
        """The secret that signs session cookies."""
        return self.data_folder / "session.secret"

    @property
    def broker_secret_file(self) -> Path:
        """What the centres' passwords at the broker are derived from."""
        return self.data_folder / "broker.secret"

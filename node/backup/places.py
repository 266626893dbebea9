"""Where this house keeps its backups: the folders of the settings, and the city's hub."""

from pathlib import Path
from typing import Protocol

from node.core import link_file
from shared.keys import Install, open_install
from shared.signed_calls import Caller


class BackupConfig(Protocol):
    """The settings that backups need."""

    @property
    def centre_id(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def data_folder(self) -> Path: ...
    @property
    def key_file(self) -> Path: ...
    @property
    def link_file(self) -> Path: ...
    @property
    def backup_folders(self) -> str: ...
    @property
    def hub_url(self) -> str: ...
    @property
    def hub_public_key(self) -> str: ...
    @property
    def broker_ca_file(self) -> str: ...


def folders(config: BackupConfig) -> list[Path]:
    """Return the folders of the settings, in their order."""
    return [Path(part.strip()).expanduser() for part in config.backup_folders.split(",") if part.strip()]


def is_on_same_disk(config: BackupConfig, folder: Path) -> bool:
    """Tell whether `folder` would be gone with the records: so it is where a stick should be and is not."""
    return folder.stat().st_dev == config.data_folder.stat().st_dev


def list_name(whose: str) -> str:
    """Return the name of the list of erasures in a folder with backups."""
    return f"stadtherz-{whose}-erased.list"


def find_caller(config: BackupConfig, install: Install | None = None) -> Caller | None:
    """Return what calls the hub, None for a house that has not joined or whose hub has no site."""
    if not (config.hub_url and config.hub_public_key):
        return None
    told = link_file.kept(config.link_file)  # the hub's key may have been changed since this process began
    return Caller(
        hub_url=config.hub_url,
        hub_public_key=str(told.get("hub_public_key", config.hub_public_key)),
        city=config.city,
        centre_id=config.centre_id,
        install=install or open_install(config.key_file),
        ca_file=config.broker_ca_file,
    )

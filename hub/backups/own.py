"""The hub's own backup: its database, and in a second file its keys, both encrypted for a recovery code.

Who has the database alone cannot speak as the city; who has the keys alone knows nothing of it. So they may lie
at different places. Beside them lies the list of centres that were revoked (`departures`).

The centres' own backups are not in it: they are large, closed, and come again every night.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hub.backups import departures
from hub.backups.engines import engine_of
from hub.config import HubConfig
from shared import whole_files
from shared.backup import package, places, recovery_code, sealed_file
from shared.backup.sealed_file import BackupDamaged, Header, SealedKey
from shared.backup.snapshot import Progress, quiet
from shared.backup.workshop import workshop
from shared.database import Database
from shared.errors import ConfigError, Refusal
from shared.time import to_wire

KIND, KEYS_KIND = "hub", "hub keys"
KEY_FILES = ("signing.key", "broker.secret", "sealing.key", "broker-authority.key", "broker-authority.pem")
PUBLIC_FILE = "recovery.public"


class OtherHub(Refusal):
    """The file is no backup of this city's hub, or of another kind."""

    def __init__(self, header: Header) -> None:
        super().__init__(f"This is a backup of the kind {header.kind!r} of {header.city}. Nothing was changed.")


class OtherKeys(Refusal):
    """This machine has keys of its own, which are others."""


@dataclass(frozen=True)
class Written:
    """What was written into the folder."""

    database: Path
    keys: Path
    found: Mapping[str, int]


def set_up(config: HubConfig) -> str:
    """Make a new recovery code and keep its public half; return the code."""
    code = recovery_code.new_code()
    whole_files.replace(config.data_folder / PUBLIC_FILE, f"{recovery_code.public_of(code)}\n".encode("ascii"))
    return code


def back_up(config: HubConfig, database: Database, folder: Path, at: datetime, progress: Progress = quiet) -> Written:
    """Write both files into `folder`, read them back, and let go of old ones.

    Raises ConfigError without a recovery code, PlaceNotPossible, CopyNotWhole, BackupDamaged.
    """
    places.refuse_unprepared(folder)
    engine, pen = engine_of(config.database_url), _Pen(config.city, _public(config), at, progress)
    whose = f"hub-{config.city}"
    engine.refuse_absent()
    with database.reading() as session:
        gone = departures.in_database(session)
    with workshop(config.data_folder) as room:
        copy = room / engine.part
        found = engine.copy(copy, progress)
        made = pen.write(room / "database", KIND, {engine.part: copy}, found=found)
        copy.unlink()
        _read_back(made, room, lambda opened: engine.check(opened / engine.part, found))
        keys = {name: config.data_folder / name for name in KEY_FILES if (config.data_folder / name).exists()}
        of_keys = pen.write(room / "keys", KEYS_KIND, keys)
        _read_back(of_keys, room, lambda _opened: None)
        departures.keep(config.data_folder / departures.FILE, gone)
        known = departures.read(config.data_folder / departures.FILE)
        departures.put(folder, config.city, known)
        targets = []
        for file, name in ((made[0], whose), (of_keys[0], f"{whose}-keys")):
            places.make_room(folder, name, file.stat().st_size)
            targets.append(places.put(file, folder, places.name_of(name, at)))
            places.prune(folder, name, targets[-1])
    return Written(targets[0], targets[1], found)


def check_header(header: Header, kind: str, city: str) -> None:
    """Raise OtherHub."""
    if (header.kind, header.city) != (kind, city):
        raise OtherHub(header)


def put_keys(config: HubConfig, file: Path, code: str, room: Path) -> list[str]:
    """Put the keys of a backup where there are none; return their names. Raises OtherKeys, then none was put."""
    check_header(package.header_of(file), KEYS_KIND, config.city)
    opened = room / "keys"
    opened.mkdir(mode=0o700)
    _header, contents = package.unpack(file, code, opened)
    known = [name for name in contents.files if name in KEY_FILES]  # whoever has the public half can write a backup
    for name in known:
        standing = config.data_folder / name
        if standing.exists() and standing.read_bytes() != (opened / name).read_bytes():
            raise OtherKeys(f"{standing}: there is another key already. Move it away first, if the backup's is right.")
    put = [name for name in known if not (config.data_folder / name).exists()]
    for name in put:
        (opened / name).replace(config.data_folder / name)
    return put


def _public(config: HubConfig) -> str:
    file = config.data_folder / PUBLIC_FILE
    if not file.exists():
        raise ConfigError("there is no recovery code yet: run `stadtherz-hub backup-set-up` and put it into the safe.")
    return file.read_text(encoding="ascii").strip()


@dataclass(frozen=True)
class _Pen:
    """What both files are written with."""

    city: str
    recovery_key: str
    at: datetime
    progress: Progress

    def write(self, target: Path, kind: str, files: Mapping[str, Path], **notes: Any) -> tuple[Path, SealedKey]:
        sealed = sealed_file.new_header(
            kind=kind,
            city=self.city,
            place="",
            made_at=self.at,
            program=version("stadtherz"),
            recovery_key=self.recovery_key,
        )
        package.write_backup(target, sealed, files, {**notes, "as_of": to_wire(self.at)}, self.progress)
        return target, sealed


def _read_back(made: tuple[Path, SealedKey], room: Path, check: Any) -> None:
    opened = room / "opened"
    opened.mkdir(mode=0o700)
    try:
        package.read_backup(made[0], made[1].key, opened)
        check(opened)
    except OSError as error:
        raise BackupDamaged("The backup could not be read back.") from error
    finally:
        shutil.rmtree(opened)

"""Making a centre of an empty folder, once the city has said which one it is: settings, database, first account.

Rule: each step looks whether it was done; a machine that lost power in the middle finishes with the same code.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from node.config import PREFIX, NodeConfig, load_node
from node.core.accounts import Account, Role
from shared.database import Database
from shared.errors import ConfigError
from shared.joining.letters import Welcome
from shared.time import now
from shared.web.accounts import add_account, list_accounts
from shared.web.accounts.service import refuse_weak
from shared.web.commands import write_settings
from shared.web.settings import new_secret, write_secret

CreateApp = Callable[[NodeConfig], Flask]
ROLES = tuple(str(role) for role in Role)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new centre is going to be: its settings, its folder, and what else the settings are to say."""

    file: Path
    folder: Path
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class First:
    """The first account: it may do everything."""

    name: str
    password: str = field(repr=False)

    def refuse_weak(self) -> None:
        """Raise PasswordWeak; ask before a code is used up."""
        refuse_weak(self.password, self.name)


def data_folder_of(file: Path, wanted: Path | None) -> Path:
    """Return the folder of a new centre with its settings in `file`; raise ConfigError if there is one already."""
    folder = (wanted or file.parent / "data").resolve()
    if (folder / "node.sqlite").exists() and not file.exists():
        raise ConfigError(f"{folder}: holds a centre already. Nothing was changed; choose another --data-folder.")
    return folder


def is_founded(config: NodeConfig) -> bool:
    """Tell whether there is a centre that somebody can sign in to."""
    if not (config.data_folder / "node.sqlite").exists():
        return False
    database = Database(config.database_url)
    try:
        with database.reading() as session:
            return bool(list_accounts(session, Account))
    except SQLAlchemyError:  # its tables were never made
        return False
    finally:
        database.dispose()


def found(place: Place, welcome: Welcome, first: First, create_app: CreateApp) -> NodeConfig:
    """Make the centre that the city welcomed and return its settings. Raises ConfigError and PasswordWeak."""
    first.refuse_weak()
    if not place.file.exists():
        told = {"centre_id": welcome.centre_id, "city": welcome.city, "time_zone": welcome.time_zone}
        write_settings(place.file, NodeConfig, PREFIX, {**told, **place.given, "data_folder": place.folder})
    config = load_node(place.file, os.environ)
    if not config.secret_file.exists():
        write_secret(config.secret_file, new_secret())
    database: Database = create_app(config).extensions["stadtherz.database"]
    try:
        with database.transaction() as session:
            if not list_accounts(session, Account):
                add_account(session, Account, first.name, first.password, Role.LEAD, ROLES, now())
    finally:
        database.dispose()
    return config

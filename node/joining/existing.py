"""Joining with a centre that exists: it keeps its name and its data, and its settings must not win over the city's.

Used by the command and by the page; the running house notices by itself (`renewal`).
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from node import link as city_link
from node.config import PREFIX, NodeConfig
from node.core import link_file
from node.core.db import LEDGER
from node.joining import service
from shared import topics
from shared.errors import ConfigError
from shared.joining import JoinCode
from shared.joining.letters import Welcome
from shared.keys import open_install


def join(file: Path, config: NodeConfig, code: JoinCode) -> Welcome:
    """Join as the centre of the settings in `file`. Raises JoinRefused, NoAnswer, and ConfigError."""
    refuse_own_words(file, os.environ)
    return service.join(code, config.data_folder, config.centre_id, config.city)


def go_on(session: Session, config: NodeConfig, welcome: Welcome, at: datetime) -> None:
    """Switch the link on; a machine that replaces another goes on with the database that came from there."""
    city_link.set_link(session, True, at)
    if welcome.is_replacement:
        LEDGER.rebind(session, topics.node_feed(config.centre_id), open_install(config.key_file).instance)


def refuse_own_words(file: Path, environ: Mapping[str, str]) -> None:
    """Raise ConfigError if file or environment say something that the city is going to say."""
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    clashes = [key for key in link_file.KEYS if said.get(key)]
    if clashes:
        raise ConfigError(
            f"{file}: the keys {', '.join(clashes)} would win over what the city says. Remove them and try again; the "
            "code stays valid."
        )
    named = [f"{PREFIX}_{key}".upper() for key in link_file.KEYS]
    if set_here := [variable for variable in named if environ.get(variable)]:
        raise ConfigError(f"{', '.join(set_here)}: would win over what the city says. Unset it and try again.")

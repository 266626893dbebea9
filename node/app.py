"""A centre's app. FEATURES is the table of contents of the house."""

from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from flask import Flask, Response
from sqlalchemy import select

import node.recovery.models
import node.themes.models
import node.visits.models
from node import announcements, bookings, centre, opening_hours, programme, recovery, spaces, themes, visits
from node.centre.models import Centre
from node.config import NodeConfig
from node.core import accounts, connection
from node.core.db import Base, reading
from shared.database import Database
from shared.web.settings import read_secret
from shared.web.site import Site, equip

FEATURES: tuple[ModuleType, ...] = (
    centre,
    opening_hours,
    spaces,
    bookings,
    programme,
    visits,
    announcements,
    recovery,
)
HERE = Path(__file__).parent


def create_app(config: NodeConfig) -> Flask:
    """Return the site of one centre; raise ConfigError if its secrets are missing."""
    app = Flask("node", static_folder=None)
    app.extensions["stadtherz.config"] = config
    database = Database(config.database_url)
    app.extensions["stadtherz.database"] = database
    equip(app, _site(config))
    connection.register(app, None)
    accounts.register(app, database)
    app.add_url_rule("/healthz", "healthz", _health)
    for feature in FEATURES:
        if hasattr(feature, "register"):
            feature.register(app)
    Base.metadata.create_all(database.engine)
    return app


def _site(config: NodeConfig) -> Site:
    return Site(
        cookie=f"stadtherz_{config.centre_id}",
        home="accounts.own",
        zone=ZoneInfo(config.time_zone),
        secret_key=read_secret(config.secret_file),
        texts=[HERE / "core", *(Path(str(feature.__file__)).parent for feature in FEATURES)],
        place=_name_of_house,
        secure_cookies=config.secure_cookies,
        trusted_proxies=config.trusted_proxies,
        session_hours=config.session_hours,
        connection=connection.ENDPOINT,
    )


def _name_of_house() -> str:
    with reading() as session:
        return session.scalar(select(Centre.name).limit(1)) or ""


def _health() -> Response:
    """Answer 200 while the database can be read."""
    with reading() as session:
        session.execute(select(1))
    return Response("ok\n", mimetype="text/plain")

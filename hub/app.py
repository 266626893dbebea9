"""The city's app. FEATURES is the table of contents of the hub."""

from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from flask import Flask, Response
from sqlalchemy import select

import hub.recovery.models
from hub import (
    announcements,
    bookings,
    centres,
    network,
    opening_hours,
    programme,
    recovery,
    reports,
    spaces,
    themes,
    visits,
)
from hub.config import HubConfig
from hub.core import accounts
from hub.core.db import Base, reading
from shared.database import Database
from shared.web.settings import read_secret
from shared.web.site import Site, equip

FEATURES: tuple[ModuleType, ...] = (
    centres,
    programme,
    bookings,
    visits,
    spaces,
    opening_hours,
    announcements,
    themes,
    recovery,
    reports,
    network,
)
HERE = Path(__file__).parent


def create_app(config: HubConfig) -> Flask:
    """Return the site of the city; raise ConfigError if its secrets are missing."""
    app = Flask("hub", static_folder=None)
    app.extensions["stadtherz.config"] = config
    database = Database(config.database_url)
    app.extensions["stadtherz.database"] = database
    equip(app, _site(config))
    accounts.register(app, database)
    app.add_url_rule("/healthz", "healthz", _health)
    for feature in FEATURES:
        if hasattr(feature, "register"):
            feature.register(app)
    Base.metadata.create_all(database.engine)
    return app


def _site(config: HubConfig) -> Site:
    return Site(
        cookie=f"stadtherz_{config.city}_hub",
        home="accounts.own",
        zone=ZoneInfo(config.time_zone),
        secret_key=read_secret(config.secret_file),
        texts=[HERE / "core", *(Path(str(feature.__file__)).parent for feature in FEATURES)],
        place=lambda: config.city_name,
        secure_cookies=config.secure_cookies,
        trusted_proxies=config.trusted_proxies,
        session_hours=config.session_hours,
    )


def _health() -> Response:
    """Answer 200 while the database can be read."""
    with reading() as session:
        session.execute(select(1))
    return Response("ok\n", mimetype="text/plain")

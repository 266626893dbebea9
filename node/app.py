"""A centre's app. FEATURES is the table of contents of the house."""

from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from node import (
    announcements,
    api,
    audit,
    backup,
    bookings,
    centre,
    devices,
    equipment,
    handbook,
    holidays,
    house,
    imports,
    joining,
    keys,
    link,
    metrics,
    norm,
    opening_hours,
    privacy,
    programme,
    public,
    recovery,
    registration,
    rentals,
    requests,
    sensors,
    series,
    spaces,
    staff,
    tenants,
    themes,
    timetable,
    today,
    visits,
)
from node.centre.models import Centre
from node.config import NodeConfig
from node.core import audit as log
from node.core import connection, rights
from node.core import privacy as registry
from node.core.db import LEDGER, reading
from shared.database import Database
from shared.migrations import upgrade
from shared.storage import Trouble
from shared.time import now
from shared.web import actors, health
from shared.web.closed import closed_app
from shared.web.features import folders, load_tables, register_all
from shared.web.hosts import names_of
from shared.web.settings import read_secret
from shared.web.site import Site, equip

FEATURES: tuple[ModuleType, ...] = (
    today,
    public,
    requests,
    house,
    centre,
    opening_hours,
    norm,
    holidays,
    spaces,
    equipment,
    tenants,
    series,
    bookings,
    programme,
    timetable,
    registration,
    visits,
    sensors,
    imports,
    keys,
    themes,
    announcements,
    staff,
    devices,
    audit,
    privacy,
    recovery,
    backup,
    rentals,
    handbook,
    joining,
    api,
    metrics,
)
HERE = Path(__file__).parent
CACHE_MB = 4  # of each connection: a house has little data, a mini PC little memory
load_tables(FEATURES)


def create_app(config: NodeConfig) -> Flask:
    """Return the site of one centre; raise ConfigError if its secrets are missing.

    The link and the jobs stand still until `cli.run` starts them; what is written from here
    on is stamped all the same.
    """
    app = Flask("node", static_folder=None)
    app.extensions["stadtherz.config"] = config
    database = Database(config.database_url, cache_mb=CACHE_MB)
    app.extensions["stadtherz.database"] = database
    equip(app, _site(config), database)
    staff.sign_in(app, database)
    rights.register(app)
    personal = registry.equip(app)
    connection.register(app, _status_of(config))
    health.watch_thread(app, "link", link.EXTENSION)
    register_all(app, FEATURES)
    upgrade(database, HERE / "migrations")
    LEDGER.watch(database)
    log.watch(database, now, actors.present, personal)
    return app


def closed(config: NodeConfig, trouble: Trouble) -> Flask:
    """Return the site that stands in for this one while its database cannot be opened."""
    return closed_app(_site(config), Database(config.database_url), trouble)


def _status_of(config: NodeConfig) -> connection.Status | None:
    if not config.hub_public_key:
        return None
    return lambda session, at: link.status(session, at, LEDGER, config.centre_id)


def _site(config: NodeConfig) -> Site:
    return Site(
        cookie=f"stadtherz_{config.centre_id}",
        zone=ZoneInfo(config.time_zone),
        secret_key=read_secret(config.secret_file),
        texts=[HERE / "core", *folders(FEATURES)],
        place=_name_of_house,
        secure_cookies=config.secure_cookies,
        trusted_proxies=config.trusted_proxies,
        session_hours=config.session_hours,
        names=names_of(config.site_url, config.site_hosts),
        connection=connection.ENDPOINT,
    )


def _name_of_house() -> str:
    with reading() as session:
        return session.scalar(select(Centre.name).limit(1)) or ""

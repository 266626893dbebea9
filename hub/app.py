"""The city's app. FEATURES is the table of contents of the hub."""

from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from flask import Flask

from hub import (
    administration,
    alarms,
    announcements,
    api,
    attendance,
    audit,
    backups,
    bookings,
    calendar,
    centres,
    city,
    city_map,
    coverage,
    exports,
    finder,
    holidays,
    metrics,
    network,
    norm,
    occupancy,
    open_data,
    opening_hours,
    programme,
    recovery,
    reports,
    spaces,
    staff,
    themes,
    visits,
    widget,
)
from hub.config import HubConfig
from hub.core import audit as log
from hub.core.db import LEDGER, open_database
from shared.migrations import upgrade
from shared.storage import Trouble
from shared.time import now
from shared.web.closed import closed_app
from shared.web.features import folders, load_tables, register_all
from shared.web.hosts import names_of
from shared.web.settings import read_secret
from shared.web.site import Site, equip

FEATURES: tuple[ModuleType, ...] = (
    calendar,
    finder,
    api,
    widget,
    centres,
    programme,
    bookings,
    attendance,
    visits,
    spaces,
    opening_hours,
    reports,
    occupancy,
    network,
    alarms,
    metrics,
    announcements,
    themes,
    holidays,
    norm,
    coverage,
    city,
    city_map,
    open_data,
    exports,
    recovery,
    backups,
    staff,
    audit,
    administration,
)
HERE = Path(__file__).parent
load_tables(FEATURES)


def create_app(config: HubConfig) -> Flask:
    """Return the site of the city; raise ConfigError if its secrets are missing.

    Ingest and the jobs stand still until `cli.run` starts them; what the city writes from
    here on is stamped all the same.
    """
    app = Flask("hub", static_folder=None)
    app.extensions["stadtherz.config"] = config
    database = open_database(config.database_url)
    app.extensions["stadtherz.database"] = database
    equip(app, _site(config), database)
    staff.sign_in(app, database)
    register_all(app, FEATURES)
    upgrade(database, HERE / "migrations")
    LEDGER.watch(database)
    log.watch(database, now)
    return app


def closed(config: HubConfig, trouble: Trouble) -> Flask:
    """Return the site that stands in for this one while its database cannot be opened."""
    return closed_app(_site(config), open_database(config.database_url), trouble)


def _site(config: HubConfig) -> Site:
    return Site(
        cookie=f"stadtherz_{config.city}_hub",
        zone=ZoneInfo(config.time_zone),
        secret_key=read_secret(config.secret_file),
        texts=[HERE / "core", *folders(FEATURES)],
        place=lambda: config.city_name,
        secure_cookies=config.secure_cookies,
        trusted_proxies=config.trusted_proxies,
        session_hours=config.session_hours,
        names=names_of(config.site_url, config.site_hosts),
    )

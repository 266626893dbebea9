"""A site: what differs between a node's pages and the hub's, and how an app gets the rest.

`equip` is the only thing that an app factory calls; everything else of `shared.web` is
reached through it or imported by features.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, current_app
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.database import Database
from shared.web import (
    entrance,
    errors,
    filters,
    health,
    hosts,
    jobs,
    json_bodies,
    languages,
    limits,
    logs,
    navigation,
    pagination,
    security,
    static_files,
)

FORM_BYTES_MAX = 8_000_000  # the largest calendar file that a centre is likely to bring
_EXTENSION = "stadtherz.site"


def _nowhere() -> str:
    return ""


@dataclass(frozen=True)
class Site:
    """What the shell needs to know of the app that wears it.

    `place` returns the name beside the mark (the house, the city); it is asked on each
    page inside the request. `texts` are folders whose `de.po` files belong to this app, `names`
    those that it answers to, none: local ones.
    """

    cookie: str
    zone: ZoneInfo
    secret_key: str
    texts: Sequence[Path]
    place: Callable[[], str] = _nowhere
    secure_cookies: bool = False
    trusted_proxies: int = 0
    session_hours: int = 12
    names: Collection[str] = ()
    signs_in: bool = True  # whether there are accounts; the page of a first start has none yet
    connection: str = ""  # endpoint of the connection's JSON; '' if the site shows none


def equip(app: Flask, site: Site, database: Database) -> None:
    """Give `app` the shell, languages, security and error pages of both sites."""
    app.extensions[_EXTENSION] = site
    app.secret_key = site.secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=FORM_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=site.session_hours),
        SESSION_COOKIE_NAME=cookie_name(site.cookie, secure=site.secure_cookies),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.secure_cookies,
    )
    if site.trusted_proxies:
        count = site.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["site"] = site
    app.register_blueprint(_pieces())
    json_bodies.equip(app)
    hosts.equip(app, site.names)
    limits.equip(app)
    languages.equip(app, site.texts)
    security.equip(app, secure=site.secure_cookies)
    static_files.equip(app)
    navigation.equip(app)
    filters.equip(app)
    pagination.equip(app)
    errors.equip(app)
    jobs.equip(app)
    entrance.equip(app)
    health.equip(app, database)
    logs.equip(app, trusted=site.trusted_proxies > 0)


def cookie_name(name: str, *, secure: bool) -> str:
    """Return the name under which browsers keep a cookie for this very site, not for its neighbours, if they can."""
    return f"__Host-{name}" if secure else name


def zone() -> ZoneInfo:
    """Return the time zone that this site shows its times in."""
    return cast("Site", current_app.extensions[_EXTENSION]).zone


def _pieces() -> Blueprint:
    """The templates and static files that both sites share; static files are under /web/."""
    here = Path(__file__).parent
    return Blueprint(
        "web",
        __name__,
        template_folder=str(here / "templates"),
        static_folder=str(here / "static"),
        static_url_path="/web",
    )

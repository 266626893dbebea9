"""The site while its database cannot be opened: it comes up all the same, says what is wrong, and tries again.

A volunteer who finds the machine after a night with a full disk sees a page that says whom to call, not
a browser's error. Whoever still had a form open and sends it gets it back, with all that was typed.

Rule: it reads and writes nothing; the same process goes on as the real site as soon as that can be made.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask, Response, request
from flask_login import LoginManager
from sqlalchemy.exc import DBAPIError
from waitress import wasyncore
from waitress.server import create_server

from shared.database import Database
from shared.errors import ConfigError
from shared.storage import Trouble, trouble_of
from shared.web import unsaved
from shared.web.site import Site, equip

TRY_EVERY_S = 5.0
_OPEN = ("web.static", "healthz", "languages.choose")
_LOG = logging.getLogger(__name__)


def opened(create: Callable[[], Flask], closed: Callable[[Trouble], Flask], host: str, port: int) -> Flask:
    """Return what `create` makes; until disk and database let it, serve what `closed` makes at `host`, `port`.

    Errors that are not of disk or database pass.
    """
    made = _tried(create, None)
    if isinstance(made, Flask):
        return made
    sockets: dict[int, Any] = {}
    server = create_server(closed(made), sockets, host=host, port=port, threads=4, ident="")
    try:
        while not isinstance(made, Flask):
            until = time.monotonic() + TRY_EVERY_S
            while time.monotonic() < until:
                wasyncore.loop(timeout=0.5, map=sockets, count=1)
            made = _tried(create, made)
    finally:
        server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(sockets)
    _LOG.info("the database can be used again: the site opens")
    return made


def _tried(create: Callable[[], Flask], before: Trouble | None) -> Flask | Trouble:
    """Return the site, or why there is none, which is logged unless it was `before`: a log needs the disk, too."""
    try:
        return create()
    except (ConfigError, DBAPIError, OSError) as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        if trouble is not before:
            said = f" ({error})" if isinstance(error, ConfigError) else ""
            _LOG.warning("the site stays closed: %s%s", trouble, said)
        return trouble


def closed_app(site: Site, database: Database, trouble: Trouble) -> Flask:
    """Return the app that says on each page what is wrong. Cookies and forms of the real `site` stay valid."""
    app = Flask("closed", static_folder=None)
    equip(app, replace(site, place=lambda: "", connection="", signs_in=False), database)
    LoginManager(app).user_loader(lambda _account: None)
    app.config["WTF_CSRF_ENABLED"] = False  # nothing is done here; the real site looks at the token again

    @app.before_request
    def say() -> Response | None:
        return None if request.endpoint in _OPEN else unsaved.answer(trouble)

    return app

"""The small site that stands where a centre's will be: one page, on which the machine joins the city.

It serves until the centre has joined; then the same process goes on as the centre. What protects it: there
is nothing here to see or to change, and nothing can be done without a code of the city, which works once.
Tries are few from one address. Whoever sets a machine up in a house of many visitors does it before it is
put on their network: until then anybody who has a code of any city could use it here.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import click
from flask import Blueprint, Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager
from waitress import wasyncore
from waitress.server import create_server

from node.joining import founding, service
from node.joining.forms import FirstStartForm
from node.joining.founding import CreateApp, First, Place
from node.joining.refusals import JoinRefused, NoAnswer
from node.joining.wording import in_words
from shared.database import Database
from shared.errors import ConfigError
from shared.joining.codes import JoinCode
from shared.web import navigation
from shared.web.accounts.service import PASSWORD_LENGTH_MIN
from shared.web.commands import ended_by_signals
from shared.web.settings import new_secret
from shared.web.site import Site, equip

ATTEMPTS = "10 per minute; 60 per hour"
LAST_ANSWER_S = 2.0  # for the page that says that it worked
_EXTENSION = "stadtherz.first_start"


class _Start(NamedTuple):
    place: Place
    create_app: CreateApp
    one_at_a_time: threading.Lock
    joined: threading.Event


def serve(place: Place, where: tuple[str, int], create_app: CreateApp) -> None:
    """Serve the page at `where` (host, port) until the centre has joined; a signal ends the program."""
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = first_app(place, create_app)
    start: _Start = app.extensions[_EXTENSION]
    sockets: dict[int, Any] = {}
    host, port = where
    try:
        server = create_server(
            app, sockets, host=host, port=port, threads=4, clear_untrusted_proxy_headers=True, ident=""
        )
    except OSError as error:
        raise ConfigError(f"web_host, web_port: cannot listen on {host}:{port} ({error.strerror}).") from error
    click.echo(f"{place.file} does not exist: this machine has not joined yet.")
    click.echo(f"The page of the first start is at http://{host}:{_port(sockets, port)}/ (Ctrl-C ends it)")
    with ended_by_signals():
        try:
            while not start.joined.is_set():
                wasyncore.loop(timeout=0.5, map=sockets, count=1)
            _let_go(sockets)
        finally:
            server.task_dispatcher.shutdown(timeout=1)
            wasyncore.close_all(sockets)


def first_app(place: Place, create_app: CreateApp) -> Flask:
    """Return the app of the page."""
    app = Flask("node", static_folder=None)
    site = Site(
        cookie="stadtherz_first_start",
        zone=ZoneInfo("Europe/Berlin"),
        secret_key=new_secret(),
        texts=[Path(__file__).parent],
        signs_in=False,
    )
    equip(app, site, Database(f"sqlite:///{place.folder / 'node.sqlite'}"))
    LoginManager(app).user_loader(lambda _account: None)
    app.extensions[_EXTENSION] = _Start(place, create_app, threading.Lock(), threading.Event())
    pages = Blueprint("first_start", __name__, template_folder="templates", url_prefix="/erster-start")
    pages.add_url_rule("", "show", show, methods=["GET"])
    limited = app.extensions["stadtherz.limiter"].limit(ATTEMPTS)(join)
    pages.add_url_rule("", "join", limited, methods=["POST"])
    app.register_blueprint(pages)
    navigation.add(app, _l("First start"), "first_start.show", order=1, for_staff=False)
    app.add_url_rule("/anmelden", "soon", lambda: redirect(url_for("first_start.show")))
    return app


def show() -> Response:
    """Ask for the code and the first account."""
    return _page(FirstStartForm(formdata=None, code=request.args.get("code", "")))


def join() -> Response:
    """Join; say beside the field what went wrong."""
    form, start = FirstStartForm(), _start()
    is_whole = form.validate()
    code = form.read() if not form.code.errors else None
    if not is_whole or code is None:
        return _page(form, 422)
    with start.one_at_a_time:
        return _joined(form, start, code)


def _joined(form: FirstStartForm, start: _Start, code: JoinCode) -> Response:
    place = start.place
    if start.joined.is_set():
        return make_response(redirect(url_for("first_start.show")))
    try:
        welcome = service.join(code, place.folder)
        first = First(form.name.data, form.password.data)
        founding.found(place, welcome, first, start.create_app)
    except (NoAnswer, JoinRefused) as refusal:
        form.code.errors = [in_words(refusal)]
        return _page(form, 422)
    except ConfigError as error:  # a full disk, a folder that nobody may write to
        form.form_errors.append(str(error))
        return _page(form, 500)
    letters = service.own_letters(place.folder)
    done = make_response(render_template("joining/joined.html", welcome=welcome, letters=letters, name=first.name))
    done.headers["Refresh"] = "10; url=/anmelden"  # no button: until the centre answers there is nothing to go to
    done.headers["Cache-Control"] = "no-store"
    start.joined.set()
    return done


def _page(form: FirstStartForm, status: int = 200) -> Response:
    shown = make_response(
        render_template("joining/first_start.html", form=form, length_min=PASSWORD_LENGTH_MIN), status
    )
    shown.headers["Cache-Control"] = "no-store"  # it may hold what was typed
    return shown


def _start() -> _Start:
    found: _Start = current_app.extensions[_EXTENSION]
    return found


def _port(sockets: Mapping[int, Any], wanted: int) -> int:
    """Return the port that the system chose if none was wanted."""
    if wanted:
        return wanted
    return next(int(found.effective_port) for found in sockets.values() if hasattr(found, "effective_port"))


def _let_go(sockets: dict[int, Any]) -> None:
    """Let the last answer get to the browser."""
    for _ in range(int(LAST_ANSWER_S / 0.1)):
        wasyncore.loop(timeout=0.1, map=sockets, count=1)

"""What is said when the disk or the database does not take what somebody typed, or cannot be read at all.

Rule: nothing typed is lost but passwords and codes. The page lists it, keeps every other field, and sends the very
same form again; a program is told 503 with the reason, so a device keeps what it has. No word of it reaches a log.
Rule: this page needs neither database nor disk: what it cannot get it leaves out.
"""

import logging
import os
import re
import tempfile
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request, session
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DBAPIError

from shared.storage import Trouble, trouble_of
from shared.web import security

WORDS: Mapping[Trouble, Any] = {
    Trouble.FULL: _l("The disk of the computer that keeps these records is full."),
    Trouble.READ_ONLY: _l("The computer that keeps these records cannot write to its disk any more."),
    Trouble.FAILING: _l("The disk of the computer that keeps these records does not work properly."),
    Trouble.DAMAGED: _l("The file with the records is damaged."),
    Trouble.BUSY: _l("Something else is being saved just now, and it takes longer than usual."),
    Trouble.AWAY: _l("The file or the server with the records cannot be reached."),
}
CALL: Mapping[Trouble, Any] = {
    Trouble.FULL: _l("Please call whoever looks after the computer, and say: “The disk is full.”"),
    Trouble.READ_ONLY: _l("Please call whoever looks after the computer, and say: “The disk is read-only.”"),
    Trouble.FAILING: _l("Please call whoever looks after the computer, and say: “The disk reports errors.”"),
    Trouble.DAMAGED: _l("Please call whoever looks after the computer, and say: “The database is damaged.”"),
    Trouble.BUSY: _l("Please wait a moment, then try again."),
    Trouble.AWAY: _l("Please call whoever looks after the computer, and say: “The database cannot be opened.”"),
}
RETRY_AFTER_S = 30
RESENT_VALUES_MAX = 500  # a page that sends back more than this is not a form that a person filled in
SHOWN_VALUES_MAX = 60
_SECRET = re.compile(r"passw|token|secret|code|geheim", re.IGNORECASE)
_ASKED_AGAIN = re.compile(  # passwords and codes: a page that stays open at the counter must not hold one
    r".*passw.*|again|code|present|repeated|wanted", re.IGNORECASE
)
_NOT_TYPED = re.compile(  # ids and fingerprints of records, ticks, what a choice is called inside
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|https?://\S+|0|y|on|[a-z]+(_[a-z]+)+"
)
_LOG = logging.getLogger(__name__)


def equip(app: Flask) -> None:
    """Let `app` answer a full disk and a database that fails."""
    _settle_temporary_folder()
    app.register_error_handler(DBAPIError, _failed)
    app.register_error_handler(OSError, _failed)


def _settle_temporary_folder() -> None:
    """Choose where a large file waits while it comes in.

    Python looks for a folder by writing; on a full disk it finds none, and says so in words that are not of a disk.
    """
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        tempfile.tempdir = os.environ.get("TMPDIR", "/tmp")  # noqa: S108 (what is made in it has a name of its own)


def _failed(error: Exception) -> Response:
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    return answer(trouble)


def answer(trouble: Trouble) -> Response:
    """Return the answer to this request: a page for people, JSON for programs; 503 both."""
    _LOG.warning("%s %s not carried out: %s", request.method, request.endpoint, trouble)
    unsay()
    made = _told(trouble) if _asks_a_program() else make_response(drawn_page(trouble))
    made.status_code = 503
    made.headers["Retry-After"] = str(RETRY_AFTER_S)
    made.headers["Cache-Control"] = "no-store"  # there may be personal data among what was typed
    return made


def drawn_page(trouble: Trouble) -> str:
    """Return the page; without the shell where that cannot be drawn either."""
    typed = _typed()
    said: dict[str, Any] = {
        "what": WORDS[trouble],
        "call": CALL[trouble],
        "waits": trouble is Trouble.BUSY,
        "action": request.full_path if request.query_string else request.path,
        "is_form": request.method == "POST",
        "values": typed,
        "shown": [value for name, value in typed if _is_shown(name, value)][:SHOWN_VALUES_MAX],
        "had_files": any(file.filename for file in request.files.values()),
        "had_secrets": bool(typed) and any(is_asked_again(name) for name in request.form),
    }
    return with_or_without_shell("errors/unsaved.html", **said)


def with_or_without_shell(template: str, **said: Any) -> str:
    """Draw a page that extends `frame`; name, navigation and account are left out where they cannot be read."""
    try:
        return render_template(template, frame="shell.html", **said)
    except (DBAPIError, OSError) as error:
        if trouble_of(error) is None:
            raise
    _forget_who_asks()
    return render_template(template, frame="errors/bare.html", **said)


def unsay() -> None:
    """Take back what a view said in advance ("… is saved"): its transaction did not come about."""
    session.pop("_flashes", None)


def _forget_who_asks() -> None:
    """Let flask-login, which looks at each template, not ask the database who this is."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 (it offers no other way)


def _typed() -> list[tuple[str, str]]:
    """Return the fields of the form but for passwords; nothing of one that another site sent."""
    if request.method != "POST" or len(request.form) > RESENT_VALUES_MAX or not security.comes_from_here():
        return []
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name != "csrf_token" and not is_asked_again(name)]


def is_asked_again(name: str) -> bool:
    """Tell whether a field is left out of the page: whoever finds it could read what was typed."""
    return _ASKED_AGAIN.fullmatch(name) is not None


def _is_shown(name: str, value: str) -> bool:
    return bool(value.strip()) and not _SECRET.search(name) and not _NOT_TYPED.fullmatch(value)


def _asks_a_program() -> bool:
    if request.is_json or request.path.startswith("/api/"):
        return True
    wanted = request.accept_mimetypes
    return wanted.accept_json and not wanted.accept_html


def _told(trouble: Trouble) -> Response:
    return make_response(jsonify(code=503, reason=trouble, message=str(WORDS[trouble])))

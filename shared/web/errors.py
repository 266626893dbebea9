"""Error pages: what happened, in plain words, and what to do now.

A form that arrives with an outdated token comes back with everything that was typed, and
a button to send it again.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from shared.storage import trouble_of
from shared.web import security, unsaved

PAGES: dict[int, tuple[Any, Any]] = {
    400: (
        _l("The request was incomplete"),
        _l("Please go back, check what you entered and send it again."),
    ),
    403: (
        _l("This page is not for your role"),
        _l("If you need it for your work, ask the person who leads the house or looks after the accounts."),
    ),
    404: (
        _l("There is no such page"),
        _l("It may have moved, or the entry was deleted. Please start from the overview."),
    ),
    405: (
        _l("This address does not work like that"),
        _l("Please start from the overview."),
    ),
    413: (
        _l("That was too large"),
        _l("At most 8 MB can be sent at once. Please choose a smaller file or send less at a time."),
    ),
    429: (
        _l("Too many attempts"),
        _l("Please wait a minute and try again. Nothing is locked for good."),
    ),
    500: (
        _l("Something went wrong here"),
        _l(
            "This is our mistake, not yours. Nothing was saved by halves. Please try again; if it happens again, "
            "tell the person who looks after this site the time of day."
        ),
    ),
}
RESENT_VALUES_MAX = 500  # a page that sends back more than this is not a form that a person filled in


def equip(app: Flask) -> None:
    """Let `app` answer errors with pages."""
    app.register_error_handler(CSRFError, _outdated)
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(InternalServerError, _page)
    unsaved.equip(app)


def _page(error: HTTPException) -> Any:
    code = error.code or 500
    if error.response is not None or code < 400:
        return error
    reason = trouble_of(getattr(error, "original_exception", None))
    if reason is not None:  # it came when the answer was ready, where no other part of the house is asked
        return unsaved.answer(reason)
    if code >= 500:
        unsaved.unsay()
    title, advice = PAGES.get(code, PAGES[400 if code < 500 else 500])
    body = unsaved.with_or_without_shell("errors/page.html", code=code, title=title, advice=advice)
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    return body, code, headers


def _outdated(error: CSRFError) -> Any:
    """Answer a form whose token is missing or outdated; another site's form gets nothing back."""
    if not security.comes_from_here() or len(request.form) > RESENT_VALUES_MAX:
        return _page(error)
    return send_again(), 400


def send_again() -> Response:
    """Return a page with everything that was just typed, a fresh token and a button; no browser keeps it."""
    view: Callable[..., Any] | None = current_app.view_functions.get(request.endpoint or "")
    page = render_template(
        "errors/send_again.html",
        action=request.full_path if request.query_string else request.path,
        values=[(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"],
        had_files=any(file.filename for file in request.files.values()),
        for_staff=getattr(view, "for_staff", False),
    )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"  # there may be a password among what was typed
    return answer

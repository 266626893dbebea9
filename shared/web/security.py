"""Security headers, CSRF tokens and the limiter, for every page of both sites.

Rule: scripts and styles come from our own files only; nothing inline, nothing from elsewhere.
Rule: what somebody who is signed in has seen is kept by no browser: the tablet at the counter is shared.
Rule: no NUL gets as far as a view: nobody types one, and PostgreSQL takes none.
"""

from typing import Any

from flask import Flask, Response, abort, current_app, request, session
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict

from shared.web import limits

POLICY = "; ".join(  # noqa: FLY002 (one rule a line)
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # KERN's icons are data: masks
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers would send `Origin: null` with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=31536000"
SEEN_ONCE = "no-store, private"
_SIGNED_IN = "_user_id"  # flask-login's key in the session


def equip(app: Flask, *, secure: bool) -> None:
    """Guard `app`: headers on every answer, a CSRF token in every POST, a limiter for who needs one."""
    app.before_request(_refuse_nul)
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token lives as long as its session: forms stay open all day
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")  # one process per site
    CSRFProtect(app)
    limiter = Limiter(limits.network, headers_enabled=False)
    limiter.init_app(app)
    app.extensions["stadtherz.limiter"] = limiter

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        if request.endpoint != "web.static":
            response.headers.setdefault("Cache-Control", SEEN_ONCE if _SIGNED_IN in session else "no-cache, private")
            response.vary.add("Cookie")
        return response


def _refuse_nul() -> None:
    """Answer that there is no such page, or that the form cannot be; a question is read without its NULs."""
    if "\0" in request.path:
        abort(404)
    if any("\0" in text for pair in request.form.items(multi=True) for text in pair):
        abort(400)
    if request.is_json and rb"\u0000" in request.get_data():
        abort(400)
    asked = list(request.args.items(multi=True))
    if any("\0" in text for pair in asked for text in pair):
        request.args = ImmutableMultiDict((name.replace("\0", ""), said.replace("\0", "")) for name, said in asked)


def keep_address(response: Response) -> Response:
    """Keep a page out of caches and search engines whose address is a key; for `after_request`."""
    response.headers["Cache-Control"] = SEEN_ONCE
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def open_to_all(response: Response) -> Response:
    """Let scripts of any site read an answer that does not depend on who asks; for `after_request`."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Access-Control-Expose-Headers"] = "ETag"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def limiter() -> Any:
    """Return the limiter of the running app."""
    return current_app.extensions["stadtherz.limiter"]


def comes_from_here() -> bool:
    """Whether the browser says that this request began on a page of this site."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def address() -> str:
    """Return where this request comes from, for limits."""
    return limits.network()

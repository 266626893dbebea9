"""Browsers in which somebody signed in here before.

Tries at a name are counted whatever address they come from: at most so many an hour. That alone would let a
stranger with a few addresses lock somebody out. So a browser in which a sign-in has succeeded carries a mark, and
what it tries is counted apart: strangers lock out strangers.

The mark says nothing of who signed in; it is random, and sealed with the site's secret.
"""

from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.ids import new_id

KEPT_S = 180 * 24 * 3600
STRANGER = "stranger"
_PURPOSE = "known browser"


def of_request() -> str:
    """Return the mark of the browser that asks, STRANGER if it has none of ours."""
    try:
        return str(_seal().loads(request.cookies.get(_name(), ""), max_age=KEPT_S))
    except BadSignature:
        return STRANGER


def mark(response: Any) -> Any:
    """Mark the browser that gets this answer: somebody has just signed in there. One that has a mark keeps it."""
    known = of_request()
    text = _seal().dumps(new_id() if known == STRANGER else known)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(_name(), text, max_age=KEPT_S, path="/", httponly=True, samesite="Lax", secure=secure)
    return response


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_browser"


def _seal() -> URLSafeTimedSerializer:
    secret = current_app.secret_key
    assert secret is not None
    return URLSafeTimedSerializer(secret, salt=_PURPOSE)

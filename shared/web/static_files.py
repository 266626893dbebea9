"""Addresses of static files that change when the file does, so browsers may keep them for good."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

STATIC = Path(__file__).parent / "static"
KEEP = "public, max-age=31536000, immutable"


def equip(app: Flask) -> None:
    """Let templates write `asset('css/page.css')`."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep_versioned)


def asset(name: str) -> str:
    """Return the address of a file below `static/`, with a mark of its content."""
    return url_for("web.static", filename=name, v=_mark(name))


@cache
def _mark(name: str) -> str:
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else "missing"


def _keep_versioned(response: Response) -> Response:
    if request.endpoint == "web.static" and request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = KEEP
    return response

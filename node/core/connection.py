"""The connection indicator: how the link to the city stands, as an icon, a word and a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.core.db import reading
from shared.time import now
from shared.web.filters import ago, local_time, short_date

ENDPOINT = "connection.state"
_EXTENSION = "stadtherz.link_status"

pages = Blueprint("connection", __name__)


class LinkStatus(Protocol):
    """What the link tells: `state` is agreed, delayed, offline, off or fenced; `since` when that began."""

    @property
    def state(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...
    @property
    def waiting(self) -> int: ...
    @property
    def agreed_at(self) -> datetime | None: ...


Status = Callable[[Session, datetime], LinkStatus]


@dataclass(frozen=True)
class Indicator:
    """What the shell shows."""

    state: str
    tone: str
    icon: str
    text: str


def register(app: Flask, status: Status | None) -> None:
    """Show what `status` tells on every page, and as JSON for the pages that stay open."""
    show(app, status)
    app.jinja_env.globals["connection"] = indicator
    app.register_blueprint(pages)


def show(app: Flask, status: Status | None) -> None:
    """Show from here on what `status` tells; None: the house has no city."""
    app.extensions[_EXTENSION] = status


def indicator() -> Indicator:
    """Return the indicator of this moment."""
    at = now()
    status: Status | None = current_app.extensions[_EXTENSION]
    if status is None:
        return Indicator("off", "neutral", "close", _("Not linked to a city"))
    with reading() as session:
        return describe(status(session, at), at)


def describe(link: LinkStatus, at: datetime) -> Indicator:
    """Put a link's state into words; each state has its own icon and words, not only a colour."""
    waiting = _("%(count)s waiting", count=link.waiting) if link.waiting else ""
    if link.state == "agreed":
        text = _("In agreement %(ago)s", ago=ago(link.agreed_at, at)) if link.agreed_at else _("In agreement")
        return Indicator(link.state, "success", "success", text)
    if link.state == "delayed":
        return Indicator(link.state, "warning", "autorenew", _joined(_("Delayed"), waiting))
    if link.state == "offline":
        text = _("No connection since %(time)s", time=_moment(link.since, at)) if link.since else _("No connection")
        return Indicator(link.state, "danger", "warning", _joined(text, waiting))
    if link.state == "fenced":
        return Indicator(
            link.state, "danger", "danger", _joined(_("Connection stopped: ask the administration"), waiting)
        )
    return Indicator("off", "neutral", "close", _joined(_("Connection switched off"), waiting))


@pages.get("/verbindung.json")
def state() -> Response:
    """Answer with the indicator; unchanged since the last time is 304."""
    shown = indicator()
    response = jsonify(state=shown.state, tone=shown.tone, icon=shown.icon, text=shown.text)
    response.add_etag()
    response.make_conditional(request)
    return response


def _joined(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part)


def _moment(then: datetime, at: datetime) -> str:
    """A time of today, or a day and a time."""
    return local_time(then) if (at - then).days == 0 else f"{short_date(then)} {local_time(then)}"

"""The counter itself.

A touch of a button comes in one of two ways: as a form post (no JavaScript), or in a batch
that the page's modules send when they can. Both carry an id made before the number changed.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from node.centre import service as centre
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.visits import buttons, service
from node.visits.labels import KINDS, REFUSED, TARGET_GROUPS
from node.visits.pages import pages, told_of_today
from shared.ids import new_id
from shared.time import from_wire, now, to_wire

_LAST = "visits.last"  # the last touch of this session, for "undo" without JavaScript
STEPS = (1, 5, 10)


@pages.get("/zaehler")
@needs(Right.COUNT)
def counter() -> str:
    """Show the buttons and today's sums."""
    at = now()
    with reading() as found:
        board = buttons.board(found)
    return render_template(
        "visits/counter.html",
        board=board,
        kinds=KINDS,
        target_groups=TARGET_GROUPS,
        today=told_of_today(at),
        tap_id=new_id(),
        undo_id=new_id(),
        last=session.get(_LAST),
        group=request.args.get("gruppe", ""),
        steps=STEPS,
        step_max=service.STEP_MAX,
        kinds_text={kind: str(label) for kind, label in KINDS.items()},
    )


@pages.post("/zaehler")
@needs(Right.COUNT)
def tap() -> Any:
    """Count one touch that came as a form; the id in the form makes a second press of it harmless."""
    at = now()
    said = _said_in_form(at)
    undone = bool(request.form.get("undo"))
    with transaction() as writing:
        receipt = service.record_taps(writing, [said], at)
    if receipt.refused:
        flash(REFUSED[receipt.refused[0].reason], "error")
    elif receipt.set_aside:
        flash(_("The month is locked: the count is kept aside for the lead of the house."), "warning")
    elif not receipt.fresh:
        flash(_("This touch had been counted before; it still counts once."), "warning")
    elif undone:
        session.pop(_LAST, None)
        flash(_("The last count is undone."), "success")
    else:
        session[_LAST] = {name: said[name] for name in ("kind", "target_group", "counted_at", "step")}
    return redirect(url_for("visits.counter", gruppe=request.form.get("target_group") or None))


@pages.post("/zaehler/zaehlungen")
@needs(Right.COUNT)
def taps() -> Any:
    """Take a batch from a device: {"sent_at", "taps": [...]}; answer with what is stored for good.

    `accepted` may be forgotten by the device; `set_aside` are those of them for a locked month.
    """
    at = now()
    said = request.get_json(silent=True)
    found = said.get("taps") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(found, list) or len(found) > service.BATCH_TAPS_MAX:
        return jsonify(error=_("This is not a batch of at most %(count)s counts.", count=service.BATCH_TAPS_MAX)), 400
    with transaction() as writing:
        receipt = service.record_taps(writing, found, at, _ahead(said.get("sent_at"), at))
    refused = [
        {"id": tap.id, "place": tap.place, "reason": tap.reason, "text": str(REFUSED[tap.reason])}
        for tap in receipt.refused
    ]
    return jsonify(accepted=receipt.accepted, set_aside=receipt.set_aside, refused=refused, today=told_of_today(at))


@pages.get("/zaehler/stand.json")
@needs(Right.COUNT)
def state() -> Response:
    """Answer with today's sums and a fresh CSRF token, for a page that was open for long."""
    return jsonify(today=told_of_today(now()), csrf=generate_csrf())


@pages.get("/zaehler/bereit.js")
def worker() -> Response:
    """The service worker. It must lie above the page it keeps, hence not among the static files."""
    response = pages.send_static_file("worker.js")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("visits.counter")
    return response


@pages.get("/zaehler/app.webmanifest")
def manifest() -> Response:
    """What a browser needs to put the counter on the home screen. It asks without a session, hence no guard."""
    with reading() as found:
        profile = centre.profile(found)
    place = profile.name if profile else ""
    icons = [
        {"src": _file("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        {"src": _file("icon-maskable.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "maskable"},
        {"src": _file("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": _file("icon-512.png"), "sizes": "512x512", "type": "image/png"},
    ]
    response = jsonify(
        id=url_for("visits.counter"),
        name=f"{_('Visitor counter')} · {place}" if place else _("Visitor counter"),
        short_name=_("Counter"),
        description=_("Counts visits, one touch a visitor, also without a connection."),
        lang=str(get_locale()),
        start_url=url_for("visits.counter"),
        scope=url_for("visits.counter"),
        display="standalone",
        background_color="#faf7f2",
        theme_color="#c2362f",
        icons=icons,
    )
    response.mimetype = "application/manifest+json"
    return response


def _file(name: str) -> str:
    return url_for("visits.static", filename=name)


def _said_in_form(at: datetime) -> dict[str, Any]:
    """Return the touch that a form says. A button may say a kind or a kind with its target group."""
    kind, _colon, group = request.form.get("kind", "").partition(":")
    step = _number(request.form.get("number") or request.form.get("step") or "1")
    undone = bool(request.form.get("undo"))
    return {
        "id": request.form.get("id"),
        "kind": kind,
        "target_group": group or request.form.get("target_group", ""),
        "counted_at": request.form.get("counted_at") if undone else to_wire(at),
        "step": -step if undone else step,
    }


def _number(typed: str) -> int:
    """Return a typed number; 0, which no touch may say, for what is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len(str(service.STEP_MAX)) else 0


def _ahead(sent_at: Any, at: datetime) -> timedelta:
    """By how much the device's clock is ahead of ours."""
    try:
        return from_wire(sent_at) - at
    except (TypeError, ValueError):
        return timedelta(0)

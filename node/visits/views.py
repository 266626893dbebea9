"""The counter and the hour counts.

A touch of a button comes in one of two ways: as a form post (no JavaScript), or in a batch
that the page's modules send when they can. Both carry an id made before the number changed.
"""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.visits import service
from node.visits.forms import CorrectionForm
from node.visits.labels import KINDS, REFUSED, TARGET_GROUPS
from node.visits.service import CorrectionRefused, HourKey
from shared.ids import new_id
from shared.time import from_wire, local_day, now, to_wire
from shared.web import zone
from shared.web.forms import options

pages = Blueprint(
    "visits", __name__, template_folder="templates", static_folder="static", static_url_path="/zaehler/dateien"
)
_LAST = "visits.last"  # the last touch of this session, for "undo" without JavaScript


@pages.get("/zaehler")
@staff_required
def counter() -> str:
    """Show the buttons and today's sums."""
    at = now()
    return render_template(
        "visits/counter.html",
        kinds=KINDS,
        target_groups=TARGET_GROUPS,
        today=_today(at),
        tap_id=new_id(),
        undo_id=new_id(),
        last=session.get(_LAST),
        group=request.args.get("gruppe", ""),
        kinds_text={kind: str(label) for kind, label in KINDS.items()},
    )


@pages.post("/zaehler")
@staff_required
def tap() -> Any:
    """Count one touch that came as a form; the id in the form makes a second press of it harmless."""
    at = now()
    step = -1 if request.form.get("undo") else 1
    said = {
        "id": request.form.get("id"),
        "kind": request.form.get("kind"),
        "target_group": request.form.get("target_group", ""),
        "counted_at": request.form.get("counted_at") if step < 0 else to_wire(at),
        "step": step,
    }
    with transaction() as writing:
        receipt = service.record_taps(writing, [said], at)
    if receipt.refused:
        flash(REFUSED[receipt.refused[0].reason], "error")
    elif not receipt.fresh:
        flash(_("This touch had been counted before; it still counts once."), "warning")
    elif step < 0:
        session.pop(_LAST, None)
        flash(_("The last count is undone."), "success")
    else:
        session[_LAST] = {name: said[name] for name in ("kind", "target_group", "counted_at")}
    return redirect(url_for("visits.counter", gruppe=said["target_group"] or None))


@pages.post("/zaehler/zaehlungen")
@staff_required
def taps() -> Any:
    """Take a batch from a device: {"sent_at", "taps": [...]}; answer with what is stored for good."""
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
    return jsonify(accepted=receipt.accepted, refused=refused, today=_today(at))


@pages.get("/zaehler/stand.json")
@staff_required
def state() -> Response:
    """Answer with today's sums and a fresh CSRF token, for a page that was open for long."""
    return jsonify(today=_today(now()), csrf=generate_csrf())


@pages.get("/zaehler/bereit.js")
def worker() -> Response:
    """The service worker. It must lie above the page it keeps, hence not among the static files."""
    response = pages.send_static_file("worker.js")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("visits.counter")
    return response


@pages.get("/zaehler/stunden")
@staff_required
def hours() -> str:
    """List the hour counts of a day and what was corrected."""
    at = now()
    day = _day(at)
    with reading() as found:
        counts = service.counts_of_day(found, day, zone())
        corrections = service.corrections_of_day(found, day, zone())
    return render_template(
        "visits/hours.html",
        day=day,
        is_today=day == at.astimezone(zone()).date(),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        counts=counts,
        total=sum(hour.count for hour in counts),
        corrections=corrections,
        kinds=KINDS,
        target_groups=TARGET_GROUPS,
        as_of_time=at,
    )


@pages.route("/zaehler/korrektur", methods=["GET", "POST"])
@staff_required
def correction() -> Any:
    """Set the count of an hour right, with a reason."""
    at = now()
    day = _day(at)
    form = _correction_form(day, at)
    if request.method == "POST" and form.validate():
        key = HourKey(from_wire(form.hour.data), form.kind.data, form.target_group.data)
        try:
            with transaction() as writing:
                service.correct_count(
                    writing, key, form.count.data, at, reason=form.reason.data, corrected_by=current_user.name
                )
        except CorrectionRefused as refusal:
            form[refusal.field].errors = [_("This cannot be right. Please check it.")]
        else:
            flash(_("The count is set right."), "success")
            return redirect(url_for("visits.hours", tag=day.isoformat()))
    return render_template("visits/correction.html", form=form, day=day), 422 if form.errors else 200


def _correction_form(day: date, at: datetime) -> CorrectionForm:
    """An empty form, or one filled with the hour that the address names."""
    form = CorrectionForm(
        hour=request.args.get("stunde"), kind=request.args.get("art"), target_group=request.args.get("gruppe", "")
    )
    starts_at, ends_at = local_day(day, zone())
    hour = service.hour_of(starts_at)
    hours = []
    while hour < min(ends_at, at):
        ends = hour + timedelta(hours=1)
        hours.append((to_wire(hour), f"{hour.astimezone(zone()):%H:%M}–{ends.astimezone(zone()):%H:%M}"))
        hour = ends
    form.hour.choices = options(hours)
    if request.method == "GET" and form.hour.data in dict(hours):
        with reading() as found:
            key = HourKey(from_wire(form.hour.data), form.kind.data or "", form.target_group.data or "")
            counted = service.find_count(found, key)
            form.count.data = counted.count if counted else None
    return form


def _today(at: datetime) -> dict[str, Any]:
    day = at.astimezone(zone()).date()
    with reading() as found:
        sums = service.sums_of_day(found, day, zone())
    return {"day": day.isoformat(), "as_of": to_wire(at), "sums": sums, "total": sum(sums.values())}


def _day(at: datetime) -> date:
    """The day in the address, today if there is none. What is no date, or not yet, is not found."""
    today = at.astimezone(zone()).date()
    try:
        day = date.fromisoformat(request.args["tag"]) if "tag" in request.args else today
    except ValueError:
        abort(404)
    if not date(2000, 1, 1) <= day <= today:
        abort(404)
    return day


def _ahead(sent_at: Any, at: datetime) -> timedelta:
    """By how much the device's clock is ahead of ours."""
    try:
        return from_wire(sent_at) - at
    except (TypeError, ValueError):
        return timedelta(0)

"""The pages of opening hours for staff."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from node.core.accounts import Role, staff_required
from node.core.db import reading, transaction
from node.opening_hours import service
from node.opening_hours.forms import EditHoursForm, HoursForm, NewHoursForm, filled
from node.opening_hours.service import ClosedForGood, HoursOverlap, HoursUnknown
from shared.errors import Refusal
from shared.records.opening_hours import PeriodBackwards
from shared.time import now
from shared.web import zone
from shared.web.vocabulary import HOURS_KINDS, WEEKDAYS

pages = Blueprint("opening_hours", __name__, template_folder="templates", url_prefix="/oeffnungszeiten")
MAY_CHANGE = (Role.OFFICE, Role.RECEPTION)


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Words for every page that shows opening hours."""
    return {"hours_kinds": HOURS_KINDS, "weekdays": WEEKDAYS}


@pages.get("")
@staff_required
def index() -> str:
    """Open now, the coming seven days, and all rows by period."""
    at = now()
    today = at.astimezone(zone()).date()
    with reading() as session:
        rows = service.list_hours(session)
    periods = service.periods(rows)
    is_over = [bool(period.valid_until and period.valid_until < today) for period in periods]
    return render_template(
        "opening_hours/index.html",
        state=service.state_at(rows, at, zone()),
        days=service.days_from(rows, today, zone()),
        periods=[period for period, over in zip(periods, is_over, strict=True) if not over],
        past=[period for period, over in zip(periods, is_over, strict=True) if over],
        as_of_time=at,
        tomorrow=today + timedelta(days=1),
    )


@pages.route("/neu", methods=["GET", "POST"])
@staff_required(*MAY_CHANGE)
def new() -> Any:
    """Add hours for one weekday or several."""
    form = NewHoursForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                service.add_hours(session, form.entry(), form.chosen_days())
        except Refusal as refusal:
            _explain(form, refusal)
        else:
            flash(_("The opening hours are saved."), "success")
            return redirect(url_for("opening_hours.index"))
    return render_template("opening_hours/form.html", form=form, row_id=None), 422 if form.errors else 200


@pages.route("/<row_id>", methods=["GET", "POST"])
@staff_required(*MAY_CHANGE)
def edit(row_id: str) -> Any:
    """Change a row."""
    with reading() as session:
        try:
            form = EditHoursForm(data=filled(service.get_hours(session, row_id)))
        except HoursUnknown:
            abort(404)
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                service.edit_hours(session, row_id, form.entry())
        except HoursUnknown:
            abort(404)
        except Refusal as refusal:
            _explain(form, refusal)
        else:
            flash(_("The opening hours are saved."), "success")
            return redirect(url_for("opening_hours.index"))
    return render_template("opening_hours/form.html", form=form, row_id=row_id), 422 if form.errors else 200


@pages.post("/<row_id>/entfernen")
@staff_required(*MAY_CHANGE)
def remove(row_id: str) -> Any:
    """Delete a row; one that is gone already is no mistake of whoever pressed."""
    with transaction() as session:
        try:
            service.remove_hours(session, row_id)
        except HoursUnknown:
            flash(_("This entry had been removed before."), "warning")
        else:
            flash(_("The entry is removed."), "success")
    return redirect(url_for("opening_hours.index"))


def _explain(form: HoursForm, refusal: Refusal) -> None:
    """Put a refusal beside the field where something can be done about it."""
    if isinstance(refusal, PeriodBackwards):
        form.valid_until.errors = [_("The last day is before the first.")]
    elif isinstance(refusal, ClosedForGood):
        form.valid_from.errors = [_("A closure needs its first and last day.")]
    elif isinstance(refusal, HoursOverlap):
        times = f"{refusal.other.opens_local}–{refusal.other.closes_local}"
        form.opens.errors = [_("This meets hours of the same kind: %(times)s.", times=times)]
    else:
        raise refusal

"""The pages of opening hours for staff: what is agreed, and the rows one by one."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from node.centre import service as centres
from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.opening_hours import service
from node.opening_hours.forms import EditHoursForm, HolidayRuleForm, HoursForm, NewHoursForm, filled
from node.opening_hours.service import ClosedForGood, HoursOverlap, HoursUnknown, Period
from shared.errors import Refusal
from shared.records.holidays import HOME_REGION
from shared.records.opening_hours import PeriodBackwards
from shared.time import now
from shared.web import zone
from shared.web.languages import language
from shared.web.vocabulary import HOURS_KINDS, WEEKDAYS

pages = Blueprint("opening_hours", __name__, template_folder="templates", url_prefix="/oeffnungszeiten")


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
        in_force = service.hours_in_force(session, language())
        closure = service.closure_on(session, today)
        centre = centres.profile(session)
    listed = service.periods(rows)
    return render_template(
        "opening_hours/index.html",
        state=service.state_at(in_force, at, zone()),
        days=service.days_from(in_force, today, zone()),
        periods=[period for period in listed if not _is_over(period, today)],
        past=[period for period in listed if _is_over(period, today)],
        as_of_time=at,
        closure=closure,
        centre=centre,
    )


def _is_over(period: Period, today: date) -> bool:
    return period.valid_until is not None and period.valid_until < today


@pages.route("/neu", methods=["GET", "POST"])
@needs(Right.ARRANGE_HOUSE)
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
@needs(Right.ARRANGE_HOUSE)
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
@needs(Right.ARRANGE_HOUSE)
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


@pages.route("/feiertage", methods=["GET", "POST"])
@needs(Right.ARRANGE_HOUSE)
def holiday_rule() -> Any:
    """Say whether the house is closed on public holidays, and on whose."""
    with reading() as session:
        centre = centres.profile(session)
    if centre is None:
        flash(_("Please write the profile of the house first; this rule is a part of it."), "warning")
        return redirect(url_for("centre.show"))
    form = HolidayRuleForm(obj=centre)
    if request.method == "POST" and form.validate():
        with transaction() as session:
            centres.keep_holiday_rule(
                session, closed_on_holidays=form.closed_on_holidays.data, region=form.region.data or HOME_REGION
            )
        flash(_("The rule for public holidays is saved."), "success")
        return redirect(url_for("opening_hours.index"))
    return render_template("opening_hours/holidays.html", form=form), 422 if form.errors else 200


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

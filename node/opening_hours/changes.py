"""Pages that change several rows at once: close the house today, copy a period, remove one."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.opening_hours import service
from node.opening_hours.forms import CLOSURE_REASONS, ClosureForm, CopyForm
from node.opening_hours.service import ClosedAlready, Dates, HoursOverlap, PeriodUnknown
from node.opening_hours.views import pages
from shared.records.opening_hours import PeriodBackwards
from shared.time import now
from shared.web import zone

__all__ = ["pages"]  # the same blueprint as in `views`, with these pages on it


@pages.get("/heute-geschlossen")
@needs(Right.CORRECT_COUNTS)
def closure() -> Any:
    """Ask why: the usual reasons are one tap each."""
    today = now().astimezone(zone()).date()
    with reading() as session:
        standing = service.closure_on(session, today)
    return render_template(
        "opening_hours/closure.html", form=ClosureForm(), reasons=CLOSURE_REASONS, today=today, standing=standing
    )


@pages.post("/heute-geschlossen")
@needs(Right.CORRECT_COUNTS)
def close_today() -> Any:
    """Close the house today, or until the day that was typed."""
    today = now().astimezone(zone()).date()
    form = ClosureForm()
    if form.validate():
        try:
            with transaction() as session:
                service.close_day(session, today, form.reason.data, form.until.data)
        except PeriodBackwards:
            form.until.errors = [_("The last day is before today.")]
        except ClosedAlready:
            flash(_("This closure stood here already."), "warning")
            return redirect(url_for("opening_hours.index"))
        else:
            flash(_("The house is closed; everybody can see it and the reason."), "success")
            return redirect(url_for("opening_hours.index"))
    page = render_template("opening_hours/closure.html", form=form, reasons=CLOSURE_REASONS, today=today, standing=None)
    return page, 422


@pages.post("/heute-wieder-offen")
@needs(Right.CORRECT_COUNTS)
def open_today() -> Any:
    """Take back the closure of today."""
    with transaction() as session:
        standing = service.closure_on(session, now().astimezone(zone()).date())
        if standing:
            session.delete(standing)
    flash(_("The closure of today is taken back."), "success")
    return redirect(url_for("opening_hours.index"))


@pages.route("/zeitraum", methods=["GET", "POST"])
@needs(Right.ARRANGE_HOUSE)
def period() -> Any:
    """Show a season or exception; copy it to other days."""
    dates = _dates()
    with reading() as session:
        try:
            found = service.find_period(session, dates)
        except PeriodUnknown:
            abort(404)
    form = CopyForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                service.copy_period(session, dates, (form.valid_from.data, form.valid_until.data))
        except PeriodBackwards:
            form.valid_until.errors = [_("The last day is before the first.")]
        except HoursOverlap:
            form.valid_from.errors = [_("There are hours for exactly these days already.")]
        else:
            flash(_("The hours are copied. Please look through them."), "success")
            return redirect(url_for("opening_hours.index"))
    return render_template("opening_hours/period.html", period=found, form=form), 422 if form.errors else 200


@pages.post("/zeitraum/entfernen")
@needs(Right.ARRANGE_HOUSE)
def remove_period() -> Any:
    """Delete all hours of a season or exception."""
    with transaction() as session:
        try:
            service.remove_period(session, _dates())
        except PeriodUnknown:
            flash(_("This entry had been removed before."), "warning")
        else:
            flash(_("The season or exception is removed."), "success")
    return redirect(url_for("opening_hours.index"))


def _dates() -> Dates:
    """Return the dates of the period in the address (`von`, `bis`); one that is no date is not found."""
    try:
        von, bis = (date.fromisoformat(text) if text else None for text in map(request.args.get, ("von", "bis")))
    except ValueError:
        abort(404)
    return von, bis

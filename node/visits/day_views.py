"""A day of counting: its hours as numbers, 0, not counted or closed; corrections; what is said of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.visits import days, locks, service
from node.visits.days import CountsStand, DayToCome, DayView, ReasonMissing, Statement
from node.visits.forms import CorrectionForm, StatementForm
from node.visits.labels import DAY_STATES, HOUR_STATES, KINDS, TARGET_GROUPS
from node.visits.models import HourCount
from node.visits.pages import day_asked, locked_words, pages, today_of
from node.visits.service import CorrectionRefused, HourKey, MonthLocked
from shared.errors import Refusal
from shared.time import from_wire, local_day, now, to_wire
from shared.web import zone
from shared.web.forms import options


@pages.get("/zaehler/stunden")
@staff_required
def hours() -> str:
    """Show every open hour of a day, in words where it has no figure, and what was corrected."""
    at = now()
    day = day_asked(at)
    return _day_page(day, at, StatementForm())


@pages.post("/zaehler/tag")
@needs(Right.COUNT)
def statement() -> Any:
    """Keep what somebody says about the day in the address."""
    at = now()
    day = day_asked(at)
    _refuse_past(day, at)
    form = StatementForm()
    if form.validate():
        try:
            with transaction() as writing:
                days.say(
                    writing,
                    day,
                    Statement(form.statement.data),
                    reason=form.reason.data or "",
                    by=current_user.name,
                    now=at,
                    zone=zone(),
                )
        except Refusal as refusal:
            _explain(form, refusal)
        else:
            flash(_("Thank you, this is kept."), "success")
            return redirect(url_for("visits.hours", tag=day.isoformat()))
    return _day_page(day, at, form), 422


@pages.post("/zaehler/tag/zurueck")
@needs(Right.COUNT)
def take_back() -> Any:
    """Forget what was said about the day in the address."""
    at = now()
    day = day_asked(at)
    _refuse_past(day, at)
    try:
        with transaction() as writing:
            days.take_back(writing, day, zone())
    except MonthLocked as refusal:
        flash(locked_words(refusal.month), "error")
    else:
        flash(_("What was said about this day is taken back."), "success")
    return redirect(url_for("visits.hours", tag=day.isoformat()))


@pages.route("/zaehler/korrektur", methods=["GET", "POST"])
@needs(Right.COUNT)
def correction() -> Any:
    """Set the count of an hour right, with a reason."""
    at = now()
    day = day_asked(at)
    _refuse_past(day, at)
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
        except MonthLocked as refusal:
            form.hour.errors = [locked_words(refusal.month)]
        else:
            flash(_("The count is set right."), "success")
            return redirect(url_for("visits.hours", tag=day.isoformat()))
    return render_template("visits/correction.html", form=form, day=day), 422 if form.errors else 200


def _refuse_past(day: date, at: datetime) -> None:
    """Past days are for those who may correct them."""
    if day != today_of(at) and not may(Right.CORRECT_COUNTS):
        abort(403)


def _day_page(day: date, at: datetime, form: StatementForm) -> str:
    with reading() as found:
        view = days.look_at(found, day, now=at, zone=zone())
        counts = service.counts_of_day(found, day, zone())
        corrections = service.corrections_of_day(found, day, zone())
        lock = locks.find_lock(found, locks.month_of(day))
    is_today = day == today_of(at)
    return render_template(
        "visits/hours.html",
        day=day,
        view=view,
        is_today=is_today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        rows=_rows(view, counts),
        corrections=corrections,
        lock=lock,
        may_change=lock is None and may(Right.COUNT if is_today else Right.CORRECT_COUNTS),
        form=form,
        kinds=KINDS,
        target_groups=TARGET_GROUPS,
        day_states=DAY_STATES,
        hour_states=HOUR_STATES,
        as_of_time=at,
    )


def _rows(view: DayView, counts: Sequence[HourCount]) -> list[tuple[datetime, Any, HourCount | None]]:
    """Return a row for each figure, and one with its state for each hour without."""
    by_hour: dict[datetime, list[HourCount]] = {}
    for count in counts:
        by_hour.setdefault(count.hour_starts_at, []).append(count)
    return [(hour, state, count) for hour, state in view.hours.items() for count in by_hour.get(hour, [None])]


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


def _explain(form: StatementForm, refusal: Refusal) -> None:
    """Put a refusal beside the field where something can be done about it."""
    if isinstance(refusal, MonthLocked):
        form.statement.errors = [locked_words(refusal.month)]
    elif isinstance(refusal, CountsStand):
        words = _("Visits are counted on this day: %(count)s. Correct them first.", count=refusal.total)
        form.statement.errors = [words]
    elif isinstance(refusal, ReasonMissing):
        form.reason.errors = [_("Please say why nobody counted.")]
    elif isinstance(refusal, DayToCome):
        form.statement.errors = [_("This day is still to come.")]
    else:
        raise refusal

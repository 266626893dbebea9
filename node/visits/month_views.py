"""A month of counting: which days were counted, the lock, and what came too late for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.visits import days, late, locks, service
from node.visits.forms import ReopenForm
from node.visits.labels import DAY_STATES, KINDS, TARGET_GROUPS
from node.visits.locks import MonthLocked, MonthNotLocked, MonthNotOver, bounds, month_of
from node.visits.models import LateTap, VisitDay
from node.visits.pages import FIRST_DAY, locked_words, month_asked, months, today_of
from shared.records.visit_days import DayState
from shared.time import now
from shared.web import zone
from shared.web.filters import month as month_words


class DayRow(NamedTuple):
    """A day of the month; `row` is None where nothing is said of it yet."""

    day: date
    row: VisitDay | None
    total: int


@months.get("/zaehler/monat")
@staff_required
def month() -> str:
    """Show the month in the address."""
    at = now()
    return _month_page(month_asked(at), at, ReopenForm())


@months.post("/zaehler/monat/abschliessen")
@needs(Right.RUN_HOUSE)
def lock() -> Any:
    """Lock the month in the address."""
    at = now()
    first = month_asked(at)
    try:
        with transaction() as writing:
            days.settle(writing, at, zone())
            locks.lock_month(writing, first, at, zone(), by=current_user.name)
    except MonthNotOver:
        flash(_("Only a month that is over can be locked."), "error")
    except MonthLocked as refusal:
        flash(locked_words(refusal.month), "warning")
    else:
        flash(_("%(month)s is locked.", month=month_words(first)), "success")
    return _back(first)


@months.post("/zaehler/monat/oeffnen")
@needs(Right.RUN_HOUSE)
def reopen() -> Any:
    """Open the month in the address again, for a reason; what was kept aside for it counts now."""
    at = now()
    first = month_asked(at)
    form = ReopenForm()
    if not form.validate():
        return _month_page(first, at, form), 422
    try:
        with transaction() as writing:
            locks.reopen_month(writing, month_of(first), at, reason=form.reason.data, by=current_user.name)
            counted = late.accept(writing, late.waiting(writing, *bounds(first, zone())), at, by=current_user.name)
    except MonthNotLocked:
        flash(_("The month was open already."), "warning")
    else:
        flash(_("%(month)s is open again.", month=month_words(first)), "success")
        if counted:
            flash(_("The counts that had been kept aside count now: %(count)s.", count=counted), "success")
    return _back(first)


@months.post("/zaehler/monat/nachtragen")
@needs(Right.RUN_HOUSE)
def accept_late() -> Any:
    """Count what came too late for the month in the address; it stays locked."""
    at = now()
    first = month_asked(at)
    with transaction() as writing:
        taken = late.accept(writing, late.waiting(writing, *bounds(first, zone())), at, by=current_user.name)
    flash(ngettext("%(num)s count is added.", "%(num)s counts are added.", taken), "success")
    return _back(first)


@months.post("/zaehler/monat/verwerfen")
@needs(Right.RUN_HOUSE)
def drop_late() -> Any:
    """Leave uncounted what came too late for the month in the address."""
    at = now()
    first = month_asked(at)
    with transaction() as writing:
        taken = late.drop(writing, late.waiting(writing, *bounds(first, zone())), at, by=current_user.name)
    flash(ngettext("%(num)s count stays uncounted.", "%(num)s counts stay uncounted.", taken), "success")
    return _back(first)


def _back(first: date) -> Any:
    return redirect(url_for("visit_months.month", monat=month_of(first)))


def _month_page(first: date, at: datetime, form: ReopenForm) -> str:
    starts_at, ends_at = bounds(first, zone())
    last_day = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    today = today_of(at)
    with reading() as found:
        rows = {row.day: row for row in days.list_days(found, first, last_day + timedelta(days=1))}
        totals = _totals(service.counts_between(found, starts_at, ends_at))
        listed = [
            DayRow(day, rows.get(day), totals.get(day, 0)) for day in _days_of(max(first, FIRST_DAY), last_day, today)
        ]
        waiting = late.waiting(found, starts_at, ends_at)
        others = sorted({month_of(today_of(tap.counted_at)) for tap in late.waiting(found)} - {month_of(first)})
        history = locks.history(found, month_of(first))
        held = locks.find_lock(found, month_of(first))
    return render_template(
        "visits/month.html",
        first=first,
        title=month_words(first),
        before=month_of(first - timedelta(days=1)),
        after=month_of(last_day + timedelta(days=1)) if last_day < today else None,
        days=listed,
        known=sum(_is_known(day.row) for day in listed),
        questions=sum(_is_question(day.row) for day in listed),
        total=sum(totals.values()),
        is_over=ends_at <= at,
        lock=held,
        history=history,
        late=_grouped(waiting),
        late_months=[(found, month_words(date.fromisoformat(f"{found}-01"))) for found in others],
        form=form,
        today=today,
        kinds=KINDS,
        target_groups=TARGET_GROUPS,
        day_states=DAY_STATES,
        as_of_time=at,
    )


def _days_of(first: date, last: date, today: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((min(last, today) - first).days + 1)]


def _totals(counts: Iterable[Any]) -> Mapping[date, int]:
    totals: dict[date, int] = {}
    for count in counts:
        day = count.hour_starts_at.astimezone(zone()).date()
        totals[day] = totals.get(day, 0) + count.count
    return totals


def _is_known(row: VisitDay | None) -> bool:
    return row is not None and (row.state == DayState.CLOSED or row.complete)


def _is_question(row: VisitDay | None) -> bool:
    return row is not None and row.state == DayState.NOT_COUNTED and not row.said_by


def _grouped(waiting: Sequence[LateTap]) -> list[tuple[date, str, str, int]]:
    """Return how many visitors came too late, by day, kind and target group."""
    sums: dict[tuple[date, str, str], int] = {}
    for tap in waiting:
        key = (today_of(tap.counted_at), tap.kind, tap.target_group)
        sums[key] = sums.get(key, 0) + tap.step
    return [(*key, visits) for key, visits in sorted(sums.items())]

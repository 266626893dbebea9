"""An edit of a series: of all its coming dates, or from one of them on.

Rule: what has begun is never touched. An edit cuts the series in two at the first day that it
changes, unless nothing lies before that day, or unless only the end of the series moves.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from node.series.days_off import expand_here
from node.series.keeper import Keeper, Outcome, carry_out
from node.series.models import Omission, SeriesColumns
from node.series.omissions import forget_omissions, omissions_of
from node.series.recurrence import Occurrence, Pattern, Reason, expand
from node.series.steps import Before, Step, Written, plan

A_DAY = timedelta(days=1)
_OF_THE_ROW = {"id", "follows_id", "made_by", "made_at", "cancelled_at", "cancel_reason"}


def edit_begins(series: SeriesColumns, wanted: date | None, now: datetime) -> date:
    """Return the first day that an edit "from `wanted` on" (None: of all) may change: what has begun may not."""
    pattern = series.pattern
    today = now.astimezone(pattern.zone).date()
    earliest = today if pattern.slot_on(today).starts_at > now else today + A_DAY
    return max(wanted or series.first_day, series.first_day, earliest)


def edit_steps(
    keeper: Keeper,
    series: SeriesColumns,
    draft: SeriesColumns,
    from_day: date,
    *,
    keep_own: bool = True,
    language: str = "de",
) -> list[Step]:
    """Return the steps that make the dates of `series` from `from_day` on what `draft` says."""
    pattern = _prolonged(series, draft) if only_end_differs(series, draft) else draft.pattern
    expanded = expand_here(keeper.session, pattern, draft.skips, language=language)
    written = [each for each in keeper.written(series) if each.day >= from_day]
    old = expand_here(keeper.session, series.pattern, series.skips)
    before = _before(old, written, omissions_of(keeper.session, series.id))
    found = [each for each in expanded if each.day >= from_day]
    return plan(found, draft.space_id, written, keep_own=keep_own, before=before)


def write_edit(
    keeper: Keeper, series: Any, draft: Any, from_day: date, steps: Iterable[Step], *, why: str = ""
) -> tuple[Any, Outcome]:
    """Carry out an edit; return the series that the coming dates belong to, and what came of it."""
    only_end = only_end_differs(series, draft)
    if not only_end and _has_earlier(keeper, series, from_day):
        series.pattern = series.pattern.until(from_day - A_DAY)
        draft.follows_id = series.id
        keeper.session.add(draft)
        kept = draft
    else:
        _take_over(series, draft, only_end)
        kept = series
    forget_omissions(keeper.session, series.id, from_day)
    return kept, carry_out(keeper, kept, steps, why=why)


def only_end_differs(series: SeriesColumns, draft: SeriesColumns) -> bool:
    """Tell whether `draft` says the same as `series` but for its end (and its first date)."""
    ends: Mapping[str, Any] = {"count": None, "until": None, "left_out": frozenset(), "added": frozenset()}
    same_rule = replace(series.pattern.rule, **ends) == replace(draft.pattern.rule, **ends)
    names = _columns(draft) - {"rule", "first_day"}
    return same_rule and all(getattr(series, name) == getattr(draft, name) for name in names)


def _take_over(series: Any, draft: Any, only_end: bool) -> None:
    """Change a series in place; one that was cancelled goes on."""
    if only_end:
        series.pattern = _prolonged(series, draft)
    else:
        for name in _columns(draft):
            setattr(series, name, getattr(draft, name))
    series.cancelled_at, series.cancel_reason = None, ""


def _columns(draft: Any) -> set[str]:
    """Return the names of what a person says about a series."""
    return set(draft.__mapper__.columns.keys()) - _OF_THE_ROW


def _prolonged(series: SeriesColumns, draft: SeriesColumns) -> Pattern:
    return series.pattern.until(draft.pattern.rule.until or expand(draft.pattern)[-1].day)


def _has_earlier(keeper: Keeper, series: SeriesColumns, from_day: date) -> bool:
    days = {each.day for each in keeper.written(series)}
    days |= {each.occurrence_on for each in omissions_of(keeper.session, series.id)}
    return any(day < from_day for day in days)


def _before(old: Iterable[Occurrence], written: Iterable[Written], omitted: Collection[Omission]) -> Before:
    failing = {each.day for each in old if each.reason}
    return Before(
        left_out={each.occurrence_on for each in omitted if each.reason == Reason.LEFT_OUT},
        held_anyway={each.day for each in written if each.day in failing},
    )

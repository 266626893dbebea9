"""Series of events: begun, edited, published, cancelled; each date an event with its space booked along.

Rule: a date is made through `service` like any single event, so its space is guaranteed by the
database; what cannot be made is noted with its reason (see `node.series`).
Rule: drafts are deleted when they are cancelled; what the public saw stays, as cancelled.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings.service import SpaceRetired
from node.programme import service as programme
from node.programme.entry import EventEntry
from node.programme.series_dates import EventKeeper, EventSeriesEntry, events_of, row_of, said_of
from node.series import keeping
from node.series.editing import edit_begins, edit_steps, write_edit
from node.series.keeper import Outcome, carry_out
from node.series.keeping import Line, OccurrenceUnknown, planned
from node.series.models import EventSeries
from node.series.recurrence import Pattern
from node.series.rule import Frequency, Rule
from node.series.steps import Place, Step, Wish, choose
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import Slot
from shared.records.events import EventState, refuse_impossible_times

__all__ = [
    "EventSeriesEntry",
    "EventSeriesUnknown",
    "OccurrenceUnknown",
    "begin_series",
    "cancel_series",
    "dates_of",
    "edit_begins",
    "edit_series",
    "entry_of",
    "find_following",
    "find_series",
    "get_series",
    "leave_out",
    "look_at_edit",
    "look_at_new",
    "pattern_of",
    "planned",
    "publish_series",
    "try_again",
    "weekly_until",
]
Wishes = Mapping[date, Wish | Place]


class EventSeriesUnknown(Refusal):
    """There is no series of events with this id."""


def pattern_of(rule: Rule, first: Slot, zone: ZoneInfo) -> Pattern:
    """Return the pattern of a rule whose first date is at `first`, by the clocks of `zone`."""
    starts, ends = (instant.astimezone(zone).replace(tzinfo=None) for instant in first)
    return Pattern(rule, starts, ends, zone).settled()


def weekly_until(said: EventEntry, until: date, zone: ZoneInfo, skips: tuple[str, ...] = ()) -> EventSeriesEntry:
    """Return "every week until" as a series."""
    pattern = pattern_of(Rule(frequency=Frequency.WEEKLY, until=until), said.slot, zone)
    return EventSeriesEntry(pattern=pattern, said=said, skips=skips)


def look_at_new(session: Session, entry: EventSeriesEntry, *, language: str = "de") -> list[Step]:
    """Return what would become of each date; `look_ahead` of the bookings says whether its space is free.

    Raises SpaceUnknown, SpaceRetired, EventTimesImpossible and what a rule is refused for.
    """
    _refuse_impossible(session, entry)
    return keeping.first_steps(session, row_of(entry, None, ""), language=language)


def begin_series(
    session: Session,
    entry: EventSeriesEntry,
    wishes: Wishes,
    *,
    now: datetime,
    by: str = "",
    publish: bool = False,
    language: str = "de",
) -> tuple[EventSeries, Outcome]:
    """Write a series with an event for each date, as `wishes` want it. Raises what `look_at_new` raises."""
    steps = look_at_new(session, entry, language=language)
    series = row_of(entry, now, by, publish)
    session.add(series)
    session.flush()
    return series, carry_out(EventKeeper(session, now=now, by=by), series, choose(steps, wishes))


def look_at_edit(
    session: Session,
    series: EventSeries,
    entry: EventSeriesEntry,
    from_day: date,
    *,
    keep_own: bool,
    now: datetime,
    language: str = "de",
) -> list[Step]:
    """Return what an edit of the dates from `from_day` on would do to each; raise what `look_at_new` raises."""
    entry = _not_before(entry, from_day)
    _refuse_impossible(session, entry, series.space_id)
    draft = row_of(entry, now, "", series.published)
    return edit_steps(EventKeeper(session, now=now), series, draft, from_day, keep_own=keep_own, language=language)


def edit_series(
    session: Session,
    series: EventSeries,
    entry: EventSeriesEntry,
    from_day: date,
    wishes: Wishes,
    *,
    keep_own: bool,
    now: datetime,
    by: str = "",
    why: str = "",
    language: str = "de",
) -> tuple[EventSeries, Outcome]:
    """Change the coming dates from `from_day` on; return the series that they belong to then.

    Raises what `look_at_new` raises. A date that cannot move stays as it was and is reported.
    """
    steps = look_at_edit(session, series, entry, from_day, keep_own=keep_own, now=now, language=language)
    entry = _not_before(entry, from_day)
    keeper, draft = EventKeeper(session, now=now, by=by), row_of(entry, now, by, series.published)
    return write_edit(keeper, series, draft, from_day, choose(steps, wishes), why=why)


def publish_series(session: Session, series: EventSeries, *, now: datetime) -> int:
    """Let the public see every draft of a series, and dates that are added later at once; return how many."""
    drafts = [event for event in events_of(session, series.id) if event.state == EventState.DRAFT]
    for event in drafts:
        programme.publish_event(session, event.id, now=now)
    series.published = True
    return len(drafts)


def cancel_series(
    session: Session,
    series: EventSeries,
    from_day: date | None,
    reason: str,
    *,
    also_own: bool = True,
    now: datetime,
    by: str = "",
) -> int:
    """Cancel the coming dates from `from_day` on, or all of them; return how many."""
    return keeping.cancel_coming(EventKeeper(session, now=now, by=by), series, from_day, reason, also_own=also_own)


def try_again(
    session: Session, series: EventSeries, day: date, place: Place | None = None, *, now: datetime, by: str = ""
) -> Refusal | None:
    """Make a missing date, as planned or at `place`; return what is still against it. Raises OccurrenceUnknown."""
    return keeping.try_again(EventKeeper(session, now=now, by=by), series, day, place)


def leave_out(session: Session, series: EventSeries, day: date, *, now: datetime, by: str = "") -> None:
    """Let a missing date rest. Raises OccurrenceUnknown."""
    keeping.leave_out(EventKeeper(session, now=now, by=by), series, day)


def dates_of(session: Session, series: EventSeries, *, now: datetime) -> list[Line]:
    """Return every date of a series, those that are missing among them."""
    return keeping.dates_of(EventKeeper(session, now=now), series)


def get_series(session: Session, series_id: str) -> EventSeries:
    """Return a series; raise EventSeriesUnknown."""
    series = find_series(session, series_id)
    if series is None:
        raise EventSeriesUnknown
    return series


def find_series(session: Session, series_id: str | None) -> EventSeries | None:
    """Return a series, or None: events of an imported calendar share a `series_id` without a rule."""
    return session.get(EventSeries, series_id) if series_id else None


def find_following(session: Session, series: EventSeries) -> EventSeries | None:
    """Return the series that goes on where this one was cut, or None."""
    return session.scalar(select(EventSeries).where(EventSeries.follows_id == series.id).limit(1))


def entry_of(series: EventSeries) -> EventSeriesEntry:
    """Return what a series says, to fill a form."""
    return EventSeriesEntry(pattern=series.pattern, said=said_of(series), skips=series.skips)


def _not_before(entry: EventSeriesEntry, from_day: date) -> EventSeriesEntry:
    """Return the entry beginning on `from_day` if it would begin earlier; a later first date is meant."""
    first = max(from_day, entry.pattern.starts.date())
    return replace(entry, pattern=entry.pattern.beginning(first))


def _refuse_impossible(session: Session, entry: EventSeriesEntry, old_space_id: str | None = None) -> None:
    """Raise what would fail on every date alike."""
    space_id = entry.said.space_id
    if space_id and not spaces.get_space(session, space_id).bookable and space_id != old_space_id:
        raise SpaceRetired
    refuse_impossible_times(*entry.pattern.slot_on(entry.pattern.starts.date()))

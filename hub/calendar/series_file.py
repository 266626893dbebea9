"""A whole series as one calendar entry: its dates, and what differs at some of them.

The houses send the dates of a series, never its rule, so the entry lists them (RDATE). What most
dates say is the entry; a date that says something else, lasts longer or was cancelled is an
exception of the same UID (RECURRENCE-ID). A date that was moved stands under its new time, as the
set of dates is always sent whole; SEQUENCE rises with every change of any date.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar import feeds, queries
from hub.calendar.showing import Shown
from hub.programme.models import Event
from shared import ical

DATES_MAX = 1_000  # a date a week for twenty years
_COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)


def dates_of(session: Session, centre_id: str, series_id: str) -> Sequence[queries.EventRow]:
    """Return all dates of a series in the order of time, the cancelled ones too."""
    columns: list[Any] = [getattr(Event, name) for name in queries.FED]
    same = select(*columns).where(Event.centre_id == centre_id, Event.series_id == series_id)
    return session.execute(same.order_by(Event.starts_at, Event.id).limit(DATES_MAX)).all()


def entries(dates: Sequence[Shown], city: str) -> list[ical.Entry]:
    """Return the series as one entry and its exceptions; `dates` are all of one series, in the order of time."""
    singles = _one_at_a_time([feeds.entry(each, city) for each in dates])
    uid = singles[0].group
    sequence = _sequence(max(entry.updated_at for entry in singles))
    usual = _usual([entry for entry in singles if not entry.cancelled] or singles)
    starts = [entry.starts_at for entry in singles]
    master = replace(
        usual,
        uid=uid,
        group="",
        sequence=sequence,
        updated_at=max(entry.updated_at for entry in singles),
        starts_at=starts[0],
        ends_at=starts[0] + (usual.ends_at - usual.starts_at),
        further_starts=tuple(starts[1:]),
        url=singles[0].url,
    )
    others = [entry for entry in singles if _told(entry) != _told(usual)]
    return [
        master,
        *(replace(each, uid=uid, group="", sequence=sequence, instead_of=each.starts_at) for each in others),
    ]


def _one_at_a_time(singles: Sequence[ical.Entry]) -> list[ical.Entry]:
    """Return at most one date for each start, as the dates of one entry are a set; the one that takes place wins."""
    by_start: dict[datetime, ical.Entry] = {}
    for entry in singles:
        if entry.starts_at not in by_start or by_start[entry.starts_at].cancelled:
            by_start[entry.starts_at] = entry
    return list(by_start.values())


def _usual(singles: Sequence[ical.Entry]) -> ical.Entry:
    """Return a date that says what most dates say; of equally many the earliest."""
    told, _number = Counter(_told(entry) for entry in singles).most_common(1)[0]
    return next(entry for entry in singles if _told(entry) == told)


def _told(entry: ical.Entry) -> tuple[Any, ...]:
    """Return what a date says apart from when it begins."""
    lasts = entry.ends_at - entry.starts_at
    return entry.title, entry.description, entry.location, entry.category, entry.position, entry.cancelled, lasts


def _sequence(changed_at: datetime) -> int:
    """Return a number that grows with the time of the last change, and fits into 32 bits for good."""
    return max(0, int((changed_at - _COUNTED_FROM).total_seconds() // 60))

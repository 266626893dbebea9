"""For whom a series was booked: how long name and contact stay, how they are found and forgotten.

The single dates are bookings and have their own retention; here it is about what the series says
of all of them. Series of events hold no personal data.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from node.core.privacy import Finding, PersonalData, matches
from node.series.models import BookingSeries
from node.series.recurrence import days_of
from shared.errors import Refusal
from shared.records.bookings import BookingKind

KEEP_DAYS = 180  # as long as the bookings themselves
_TEXTS = ("contact_name", "contact_phone", "contact_email", "note")
_FROM_OUTSIDE = (BookingKind.RENTAL, BookingKind.SELF_MANAGED)


class SeriesStillRuns(Refusal):
    """The series has dates to come: it is cancelled first, so that the space is free."""


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the series with the needle in a contact, the title or the note."""
    columns = (getattr(BookingSeries, name) for name in (*_TEXTS, "title"))
    query = select(BookingSeries).where(matches(needle, *columns)).order_by(BookingSeries.made_at.desc())
    return [
        Finding(BOOKING_SERIES.key, found.id, found.contact_name or found.title, found.title, found.made_at)
        for found in session.scalars(query)
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that a series says about whoever it was booked for."""
    found = session.get(BookingSeries, record_id)
    if found is None:
        return {}
    said = {name: getattr(found, name) for name in ("title", *_TEXTS, "persons", "kind", "rule")}
    return said | {"first_day": found.first_day.isoformat(), "starts": f"{found.starts_local:%H:%M}"}


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget for whom a series was booked. Raises SeriesStillRuns while it has dates to come."""
    found = session.get(BookingSeries, record_id)
    if found is None:
        return
    if last_day(found) >= now.astimezone(found.pattern.zone).date():
        raise SeriesStillRuns
    _blank(found)


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget for whom the series were booked whose last date was before `before`; return how many."""
    named = or_(
        *(getattr(BookingSeries, name) != "" for name in _TEXTS),
        BookingSeries.tenant_id.is_not(None),
        BookingSeries.kind.in_(_FROM_OUTSIDE) & (BookingSeries.title != ""),
    )
    old = [
        series
        for series in session.scalars(select(BookingSeries).where(named))
        if last_day(series) < before.astimezone(series.pattern.zone).date()
    ]
    for series in old:
        _blank(series)
    return len(old)


def last_day(series: BookingSeries) -> date:
    """Return the last day that a series can have a date on; one that was cancelled as a whole has none to come."""
    rule = series.pattern.rule
    if series.cancelled_at is not None and rule.until == series.first_day:
        return min(series.cancelled_at.date() - timedelta(days=1), series.first_day)
    if rule.until is not None:
        return rule.until
    return max((day for day, _missing in days_of(rule, series.first_day)), default=series.first_day)


def _blank(series: BookingSeries) -> None:
    for name in _TEXTS:
        setattr(series, name, "")
    series.tenant_id = None
    if series.kind in _FROM_OUTSIDE:
        series.title = ""


BOOKING_SERIES = PersonalData(
    key="booking_series",
    label=_l("Series of bookings"),
    counts_from=_l("the last date of the series"),
    kept=_l("When which space was used stays, for the statistics."),
    why_not={SeriesStillRuns: _l("The series has dates to come. Please cancel it first.")},
    retention_days=KEEP_DAYS,
    columns={BookingSeries: (*_TEXTS, "title", "tenant_id")},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)

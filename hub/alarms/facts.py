"""Gathers what alarms are judged by: links, the hub's own connection, jobs, and who has reported no figures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.alarms.judging import Facts
from hub.core.jobs import Run
from hub.network.queries import CentreLink, all_links, own_connection
from hub.opening_hours.queries import hours_of
from hub.visits.models import VisitDay
from shared.records.opening_hours import slots_on
from shared.records.visit_days import DayState

DAYS_BACK_MAX = 60  # a house that has been silent for longer has been so for "60 days or more"


def gather(
    session: Session, runs: Mapping[str, Run], now: datetime, zone: ZoneInfo, *, silent_from: int | None
) -> Facts:
    """Return what is so at `now`; with `silent_from` also who has reported nothing for so many days or more."""
    links = all_links(session, now)
    today = now.astimezone(zone).date()
    silent = None if silent_from is None else silent_days(session, links, today, zone, silent_from)
    return Facts(links, own_connection(session, now), silent, runs)


def silent_days(
    session: Session, centres: Iterable[CentreLink], today: date, zone: ZoneInfo, at_least: int
) -> dict[str, int]:
    """Return the open days without figures since the last day with some, by centre; only `at_least` or more.

    A house writes the record of a day in the night after it, so yesterday does not count yet. The
    houses that reported lately cost one query in all; each of the others is looked at by itself.
    """
    known = VisitDay.state.in_((DayState.COUNTED, DayState.CLOSED))
    last = select(VisitDay.centre_id, func.max(VisitDay.day)).where(known).group_by(VisitDay.centre_id)
    reported: dict[str, date] = {row[0]: row[1] for row in session.execute(last)}
    before = today - timedelta(days=1)
    found = {}
    for centre in centres:
        if not centre.belongs:
            continue
        first = reported.get(centre.centre_id)
        admitted = centre.admitted_at.astimezone(zone).date()
        start = max(first + timedelta(days=1) if first else admitted, before - timedelta(days=DAYS_BACK_MAX))
        if (before - start).days >= at_least:
            days = _open_days(session, centre.centre_id, start, before, zone)
            if days >= at_least:
                found[centre.centre_id] = days
    return found


def _open_days(session: Session, centre_id: str, first: date, before: date, zone: ZoneInfo) -> int:
    """Return on how many days in [first, before) the centre was open by its hours, or says that nobody counted."""
    said = select(VisitDay.day).where(VisitDay.centre_id == centre_id, VisitDay.day >= first, VisitDay.day < before)
    not_counted = set(session.scalars(said))
    hours = hours_of(session, centre_id)
    days = (first + timedelta(days=number) for number in range((before - first).days))
    return sum(day in not_counted or bool(slots_on(day, hours, zone)) for day in days)

"""Gathers what alarms are judged by: links, the hub's own connection, jobs, backups, who has reported no figures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.alarms.judging import Facts
from hub.backups.queries import last_received
from hub.core.jobs import Run
from hub.network.queries import CentreLink, all_links, own_connection
from hub.opening_hours.queries import hours_of
from hub.visits.models import VisitDay
from shared.records.opening_hours import slots_on
from shared.records.visit_days import DayState

DAYS_BACK = 60  # how far back the days of a silent house are counted, unless the rule asks for more


def gather(
    session: Session, runs: Mapping[str, Run], now: datetime, zone: ZoneInfo, *, silent_from: int | None
) -> Facts:
    """Return what is so at `now`; with `silent_from` also who has reported nothing for so many days or more."""
    links = all_links(session, now)
    today = now.astimezone(zone).date()
    silent = None if silent_from is None else silent_days(session, links, today, zone, silent_from)
    return Facts(links, own_connection(session, now), silent, runs, last_received(session))


def silent_days(
    session: Session, centres: Iterable[CentreLink], today: date, zone: ZoneInfo, at_least: int
) -> dict[str, int]:
    """Return the open days without figures since the last day with some, by centre; only `at_least` or more.

    A house writes the record of a day in the night after it, so yesterday does not count yet. The
    houses that reported lately cost one query in all; each of the others is looked at by itself, back
    to where one that opens once a week can have had `at_least` open days.
    """
    said = VisitDay.state.in_((DayState.COUNTED, DayState.CLOSED)), VisitDay.day <= today  # clocks may run ahead
    last = select(VisitDay.centre_id, func.max(VisitDay.day)).where(*said).group_by(VisitDay.centre_id)
    reported: dict[str, date] = {row[0]: row[1] for row in session.execute(last)}
    before = today - timedelta(days=1)
    earliest = before - timedelta(days=max(DAYS_BACK, 7 * at_least))
    found = {}
    for centre in centres:
        if not centre.belongs:
            continue
        first = reported.get(centre.centre_id)
        admitted = centre.admitted_at.astimezone(zone).date()
        start = max(first + timedelta(days=1) if first else admitted, earliest)
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

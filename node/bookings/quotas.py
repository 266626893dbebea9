"""How much of the house one group or person may take: hours a week or month, set by the lead.

Rule: a quota counts rentals and self-managed use, requested or confirmed; the programme, staff
and blocks are the house's own affair. A tenant has the quota of their own, or else the one for
everybody; somebody who is no tenant is known again by e-mail, phone or name, in this order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from node.bookings.entry import BookingEntry
from node.bookings.finding import bookings_between
from node.bookings.models import Booking, Quota
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState, Slot
from shared.time import local_day

COUNTED = (BookingKind.RENTAL, BookingKind.SELF_MANAGED)
STANDING = (BookingState.REQUESTED, BookingState.CONFIRMED)


class Period(StrEnum):
    """Weeks begin on Monday; both are those of the house's clock."""

    WEEK = "week"
    MONTH = "month"


class QuotaSpent(Refusal):
    """More than `hours_max` in the period that begins on `begins`; `left` is what still goes."""

    def __init__(self, period: str, hours_max: int, begins: date, left: timedelta) -> None:
        super().__init__(f"{hours_max} hours a {period}")
        self.period, self.hours_max, self.begins, self.left = period, hours_max, begins, left


@dataclass(frozen=True)
class Spent:
    """How a quota stands in one period."""

    period: str
    hours_max: int
    begins: date
    used: timedelta

    @property
    def left(self) -> timedelta:
        return max(timedelta(), timedelta(hours=self.hours_max) - self.used)


def quotas_of(session: Session, tenant_id: str | None) -> dict[str, int]:
    """Return the hours a period that bind a tenant (None: everybody without a quota of their own)."""
    rows = session.scalars(select(Quota).where(or_(Quota.tenant_id.is_(None), Quota.tenant_id == tenant_id))).all()
    general = {row.period: row.hours_max for row in rows if row.tenant_id is None}
    return general | {row.period: row.hours_max for row in rows if row.tenant_id is not None}


def own_quotas(session: Session, tenant_id: str | None) -> dict[str, int]:
    """Return what is set for just this tenant, or (None) for everybody."""
    mine = Quota.tenant_id.is_(None) if tenant_id is None else Quota.tenant_id == tenant_id
    return {row.period: row.hours_max for row in session.scalars(select(Quota).where(mine))}


def keep_quotas(session: Session, tenant_id: str | None, hours: Mapping[str, int | None]) -> None:
    """Set the hours for each period; None lifts that quota."""
    mine = Quota.tenant_id.is_(None) if tenant_id is None else Quota.tenant_id == tenant_id
    there = {row.period: row for row in session.scalars(select(Quota).where(mine))}
    for period, hours_max in hours.items():
        row = there.get(period)
        if hours_max is None and row is not None:
            session.delete(row)
        elif hours_max is not None and row is None:
            session.add(Quota(tenant_id=tenant_id, period=Period(period), hours_max=hours_max))
        elif hours_max is not None and row is not None:
            row.hours_max = hours_max
    session.flush()


def refuse_beyond_quota(session: Session, entry: BookingEntry, zone: ZoneInfo, *, but: str | None = None) -> None:
    """Raise QuotaSpent if whoever books has had too much already; `but` is the booking being moved."""
    party = party_of(entry)
    if party is None or entry.kind not in COUNTED:
        return
    for spent in _spent(session, party, entry.slot, zone, but):
        window = _window(spent.period, spent.begins, zone)
        if _meets(entry.slot, window) > spent.left:
            raise QuotaSpent(spent.period, spent.hours_max, spent.begins, spent.left)


def spent_by_tenant(session: Session, tenant_id: str, at: datetime, zone: ZoneInfo) -> list[Spent]:
    """Return how the tenant's quotas stand in the present week and month."""
    moment = Slot(at, at + timedelta(seconds=1))
    return list(_spent(session, ("tenant", tenant_id), moment, zone))


def party_of(booking: BookingEntry | Booking) -> tuple[str, str] | None:
    """Return by what somebody who books is known again; None if nothing is said of them."""
    if booking.tenant_id:
        return "tenant", booking.tenant_id
    if booking.contact_email.strip():
        return "email", booking.contact_email.strip().casefold()
    digits = "".join(letter for letter in booking.contact_phone if letter.isdigit())
    if digits:
        return "phone", digits
    name = " ".join(booking.contact_name.split()).casefold()
    return ("name", name) if name else None


def _spent(
    session: Session, party: tuple[str, str], slot: Slot, zone: ZoneInfo, but: str | None = None
) -> Iterator[Spent]:
    """Yield how each quota stands in each period that `slot` meets."""
    tenant_id = party[1] if party[0] == "tenant" else None
    for period, hours_max in quotas_of(session, tenant_id).items():
        for begins in _begins(period, slot, zone):
            window = _window(period, begins, zone)
            used = sum(
                (
                    _meets(Slot(booking.starts_at, booking.ends_at), window)
                    for booking in bookings_between(session, window, STANDING)
                    if booking.id != but and booking.kind in COUNTED and party_of(booking) == party
                ),
                timedelta(),
            )
            yield Spent(period, hours_max, begins, used)


def _begins(period: str, slot: Slot, zone: ZoneInfo) -> Iterator[date]:
    """Yield the first day of each week or month that `slot` meets."""
    last = (slot.ends_at - timedelta(seconds=1)).astimezone(zone).date()
    day = slot.starts_at.astimezone(zone).date()
    day -= timedelta(days=day.weekday() if period == Period.WEEK else day.day - 1)
    while day <= last:
        yield day
        day = _next(period, day)


def _next(period: str, begins: date) -> date:
    if period == Period.WEEK:
        return begins + timedelta(weeks=1)
    return (begins + timedelta(days=32)).replace(day=1)


def _window(period: str, begins: date, zone: ZoneInfo) -> Slot:
    return Slot(local_day(begins, zone)[0], local_day(_next(period, begins), zone)[0])


def _meets(slot: Slot, window: Slot) -> timedelta:
    """Return how long `slot` is inside `window`."""
    return max(timedelta(), min(slot.ends_at, window.ends_at) - max(slot.starts_at, window.starts_at))

"""Groups and people who come again: how long their contact stays after the last time.

Rule: as long as somebody is still coming nothing runs out; afterwards their last booking counts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.models import Booking, Tenant
from node.core.privacy import Finding, PersonalData, matches
from node.keys import service as keys
from shared.errors import Refusal
from shared.records.bookings import BookingState

KEEP_DAYS = 365  # many groups pause for a season and come back
_TEXTS = ("contact_name", "contact_phone", "contact_email")
_STANDING = (BookingState.REQUESTED, BookingState.CONFIRMED)
_FORGOTTEN = "– "  # followed by the end of the id: names are unique


class TenantStillHere(Refusal):
    """They have coming bookings or a key of the house."""


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the tenants with the needle in their name or contact."""
    columns = (getattr(Tenant, name) for name in ("name", *_TEXTS))
    query = select(Tenant).where(matches(needle, *columns)).order_by(Tenant.name)
    return [
        Finding(TENANTS.key, found.id, found.contact_name or found.name, found.name) for found in session.scalars(query)
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about a tenant."""
    found = session.get(Tenant, record_id)
    if found is None:
        return {}
    said: dict[str, Any] = {name: getattr(found, name) for name in ("name", *_TEXTS, "active")}
    return said | {"has_account": found.account_id is not None, "quota": service.own_quotas(session, found.id)}


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget a tenant. Raises TenantStillHere."""
    found = session.get(Tenant, record_id)
    if found is None:
        return
    coming = service.bookings_of_tenant(session, found.id, now)
    if any(booking.state in _STANDING for booking in coming) or keys.keys_held_by(session, found.id):
        raise TenantStillHere
    _blank(found)


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget those who no longer come and whose last booking ended before `before`; return how many."""
    last = select(func.max(Booking.ends_at)).where(Booking.tenant_id == Tenant.id).scalar_subquery()
    gone = select(Tenant).where(~Tenant.active, ~Tenant.name.startswith(_FORGOTTEN), or_(last.is_(None), last < before))
    found = [tenant for tenant in session.scalars(gone) if not keys.keys_held_by(session, tenant.id)]
    for tenant in found:
        _blank(tenant)
    return len(found)


def _blank(tenant: Tenant) -> None:
    for name in _TEXTS:
        setattr(tenant, name, "")
    tenant.name = f"{_FORGOTTEN}{tenant.id[-6:]}"
    tenant.account_id, tenant.active = None, False


TENANTS = PersonalData(
    key="tenants",
    label=_l("Groups and tenants"),
    counts_from=_l("the last booking of those who no longer come"),
    kept=_l("Their bookings stay, without a name."),
    why_not={TenantStillHere: _l("They have coming bookings or a key. Please end both first.")},
    retention_days=KEEP_DAYS,
    columns={Tenant: ("name", *_TEXTS, "account_id")},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)

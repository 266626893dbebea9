"""Who uses rooms again and again: groups and people, some with an account of their own.

Rule: a tenant is not deleted while bookings name them, but retired: those keep their name.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.bookings.models import Booking, Tenant
from shared.errors import Refusal
from shared.ids import new_id


class TenantUnknown(Refusal):
    """There is no tenant with this id."""


class TenantExists(Refusal):
    """Another tenant has this name, or this account."""


@dataclass(frozen=True, kw_only=True)
class TenantEntry:
    """What staff say about a tenant; `account_id` is the account with which they sign in, if they have one."""

    name: str
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    account_id: str | None = None
    active: bool = True


def add_tenant(session: Session, entry: TenantEntry) -> Tenant:
    """Add a tenant. Raises TenantExists."""
    tenant = Tenant(id=new_id())
    _keep(session, tenant, entry)
    return tenant


def edit_tenant(session: Session, tenant_id: str, entry: TenantEntry) -> Tenant:
    """Change a tenant. Raises TenantUnknown, TenantExists."""
    tenant = get_tenant(session, tenant_id)
    _keep(session, tenant, entry)
    return tenant


def get_tenant(session: Session, tenant_id: str) -> Tenant:
    """Return a tenant; raise TenantUnknown."""
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise TenantUnknown
    return tenant


def find_tenant(session: Session, account_id: str) -> Tenant | None:
    """Return the tenant who signs in with this account, or None."""
    return session.scalar(select(Tenant).where(Tenant.account_id == account_id, Tenant.active))


def list_tenants(session: Session, *, retired: bool = False) -> Sequence[Tenant]:
    """Return the tenants by name; retired ones only if asked for."""
    query = select(Tenant).order_by(Tenant.name)
    return session.scalars(query if retired else query.where(Tenant.active)).all()


def bookings_of_tenant(session: Session, tenant_id: str, since: datetime, limit: int = 200) -> Sequence[Booking]:
    """Return the tenant's bookings of every state that end after `since`, the soonest first."""
    query = select(Booking).where(Booking.tenant_id == tenant_id, Booking.ends_at > since)
    return session.scalars(query.order_by(Booking.starts_at, Booking.id).limit(limit)).all()


def _keep(session: Session, tenant: Tenant, entry: TenantEntry) -> None:
    try:
        with session.begin_nested():
            for name, value in asdict(entry).items():
                if getattr(tenant, name) != value:
                    setattr(tenant, name, value)
            session.add(tenant)
    except IntegrityError as error:  # a name and an account belong to one tenant only
        raise TenantExists from error

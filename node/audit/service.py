"""The log as staff read it: narrowed to what somebody may see, with names beside the ids."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from node.core import audit
from node.core.accounts import Account
from node.core.audit import AuditEntry, Wanted
from node.devices.models import Device
from node.spaces import service as spaces
from shared.web.actors import ActorKind

EXPORT_ROWS_MAX = 50_000
Names = Mapping[tuple[str, str], str]


def readable(wanted: Wanted, *, everything: bool) -> Select[Any]:
    """Return the query for what is wanted, without what is about people unless `everything` may be read."""
    return audit.entries(wanted if everything else replace(wanted, about_people=False))


def names(session: Session) -> Names:
    """Return the names of accounts and devices by kind and id of the actor; a handful of rows each."""
    accounts = {(str(ActorKind.ACCOUNT), row.id): row.name for row in session.execute(select(Account.id, Account.name))}
    devices = {(str(ActorKind.DEVICE), row.id): row.name for row in session.execute(select(Device.id, Device.name))}
    return accounts | devices


def places(session: Session) -> Mapping[str, str]:
    """Return the names of the spaces by their ids."""
    return {space.id: space.name for space in spaces.list_spaces(session)}


def tables(session: Session, *, everything: bool) -> Sequence[str]:
    """Return the kinds of records that the log has entries of."""
    query = select(AuditEntry.table_name).distinct().order_by(AuditEntry.table_name)
    return session.scalars(query if everything else query.where(AuditEntry.about_people.is_(False))).all()

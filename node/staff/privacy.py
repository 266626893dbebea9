"""What the house keeps about those who work here.

An account stays as a row, nameless: the log and the records point at it. Its name also stands
beside what the person took, decided or corrected, in columns called `…_by` of many tables; it
is taken out of all of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from node.core.accounts import ROLE_NAMES, Account, Role
from node.core.accounts.models import RecoveryCode, SecondFactor
from node.core.db import Base
from node.core.privacy import Finding, PersonalData, matches
from shared.errors import Refusal
from shared.time import to_wire
from shared.web.audit.listening import names_staff

# An account whose person is forgotten has no name; its name_key begins with a blank, as no name does.


class AccountStillOpen(Refusal):
    """Whoever still works here cannot be forgotten; lock the account first."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The account {name!r} is not locked.")
        self.name = name


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the accounts whose name has `needle` in it."""
    rows = session.scalars(select(Account).where(matches(needle, Account.name)).order_by(Account.name_key)).all()
    return [
        Finding(
            "accounts", row.id, row.name, about=str(ROLE_NAMES[Role(row.role)]), at=row.signed_in_at or row.created_at
        )
        for row in rows
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return what is kept about the person of an account; no password and no secret."""
    account = session.get(Account, record_id)
    if account is None:
        return {}
    return {
        "name": account.name,
        "role": account.role,
        "created_at": to_wire(account.created_at),
        "signed_in_at": to_wire(account.signed_in_at) if account.signed_in_at else None,
        "locked_at": to_wire(account.locked_at) if account.locked_at else None,
        "second_factor": account.second_factor_since is not None,
        "named_in": {f"{table}.{name}": count for table, name, count in _mentions(session, account.name)},
    }


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget the person of a locked account; raise AccountStillOpen."""
    account = session.get(Account, record_id)
    if account is None or not account.name:
        return
    if account.locked_at is None:
        raise AccountStillOpen(account.name)
    for row, name in _rows_naming(session, account.name):
        setattr(row, name, "")
    for table in (RecoveryCode, SecondFactor):
        session.execute(delete(table).where(table.account_id == account.id))
    account.name, account.name_key = "", f" {account.id}"
    account.password_hash, account.signed_in_at, account.second_factor_since = "", None, None


def settle(session: Session, record_id: str, now: datetime) -> None:
    """Lock an account that came back open with a backup."""
    account = session.get(Account, record_id)
    if account is not None:
        account.locked_at = account.locked_at or now


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget those whose account was locked before `before`."""
    due = select(Account).where(Account.locked_at < before, Account.name != "")
    accounts = session.scalars(due).all()
    for account in accounts:
        erase(session, account.id, now)
    return len(accounts)


def _naming_columns() -> list[tuple[type[Any], str]]:
    """Return every column of the house that holds the name of whoever did something."""
    return [
        (mapper.class_, prop.key)
        for mapper in Base.registry.mappers
        for prop in mapper.column_attrs
        if names_staff(prop.key)
    ]


def _rows_naming(session: Session, name: str) -> list[tuple[Any, str]]:
    return [
        (row, column)
        for kind, column in _naming_columns()
        for row in session.scalars(select(kind).where(getattr(kind, column) == name)).all()
    ]


def _mentions(session: Session, name: str) -> list[tuple[str, str, int]]:
    found: dict[tuple[str, str], int] = {}
    for row, column in _rows_naming(session, name):
        key = (str(row.__tablename__), column)
        found[key] = found.get(key, 0) + 1
    return [(table, column, count) for (table, column), count in sorted(found.items())]


ACCOUNTS = PersonalData(
    key="accounts",
    label=_l("Accounts of those who work here"),
    counts_from=_l("the day on which the account was locked"),
    kept=_l("What the person took or changed stays, without the name."),
    why_not={
        AccountStillOpen: _l("The account is not locked. Please lock it first, if the person works here no more.")
    },
    retention_days=365,
    columns={
        Account: ("name", "name_key", "password_hash"),
        SecondFactor: ("sealed",),
        RecoveryCode: ("code_hash",),
    },
    find=find,
    export=export,
    erase=erase,
    expire=expire,
    settle=settle,
)

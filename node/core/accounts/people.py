"""The people who work here: added with a start password, given a role, locked, opened again.

Rule: somebody can always lead the house, and nobody does these things to themselves.
Rule: an account is locked, never deleted; the log and the records name it.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.core.accounts import Role
from node.core.accounts.models import Account, SecondFactorRole
from shared.errors import Refusal
from shared.web.accounts import UnknownRole, add_account
from shared.web.accounts.service import hashed

START_PASSWORD_LASTS = timedelta(days=7)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PARTS, _PART_LENGTH = 3, 4  # 59 bits: nobody guesses it in a week at 40 tries an hour


class AccountGone(Refusal):
    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id!r}.")
        self.account_id = account_id


class NotOneself(Refusal):
    """One's own role and lock are for another lead to change."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} cannot do this to the own account.")
        self.name = name


class LastLead(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is the last who leads the house; make somebody else lead first.")
        self.name = name


def readable_secret(parts: int = _PARTS) -> str:
    """Return a random secret that can be read out: groups of four letters and figures."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_PART_LENGTH)) for _ in range(parts))


def add_person(session: Session, name: str, role: str, *, now: datetime) -> tuple[Account, str]:
    """Add an account and return it with its start password; raise AccountExists or UnknownRole."""
    password = readable_secret()
    account = add_account(session, Account, name, password, role, list(Role), now)
    _let_choose(account, now)
    account.second_factor_due = _is_second_factor_due(session, account)
    return account, password


def give_start_password(session: Session, account_id: str, *, by: str, now: datetime) -> tuple[Account, str]:
    """Replace somebody's password by a new start password and return it; all their sessions end."""
    account, password = _other(session, account_id, by), readable_secret()
    account.password_hash = hashed(password)
    _let_choose(account, now)
    return account, password


def change_role(session: Session, account_id: str, role: str, *, by: str) -> Account:
    """Give somebody another role; raise UnknownRole, NotOneself or LastLead. All their sessions end."""
    if role not in list(Role):
        raise UnknownRole(role, list(Role))
    account = _other(session, account_id, by)
    if role != Role.LEAD:
        _keep_a_lead(session, account)
    account.role = role
    account.second_factor_due = _is_second_factor_due(session, account)
    return account


def lock(session: Session, account_id: str, *, by: str, now: datetime) -> Account:
    """Lock somebody out at once, sessions and all; raise NotOneself or LastLead."""
    account = _other(session, account_id, by)
    _keep_a_lead(session, account)
    account.locked_at = account.locked_at or now
    return account


def unlock(session: Session, account_id: str) -> Account:
    account = get_account(session, account_id)
    account.locked_at = None
    return account


def end_sessions(account: Account) -> None:
    """Let every session of the account end; whoever asks stays signed in by `desk.stay`."""
    account.sessions_ended += 1


def get_account(session: Session, account_id: str) -> Account:
    """Return the account; raise AccountGone."""
    account = session.get(Account, account_id)
    if account is None:
        raise AccountGone(account_id)
    return account


def list_people(session: Session) -> Sequence[Account]:
    """Return all accounts, those that are locked last."""
    return session.scalars(select(Account).order_by(Account.locked_at.is_not(None), Account.name_key)).all()


def _other(session: Session, account_id: str, by: str) -> Account:
    account = get_account(session, account_id)
    if account.id == by:
        raise NotOneself(account.name)
    return account


def _keep_a_lead(session: Session, account: Account) -> None:
    leads = select(func.count()).where(Account.role == Role.LEAD, Account.locked_at.is_(None), Account.id != account.id)
    if account.role == Role.LEAD and not session.scalar(leads):
        raise LastLead(account.name)


def _let_choose(account: Account, now: datetime) -> None:
    account.password_due, account.password_until = True, now + START_PASSWORD_LASTS


def _is_second_factor_due(session: Session, account: Account) -> bool:
    return account.second_factor_since is None and session.get(SecondFactorRole, account.role) is not None

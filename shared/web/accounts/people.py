"""The people who work here: added with a start password, given a role, locked, opened again.

Rule: somebody can always look after the accounts, and nobody does these things to themselves.
Rule: an account is locked, never deleted; the log and the records name it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.errors import Refusal
from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.service import UnknownRole, add_account, hashed

START_PASSWORD_LASTS = timedelta(days=7)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PARTS, _PART_LENGTH = 3, 4  # 59 bits: nobody guesses it in a week at 40 tries an hour


class AccountGone(Refusal):
    def __init__(self, account_id: str) -> None:
        super().__init__(f"There is no account {account_id!r}.")
        self.account_id = account_id


class NotOneself(Refusal):
    """One's own role and lock are for somebody else to change."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} cannot do this to the own account.")
        self.name = name


class LastMaster(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is the last who looks after the accounts; give somebody else that role first.")
        self.name = name


def readable_secret(parts: int = _PARTS) -> str:
    """Return a random secret that can be read out: groups of four letters and figures."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_PART_LENGTH)) for _ in range(parts))


def end_sessions(account: AccountColumns) -> None:
    """Let every session of the account end; whoever asks stays signed in by `desk.stay`."""
    account.sessions_ended += 1


@dataclass(frozen=True)
class People:
    """What can be done to the accounts of one side: its table, the roles whose second factor is demanded, its roles.

    `master` is the role that looks after the accounts.
    """

    account: type[Any]
    demanded: type[Any]
    roles: type[StrEnum]
    master: StrEnum

    def add_person(self, session: Session, name: str, role: str, *, now: datetime) -> tuple[Any, str]:
        """Add an account and return it with its start password; raise AccountExists or UnknownRole."""
        password = readable_secret()
        account = add_account(session, self.account, name, password, role, list(self.roles), now)
        _let_choose(account, now)
        account.second_factor_due = self._is_second_factor_due(session, account)
        return account, password

    def give_start_password(self, session: Session, account_id: str, *, by: str, now: datetime) -> tuple[Any, str]:
        """Replace somebody's password by a new start password and return it; all their sessions end."""
        account, password = self._other(session, account_id, by), readable_secret()
        account.password_hash = hashed(password)
        _let_choose(account, now)
        return account, password

    def change_role(self, session: Session, account_id: str, role: str, *, by: str) -> Any:
        """Give somebody another role; raise UnknownRole, NotOneself or LastMaster. All their sessions end."""
        if role not in list(self.roles):
            raise UnknownRole(role, list(self.roles))
        account = self._other(session, account_id, by)
        if role != self.master:
            self._keep_a_master(session, account)
        account.role = role
        account.second_factor_due = self._is_second_factor_due(session, account)
        return account

    def lock(self, session: Session, account_id: str, *, by: str, now: datetime) -> Any:
        """Lock somebody out at once, sessions and all; raise NotOneself or LastMaster."""
        account = self._other(session, account_id, by)
        self._keep_a_master(session, account)
        account.locked_at = account.locked_at or now
        return account

    def unlock(self, session: Session, account_id: str) -> Any:
        account = self.get_account(session, account_id)
        account.locked_at = None
        return account

    def get_account(self, session: Session, account_id: str) -> Any:
        """Return the account; raise AccountGone."""
        account = session.get(self.account, account_id)
        if account is None:
            raise AccountGone(account_id)
        return account

    def list_people(self, session: Session) -> Sequence[Any]:
        """Return all accounts, those that are locked last."""
        return session.scalars(
            select(self.account).order_by(self.account.locked_at.is_not(None), self.account.name_key)
        ).all()

    def _other(self, session: Session, account_id: str, by: str) -> Any:
        account = self.get_account(session, account_id)
        if account.id == by:
            raise NotOneself(account.name)
        return account

    def _keep_a_master(self, session: Session, account: Any) -> None:
        """Raise LastMaster; else nobody takes the role from another of them before this is committed."""
        kind = self.account
        masters = select(kind.id).where(kind.role == self.master, kind.locked_at.is_(None)).order_by(kind.id)
        present = set(session.scalars(masters.with_for_update()))
        if account.role == self.master and not present - {account.id}:
            raise LastMaster(account.name)

    def _is_second_factor_due(self, session: Session, account: Any) -> bool:
        return account.second_factor_since is None and session.get(self.demanded, account.role) is not None


def _let_choose(account: AccountColumns, now: datetime) -> None:
    account.password_due, account.password_until = True, now + START_PASSWORD_LASTS

"""Making accounts and checking passwords, without a trace of which names exist.

Rule: a wrong name takes as long as a wrong password.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.errors import Refusal
from shared.web.accounts.columns import NAME_LENGTH_MAX, AccountColumns
from shared.web.accounts.guessable import is_guessable

Account = TypeVar("Account", bound=AccountColumns)
PASSWORD_LENGTH_MIN = 12  # OWASP ASVS 2.1.1; no rules about characters
PASSWORD_LENGTH_MAX = 128  # OWASP ASVS 2.1.2
TYPED_LENGTH_MAX = 200  # of a password that was chosen when this was the limit; hashing a megabyte is an attack
# OWASP's smallest recommended Argon2id: 19 MiB, two passes; a mini PC has little memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_hex())


class AccountExists(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is already an account named {name!r}. Choose another name.")
        self.name = name


class UnknownAccount(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account named {name!r}.")
        self.name = name


class PasswordWeak(Refusal):
    """Not to be taken as somebody's password."""


class PasswordTooShort(PasswordWeak):
    def __init__(self) -> None:
        super().__init__(f"A password needs at least {PASSWORD_LENGTH_MIN} characters (at most {PASSWORD_LENGTH_MAX}).")
        self.length_min = PASSWORD_LENGTH_MIN


class PasswordGuessable(PasswordWeak):
    def __init__(self) -> None:
        super().__init__("This password is one of those that guessers try first. Choose a short sentence of your own.")


class UnknownRole(Refusal):
    def __init__(self, role: str, roles: Collection[str]) -> None:
        super().__init__(f"There is no role {role!r}. Roles: {', '.join(roles)}.")
        self.role = role


def add_account(  # noqa: PLR0917 (they are all needed, and called in one place of each side)
    session: Session, kind: type[Account], name: str, password: str, role: str, roles: Collection[str], now: datetime
) -> Account:
    """Add an account of the side's table `kind`; raise AccountExists, UnknownRole or PasswordWeak."""
    name = " ".join(name.split())[:NAME_LENGTH_MAX]
    if role not in roles:
        raise UnknownRole(role, roles)
    if find_account(session, kind, name) is not None:
        raise AccountExists(name)
    account = kind()
    account.name, account.name_key = name, _key(name)
    account.password_hash, account.role, account.created_at = hashed(password, name), role, now
    session.add(account)
    return account


def find_account(session: Session, kind: type[Account], name: str) -> Account | None:
    """Return the account of that name, however it is capitalised."""
    return session.scalar(select(kind).where(kind.name_key == _key(name)))


def list_accounts(session: Session, kind: type[Account]) -> Sequence[Account]:
    return session.scalars(select(kind).order_by(kind.name_key)).all()


def check(session: Session, kind: type[Account], name: str, password: str) -> Account | None:
    """Return the account if name and password fit; None tells nothing more. Hashing takes long: only read here."""
    account = find_account(session, kind, name)
    return account if fits(hash_of(account), password) else None


def hash_of(account: AccountColumns | None) -> str:
    """Return what a password is held against; for a name that is not there a hash that costs as much and never fits."""
    return account.password_hash if account is not None else _NOBODY


def note_sign_in(
    session: Session, kind: type[Account], account_id: str, now: datetime, password: str | None = None
) -> Account:
    """Note the time of a sign-in; given the password that was right, hash it anew if our hashing has changed."""
    account = session.get_one(kind, account_id)
    account.signed_in_at = now
    if password is not None and _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _HASHER.hash(password)
    return account


def change_password(account: AccountColumns, password: str) -> None:
    """Set a password that the person chose; raise PasswordWeak. Every other session of the account ends."""
    account.password_hash = hashed(password, account.name)
    account.password_chosen()


def fits(password_hash: str, password: str) -> bool:
    """Tell whether the password belongs to the hash; a long one is refused before any work, whosever it is."""
    if len(password) > TYPED_LENGTH_MAX:
        return False
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def refuse_weak(password: str, *known: str) -> None:
    """Raise PasswordTooShort or PasswordGuessable; `known` is what a guesser knows, the account's name."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise PasswordTooShort
    if is_guessable(password, *known):
        raise PasswordGuessable


def hashed(password: str, *known: str) -> str:
    refuse_weak(password, *known)
    return _HASHER.hash(password)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()[: NAME_LENGTH_MAX * 2]

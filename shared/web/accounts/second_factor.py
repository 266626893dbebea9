"""Six digits beside the password: set up, asked for, replaced by a recovery code, demanded of a role.

The secret lies in the database sealed with a key that is derived from the site's secret file:
a copy of the database alone opens nothing. It is shown until the first code has been typed and
never again.
Rule: a code counts once, a recovery code too; both are checked in the transaction that notes it.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.errors import Refusal
from shared.web.accounts import totp
from shared.web.accounts.columns import SecondFactorColumns
from shared.web.accounts.people import readable_secret

RECOVERY_CODES = 10
_CODE_PARTS = 6  # 118 bits (OWASP ASVS 2.6.2 asks for 112): a plain hash is enough
_SET_UP_MAX = timedelta(minutes=30)
_PURPOSE = b"second factor"


class SecondFactorStands(Refusal):
    """There is one already; it has to be switched off before another is set up."""


class SecondFactorDemanded(Refusal):
    def __init__(self, role: str) -> None:
        super().__init__(f"A second factor is demanded of {role!r}.")
        self.role = role


class CodeWrong(Refusal):
    """Wrong, too old, or used already."""


def sealing(secret_key: str | bytes) -> SecretBox:
    """Return the box for secrets; `secret_key` is what signs the site's cookies."""
    key = secret_key if isinstance(secret_key, bytes) else secret_key.encode()
    return SecretBox(hashlib.blake2b(key, digest_size=SecretBox.KEY_SIZE, person=_PURPOSE).digest())


@dataclass(frozen=True)
class SecondFactors:
    """What can be done to the second factors of one side: its tables, and of which roles they may be demanded."""

    account: type[Any]
    factor: type[Any]
    code: type[Any]
    demanded: type[Any]
    demandable: tuple[StrEnum, ...]

    def begin(self, session: Session, account: Any, box: SecretBox, *, now: datetime) -> None:
        """Make a new secret, to be confirmed by its first code; raise SecondFactorStands."""
        if account.second_factor_since is not None:
            raise SecondFactorStands
        session.execute(delete(self.factor).where(self.factor.account_id == account.id))
        session.add(
            self.factor(account_id=account.id, sealed=box.encrypt(totp.new_secret()), begun_at=now, last_step=0)
        )

    def find_unconfirmed(self, session: Session, account_id: str, box: SecretBox, *, now: datetime) -> bytes | None:
        """Return the secret that is being set up, None if there is none or it was begun long ago."""
        factor = session.get(self.factor, account_id)
        if factor is None or factor.confirmed_at is not None or now - factor.begun_at > _SET_UP_MAX:
            return None
        return _opened(factor, box)

    def confirm(self, session: Session, account: Any, code: str, box: SecretBox, *, now: datetime) -> list[str]:
        """Let the second factor count from now on; return the recovery codes. Raise CodeWrong."""
        secret = self.find_unconfirmed(session, account.id, box, now=now)
        step = totp.fitting_step(secret, code, now, after=0) if secret else None
        if step is None:
            raise CodeWrong
        factor = session.get_one(self.factor, account.id)
        factor.confirmed_at, factor.last_step = now, step
        account.second_factor_since, account.second_factor_due = now, False
        return self.new_recovery_codes(session, account)

    def new_recovery_codes(self, session: Session, account: Any) -> list[str]:
        """Return new recovery codes; those of before are worthless."""
        session.execute(delete(self.code).where(self.code.account_id == account.id))
        codes = [readable_secret(_CODE_PARTS) for _ in range(RECOVERY_CODES)]
        session.add_all(self.code(account_id=account.id, code_hash=_hash(code)) for code in codes)
        return codes

    def use_code(self, session: Session, account_id: str, code: str, box: SecretBox, *, now: datetime) -> None:
        """Use up a code of the app or a recovery code; raise CodeWrong if it is wrong or was used before.

        Of two who type it at the same moment, one waits for the other here.
        """
        factor = session.get(self.factor, account_id, with_for_update=True)
        if factor is None or factor.confirmed_at is None:
            raise CodeWrong
        secret = _opened(factor, box)
        step = totp.fitting_step(secret, code, now, factor.last_step) if secret else None
        if step is not None:
            factor.last_step = step
            return
        unused = self.code.account_id == account_id, self.code.used_at.is_(None)
        stands_in = session.scalar(select(self.code).where(*unused, self.code.code_hash == _hash(code)))
        if stands_in is None:
            raise CodeWrong
        stands_in.used_at = now

    def recovery_codes_left(self, session: Session, account_id: str) -> int:
        found = select(self.code.id).where(self.code.account_id == account_id, self.code.used_at.is_(None))
        return len(session.scalars(found).all())

    def switch_off(self, session: Session, account: Any) -> None:
        """Do without on one's own wish; raise SecondFactorDemanded if the site insists."""
        if session.get(self.demanded, account.role) is not None:
            raise SecondFactorDemanded(account.role)
        self.reset(session, account)

    def reset(self, session: Session, account: Any) -> None:
        """Forget the second factor of somebody whose phone is lost; all their sessions end."""
        session.execute(delete(self.code).where(self.code.account_id == account.id))
        session.execute(delete(self.factor).where(self.factor.account_id == account.id))
        account.second_factor_since = None
        account.second_factor_due = session.get(self.demanded, account.role) is not None
        account.sessions_ended += 1

    def demanded_roles(self, session: Session) -> list[str]:
        return list(session.scalars(select(self.demanded.role)))

    def demand(self, session: Session, roles: Collection[str], *, now: datetime) -> None:
        """Demand a second factor of exactly `roles`; who has none is led to set one up with the next page."""
        wanted = {str(role) for role in self.demandable} & set(roles)
        for standing in session.scalars(select(self.demanded)).all():
            if standing.role not in wanted:
                session.delete(standing)
        for role in sorted(wanted - set(self.demanded_roles(session))):
            session.add(self.demanded(role=role, since=now))
        for account in session.scalars(select(self.account)).all():
            account.second_factor_due = account.role in wanted and account.second_factor_since is None


def _opened(factor: SecondFactorColumns, box: SecretBox) -> bytes | None:
    """Return the secret, None if the site's secret file is another than when it was sealed."""
    try:
        return bytes(box.decrypt(factor.sealed))
    except CryptoError:
        return None


def _hash(code: str) -> str:
    return hashlib.sha256("".join(filter(str.isalnum, code.lower())).encode()).hexdigest()

"""Six digits beside the password: set up, asked for, replaced by a recovery code, demanded by the house.

The secret lies in the database sealed with a key that is derived from the house's secret file:
a copy of the database alone opens nothing. It is shown until the first code has been typed and
never again.
Rule: a code counts once, a recovery code too; both are checked in the transaction that notes it.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from node.core.accounts import Role
from node.core.accounts.models import Account, RecoveryCode, SecondFactor, SecondFactorRole
from node.core.accounts.people import readable_secret
from shared.errors import Refusal
from shared.web.accounts import totp

DEMANDABLE = (Role.LEAD, Role.OFFICE)  # a tablet at the counter is shared: six digits there help nobody
RECOVERY_CODES = 10
_CODE_PARTS = 4  # 79 bits: a plain hash is enough
_SET_UP_MAX = timedelta(minutes=30)
_PURPOSE = b"second factor"


class SecondFactorStands(Refusal):
    """There is one already; it has to be switched off before another is set up."""


class SecondFactorDemanded(Refusal):
    def __init__(self, role: str) -> None:
        super().__init__(f"The house demands a second factor of {role!r}.")
        self.role = role


class CodeWrong(Refusal):
    """Wrong, too old, or used already."""


def sealing(secret_key: str | bytes) -> SecretBox:
    """Return the box for secrets; `secret_key` is what signs the house's cookies."""
    key = secret_key if isinstance(secret_key, bytes) else secret_key.encode()
    return SecretBox(hashlib.blake2b(key, digest_size=SecretBox.KEY_SIZE, person=_PURPOSE).digest())


def begin(session: Session, account: Account, box: SecretBox, *, now: datetime) -> None:
    """Make a new secret, to be confirmed by its first code; raise SecondFactorStands."""
    if account.second_factor_since is not None:
        raise SecondFactorStands
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    session.add(SecondFactor(account_id=account.id, sealed=box.encrypt(totp.new_secret()), begun_at=now, last_step=0))


def find_unconfirmed(session: Session, account_id: str, box: SecretBox, *, now: datetime) -> bytes | None:
    """Return the secret that is being set up, None if there is none or it was begun long ago."""
    factor = session.get(SecondFactor, account_id)
    if factor is None or factor.confirmed_at is not None or now - factor.begun_at > _SET_UP_MAX:
        return None
    return _opened(factor, box)


def confirm(session: Session, account: Account, code: str, box: SecretBox, *, now: datetime) -> list[str]:
    """Let the second factor count from now on; return the recovery codes. Raise CodeWrong."""
    secret = find_unconfirmed(session, account.id, box, now=now)
    step = totp.fitting_step(secret, code, now, after=0) if secret else None
    if step is None:
        raise CodeWrong
    factor = session.get_one(SecondFactor, account.id)
    factor.confirmed_at, factor.last_step = now, step
    account.second_factor_since, account.second_factor_due = now, False
    return new_recovery_codes(session, account)


def new_recovery_codes(session: Session, account: Account) -> list[str]:
    """Return new recovery codes; those of before are worthless."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [readable_secret(_CODE_PARTS) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash(code)) for code in codes)
    return codes


def use_code(session: Session, account_id: str, code: str, box: SecretBox, *, now: datetime) -> None:
    """Use up a code of the app or a recovery code; raise CodeWrong if it is wrong or was used before."""
    factor = session.get(SecondFactor, account_id)
    if factor is None or factor.confirmed_at is None:
        raise CodeWrong
    secret = _opened(factor, box)
    step = totp.fitting_step(secret, code, now, factor.last_step) if secret else None
    if step is not None:
        factor.last_step = step
        return
    unused = RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    stands_in = session.scalar(select(RecoveryCode).where(*unused, RecoveryCode.code_hash == _hash(code)))
    if stands_in is None:
        raise CodeWrong
    stands_in.used_at = now


def recovery_codes_left(session: Session, account_id: str) -> int:
    found = select(RecoveryCode.id).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return len(session.scalars(found).all())


def switch_off(session: Session, account: Account) -> None:
    """Do without on one's own wish; raise SecondFactorDemanded if the house insists."""
    if session.get(SecondFactorRole, account.role) is not None:
        raise SecondFactorDemanded(account.role)
    reset(session, account)


def reset(session: Session, account: Account) -> None:
    """Forget the second factor of somebody whose phone is lost; all their sessions end."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    account.second_factor_since = None
    account.second_factor_due = session.get(SecondFactorRole, account.role) is not None
    account.sessions_ended += 1


def demanded_roles(session: Session) -> list[str]:
    return list(session.scalars(select(SecondFactorRole.role)))


def demand(session: Session, roles: Collection[str], *, now: datetime) -> None:
    """Demand a second factor of exactly `roles`; who has none is led to set one up with the next page."""
    wanted = {str(role) for role in DEMANDABLE} & set(roles)
    for standing in session.scalars(select(SecondFactorRole)).all():
        if standing.role not in wanted:
            session.delete(standing)
    for role in sorted(wanted - set(demanded_roles(session))):
        session.add(SecondFactorRole(role=role, since=now))
    for account in session.scalars(select(Account)).all():
        account.second_factor_due = account.role in wanted and account.second_factor_since is None


def _opened(factor: SecondFactor, box: SecretBox) -> bytes | None:
    """Return the secret, None if the house's secret file is another than when it was sealed."""
    try:
        return bytes(box.decrypt(factor.sealed))
    except CryptoError:
        return None


def _hash(code: str) -> str:
    return hashlib.sha256("".join(filter(str.isalnum, code.lower())).encode()).hexdigest()

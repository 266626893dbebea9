"""The accounts of this side and their second factors; they never travel."""

from hub.core.db import Base
from shared.web.accounts.columns import (
    AccountColumns,
    EndedSessionColumns,
    RecoveryCodeColumns,
    SecondFactorColumns,
    SecondFactorRoleColumns,
)


class Account(AccountColumns, Base):
    pass


class SecondFactor(SecondFactorColumns, Base):
    pass


class RecoveryCode(RecoveryCodeColumns, Base):
    pass


class SecondFactorRole(SecondFactorRoleColumns, Base):
    pass


class EndedSession(EndedSessionColumns, Base):
    pass

"""The accounts of this side and their second factors; they never travel."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.service import AccountLocked, StartPasswordExpired

SECOND_STEP = "second_factor.ask"
_CHOOSE_PASSWORD, _SET_UP_SECOND_FACTOR = "accounts.own", "second_factor.show"


class Account(AccountColumns, Base):
    """An account is never deleted, only locked: the log names it. What it must do first is a flag of its own."""

    __tablename__ = "accounts"
    __about_people__ = True

    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    password_due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    password_until: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)  # a start password expires
    sessions_ended: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    second_factor_due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    second_factor_since: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    @property
    def standing(self) -> str:
        return f"{super().standing} {self.locked_at} {self.sessions_ended} {self.second_factor_since}"

    @property
    def duty(self) -> str:
        if self.password_due:
            return _CHOOSE_PASSWORD
        return _SET_UP_SECOND_FACTOR if self.second_factor_due else ""

    @property
    def second_step(self) -> str:
        return SECOND_STEP if self.second_factor_since else ""

    def refuse_sign_in(self, now: datetime) -> None:
        if self.locked_at is not None:
            raise AccountLocked(self.name)
        if self.password_until is not None and self.password_until <= now:
            raise StartPasswordExpired(self.name)

    def password_chosen(self) -> None:
        self.password_due, self.password_until = False, None


class SecondFactor(Base):
    """The secret behind somebody's six digits, sealed with the house's own secret; shown once, never again.

    `last_step` is the half minute of the last code that was used: a code counts once.
    """

    __tablename__ = "second_factors"
    __about_people__ = True

    account_id: Mapped[str] = mapped_column(RecordId, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    last_step: Mapped[int] = mapped_column(Integer, default=0, info={"quiet": True})


class RecoveryCode(Base):
    """Stands in once for the six digits if the phone is lost."""

    __tablename__ = "recovery_codes"
    __about_people__ = True

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(RecordId, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class SecondFactorRole(Base):
    """A role of which the house demands a second factor."""

    __tablename__ = "second_factor_roles"

    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)

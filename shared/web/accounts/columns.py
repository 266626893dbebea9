"""The columns of accounts and their second factors. They never travel: each side has its own."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, UTCDateTime
from shared.errors import Refusal
from shared.ids import new_id

NAME_LENGTH_MAX = 80
SECOND_STEP = "second_factor.ask"
_CHOOSE_PASSWORD, _SET_UP_SECOND_FACTOR = "accounts.own", "second_factor.show"


class AccountLocked(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"The account {name!r} is locked.")
        self.name = name


class StartPasswordExpired(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"The start password of {name!r} has expired.")
        self.name = name


class AccountColumns:
    """Someone who may sign in. `name` is compared without regard to case (`name_key`).

    An account is never deleted, only locked: the log names it. What it must do first is a flag of its own.
    """

    __tablename__ = "accounts"
    __about_people__ = True

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX * 2), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    password_due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    password_until: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)  # a start password expires
    sessions_ended: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    second_factor_due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    second_factor_since: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    @property
    def standing(self) -> str:
        """What sessions rest on: when it changes, every session of the account ends."""
        resting_on = (self.password_hash, self.role, self.locked_at, self.sessions_ended, self.second_factor_since)
        return " ".join(map(str, resting_on))

    @property
    def duty(self) -> str:
        """The endpoint of a page that this person has to deal with before any other; '' for none."""
        if self.password_due:
            return _CHOOSE_PASSWORD
        return _SET_UP_SECOND_FACTOR if self.second_factor_due else ""

    @property
    def second_step(self) -> str:
        """The endpoint that asks for more than the password; '' for none."""
        return SECOND_STEP if self.second_factor_since else ""

    def refuse_sign_in(self, now: datetime) -> None:
        """Raise AccountLocked or StartPasswordExpired; asked only of somebody whose password fits."""
        if self.locked_at is not None:
            raise AccountLocked(self.name)
        if self.password_until is not None and self.password_until <= now:
            raise StartPasswordExpired(self.name)

    def password_chosen(self) -> None:
        """Take note that the person has chosen a password."""
        self.password_due, self.password_until = False, None


class SecondFactorColumns:
    """The secret behind somebody's six digits, sealed with the site's own secret; shown once, never again.

    `last_step` is the half minute of the last code that was used: a code counts once.
    """

    __tablename__ = "second_factors"
    __about_people__ = True

    account_id: Mapped[str] = mapped_column(RecordId, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    last_step: Mapped[int] = mapped_column(Integer, default=0, info={"quiet": True})


class RecoveryCodeColumns:
    """Stands in once for the six digits if the phone is lost."""

    __tablename__ = "recovery_codes"
    __about_people__ = True

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(RecordId, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class SecondFactorRoleColumns:
    """A role of which a second factor is demanded."""

    __tablename__ = "second_factor_roles"

    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class EndedSessionColumns:
    """A session that somebody signed out of: whoever kept its cookie cannot go on with it. Forgotten when it is over.

    `id` is a hash of the session's own number; who it was is not kept.
    """

    __tablename__ = "ended_sessions"
    __audited__ = False

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    over_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

"""The columns of an account. Accounts never travel: each side has its own."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id

NAME_LENGTH_MAX = 80


class AccountColumns:
    """Someone who may sign in. `name` is compared without regard to case (`name_key`)."""

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX * 2), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    # What follows is the same for every account here; a side with more to say overrides it.

    @property
    def standing(self) -> str:
        """What sessions rest on: when it changes, every session of the account ends."""
        return f"{self.password_hash} {self.role}"

    @property
    def duty(self) -> str:
        """The endpoint of a page that this person has to deal with before any other; '' for none."""
        return ""

    @property
    def second_step(self) -> str:
        """The endpoint that asks for more than the password; '' for none."""
        return ""

    def refuse_sign_in(self, now: datetime) -> None:
        """Raise AccountLocked or StartPasswordExpired; asked only of somebody whose password fits."""

    def password_chosen(self) -> None:
        """Take note that the person has chosen a password."""

"""Who is asking, and on what their session rests.

A session holds an account's id and a mark of its `standing` (password, role, lock …). When
the standing changes, the mark no longer fits and every session of the account has ended.
Rule: a session is over after half a day, whatever is done in it, and at once when somebody signs out
of it; the cookie alone, kept or copied, brings nothing back.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import current_app, session
from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import delete

from shared.database import Database
from shared.time import from_wire, now, to_wire
from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.people import People
from shared.web.accounts.second_factor import SecondFactors

EXTENSION = "stadtherz.accounts"
HALF_WAY_MAX = timedelta(minutes=5)  # between the password and the second step
SESSION_MAX = timedelta(hours=12)  # OWASP ASVS 3.3.2; a longer `session_hours` of the settings is its wish
_HALF, _NUMBER, _BEGAN = "half_signed_in", "number", "began"


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is asking: a copy of the account, good for this request."""

    def __init__(self, account: AccountColumns, master_role: str, guests: Collection[str] = ()) -> None:
        self.id = account.id
        self.name = account.name
        self.role = account.role
        self.duty = account.duty
        self._master_role, self._guests = master_role, guests
        self._mark = _mark(account)

    def get_id(self) -> str:
        """What the session cookie holds; a change of the account's standing makes it worthless."""
        return f"{self.id}.{self._mark}"

    def may(self, *roles: str) -> bool:
        """Whether one of `roles` is this person's; who leads may do everything.

        No roles mean everyone who works here: a guest, who signs in without being of the staff, may not.
        """
        if not roles:
            return self.role not in self._guests
        return self.role == self._master_role or self.role in roles


@dataclass(frozen=True)
class Desk:
    """What the pages of one app need. `own_pages` are (lazy label, endpoint) beside one's own account.

    `rights` says in words what each role may do, `after_locking` what becomes of somebody who left.
    """

    people: People
    factors: SecondFactors
    ended: type[Any]
    database: Database
    roles: Mapping[Any, Any]
    guests: Collection[str] = ()
    own_pages: Sequence[tuple[Any, str]] = ()
    rights: Mapping[Any, Sequence[Any]] = field(default_factory=dict)
    after_locking: Any = ""

    @property
    def kind(self) -> type[Any]:
        return self.people.account

    @property
    def master_role(self) -> str:
        return str(self.people.master)

    def person(self, account: AccountColumns) -> SignedIn:
        return SignedIn(account, self.master_role, self.guests)


def desk() -> Desk:
    return cast("Desk", current_app.extensions[EXTENSION])


def load(cookie_id: str) -> SignedIn | None:
    """Return who a session belongs to, None if it has ended."""
    account_id, _dot, mark = cookie_id.partition(".")
    if _over_at() <= now():
        return None
    with desk().database.reading() as reading:
        account = reading.get(desk().kind, account_id)
        has_ended = reading.get(desk().ended, _hash_of_number()) is not None
    return desk().person(account) if account is not None and _mark(account) == mark and not has_ended else None


def admit(account: AccountColumns) -> None:
    """Begin a session of `account`; nothing of the time before is carried over."""
    session.clear()
    session.permanent = True
    session[_NUMBER], session[_BEGAN] = secrets.token_hex(16), to_wire(now())
    login_user(desk().person(account))


def leave() -> None:
    """End this session for good; what is long over anyway is forgotten. The cookie goes even if that cannot be kept."""
    ended = desk().ended(id=_hash_of_number(), over_at=_over_at()) if _NUMBER in session else None
    logout_user()
    session.clear()
    if ended is None:
        return
    with desk().database.transaction() as writing:
        writing.execute(delete(desk().ended).where(desk().ended.over_at <= now()))
        writing.merge(ended)


def _over_at() -> datetime:
    """Return when this session is over at the latest; long ago if it does not say when it began."""
    lasts: timedelta = max(SESSION_MAX, current_app.config["PERMANENT_SESSION_LIFETIME"])
    began = session.get(_BEGAN)
    return from_wire(began) + lasts if began else datetime.min.replace(tzinfo=UTC)


def _hash_of_number() -> str:
    return hashlib.sha256(session.get(_NUMBER, "").encode()).hexdigest()


def stay(account: AccountColumns) -> None:
    """Keep this session going though the account's standing has changed; all others end."""
    login_user(desk().person(account))


def admit_half(account: AccountColumns, at: datetime) -> None:
    """Remember for some minutes that the password was right and the second step is still to come."""
    session.clear()
    session[_HALF] = [account.id, _mark(account), to_wire(at + HALF_WAY_MAX)]


def half_signed_in(at: datetime) -> str | None:
    """Return the id of the account whose password was given a moment ago and which has not changed since."""
    account_id, mark, until = session.get(_HALF) or ("", "", "")
    if not account_id or from_wire(until) <= at:
        return None
    with desk().database.reading() as reading:
        account = reading.get(desk().kind, account_id)
    return account_id if account is not None and _mark(account) == mark else None


def _mark(account: AccountColumns) -> str:
    return hashlib.sha256(account.standing.encode()).hexdigest()[:16]

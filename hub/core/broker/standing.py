"""How the broker's rights stood when they were last compared with who belongs to the network.

It lives in the process that compares (the one with the site); after a start nothing is known until the first
round, some seconds later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask

CERTIFICATE_SOON = timedelta(days=30)
_EXTENSION = "stadtherz.broker"


@dataclass(frozen=True, slots=True)
class Standing:
    """`reason` says why the broker could not be asked, "" if it could.

    `missing` users are not let in yet, or with an old password or old rights; `surplus` ones still are although
    their centre was let go. `others` are users of whom the hub knows nothing. `compared_at` is the last time that the
    broker answered; `users` how many of ours it had then.
    """

    tried_at: datetime
    compared_at: datetime | None = None
    reason: str = ""
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    users: int = 0
    roles_compared_at: datetime | None = None
    certificate_ends_at: datetime | None = None

    @property
    def is_right(self) -> bool:
        return not (self.reason or self.missing or self.surplus)

    def certificate_ends_soon(self, now: datetime) -> bool:
        return self.certificate_ends_at is not None and self.certificate_ends_at - now < CERTIFICATE_SOON


def last(app: Flask) -> Standing | None:
    """Return what was found last in this process, None before the first time."""
    found: Standing | None = app.extensions.get(_EXTENSION)
    return found


def keep(app: Flask, standing: Standing) -> None:
    app.extensions[_EXTENSION] = standing

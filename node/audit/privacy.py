"""The log itself is kept for a time: it names those who work here by their accounts' ids."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from node.core import audit
from node.core.privacy import PersonalData
from shared.web.audit import KEPT_DAYS_MIN


def _expire(session: Session, before: datetime, _now: datetime) -> int:
    return audit.forget_before(session, before)


LOG = PersonalData(
    key="audit",
    label=_l("Log of changes and looks"),
    counts_from=_l("the entry"),
    kept=_l("Entries hold no names; they end as a whole."),
    retention_days=365,
    retention_days_min=KEPT_DAYS_MIN + 1,  # the database lets none go that is younger
    retention_days_max=1095,
    columns={},
    expire=_expire,
)

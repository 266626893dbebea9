"""What other features ask of privacy: for how long this house keeps something."""

from sqlalchemy.orm import Session

from node.core.privacy import PersonalData
from node.privacy.models import RetentionTime


def days_of(session: Session, data: PersonalData) -> int:
    """Return the days that count for a kind of personal data: the lead's choice, else the feature's own."""
    chosen = session.get(RetentionTime, data.key)
    days = chosen.days if chosen is not None else data.retention_days
    return min(max(days, data.retention_days_min), data.retention_days_max)

"""The opening norm: one record, changed here, held against every house.

Rule: there is at most one record. A city that never touched it uses the defaults of `Norm`, as
its houses do.
"""

from sqlalchemy.orm import Session

from hub.norm.models import OpeningNorm
from hub.norm.queries import find_record, norm
from shared.errors import Refusal
from shared.records.norms import Norm

__all__ = ["AimBelowMinimum", "ConsultationBeyondHours", "keep_norm", "norm"]


class AimBelowMinimum(Refusal):
    """The days hoped for are fewer than the days expected."""


class ConsultationBeyondHours(Refusal):
    """More consultation hours than hours: they count to both."""


def keep_norm(session: Session, wanted: Norm) -> OpeningNorm:
    """Change the norm for all houses. Raises AimBelowMinimum, ConsultationBeyondHours."""
    if wanted.days_aim < wanted.days_min:
        raise AimBelowMinimum
    if wanted.consultation_hours_min > wanted.hours_min:
        raise ConsultationBeyondHours
    record = find_record(session)
    if record is None:
        record = OpeningNorm(**wanted._asdict())
        session.add(record)
    for name, value in wanted._asdict().items():
        if getattr(record, name) != value:
            setattr(record, name, value)
    return record

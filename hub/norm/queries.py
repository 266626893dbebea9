"""What other rooms ask about the norm: what the city expects, and how each house stands to it.

Verdicts are held against what `hub.norm.weeks` wrote down, a thousand houses at once; why a week
falls short is told of the few houses on a page (`hub.norm.reasons`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.network import queries as network_queries
from hub.norm.models import HouseWeek, OpeningNorm, OrdinaryWeek
from hub.norm.weeks import week_from
from shared.records.norms import Norm, Verdict, judge


class Standing(StrEnum):
    """How a week stands to the norm; a house that has not told its hours has not failed."""

    AIM = "aim"
    MEETS = "meets"
    SHORT = "short"
    UNKNOWN = "unknown"

    @property
    def is_met(self) -> bool:
        return self in (Standing.AIM, Standing.MEETS)


@dataclass(frozen=True, slots=True)
class HouseStanding:
    """A house, its ordinary week, and the real week that was asked for; None is: nobody knows.

    `centre` is a row of `hub.centres.queries.listed`. `as_of`: when its records were last proven
    to be those of the house.
    """

    centre: Any
    ordinary: Verdict | None
    week: Verdict | None
    as_of: datetime | None


def find_record(session: Session) -> OpeningNorm | None:
    """Return the city's record of the norm, None until somebody changed it."""
    return session.scalar(select(OpeningNorm).order_by(OpeningNorm.id).limit(1))


def norm(session: Session) -> Norm:
    """Return what the city expects."""
    return Norm.of(find_record(session))


def standing(verdict: Verdict | None) -> Standing:
    """Return a verdict as one of four words."""
    if verdict is None:
        return Standing.UNKNOWN
    if not verdict.meets:
        return Standing.SHORT
    return Standing.AIM if verdict.reaches_aim else Standing.MEETS


def standings(session: Session, monday: date) -> list[HouseStanding]:
    """Return how every house of the network stands, in the ordinary week and in that from `monday` on, by name."""
    expected = norm(session)
    ordinary = {row.centre_id: row for row in session.execute(select(*_columns(OrdinaryWeek), OrdinaryWeek.has_hours))}
    weeks = session.execute(select(*_columns(HouseWeek)).where(HouseWeek.monday == monday))
    real = {row.centre_id: judge(expected, week_from(row)) for row in weeks}
    as_of = {one.centre_id: one.as_of for one in network_queries.expected_centres(session)}
    gone = network_queries.revoked(session)
    found = []
    for centre in centre_queries.listed(session):
        row = ordinary.get(centre.centre_id)
        if centre.centre_id in gone:
            continue
        known = row is not None and row.has_hours
        found.append(
            HouseStanding(
                centre,
                judge(expected, week_from(row)) if known else None,
                real.get(centre.centre_id) if known else None,
                as_of.get(centre.centre_id),
            )
        )
    return found


def strips(session: Session, centre_ids: Iterable[str]) -> Mapping[str, list[Verdict]]:
    """Return the kept weeks of these houses, the earliest first."""
    expected = norm(session)
    query = select(*_columns(HouseWeek)).where(HouseWeek.centre_id.in_(set(centre_ids))).order_by(HouseWeek.monday)
    found: dict[str, list[Verdict]] = {}
    for row in session.execute(query):
        found.setdefault(row.centre_id, []).append(judge(expected, week_from(row)))
    return found


def _columns(table: Any) -> list[Any]:
    names = ("centre_id", "monday", "days", "open_min", "consultation_min", "has_weekend")
    return [getattr(table, name) for name in names]

"""Which days are holidays here: by law, by the city's word, or by the house's own.

Rule: a closure of the house counts as one of its days; so a series that leaves out the house's
days does not meet in a closed house.
"""

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.centre import service as centres
from node.holidays.models import CityHoliday, HouseDay
from node.opening_hours import service as opening_hours
from shared.errors import Refusal
from shared.records.holidays import HOME_REGION, Holiday, HolidayKind, public_holidays, refuse_impossible_days

ALL_KINDS = frozenset(HolidayKind)


class HouseDayUnknown(Refusal):
    """There is no day of the house with this id."""


def holidays_between(
    session: Session, first: date, last: date, kinds: Collection[str] = ALL_KINDS, *, language: str = "de"
) -> list[Holiday]:
    """Return the holidays of `kinds` that touch [first, last], both included, by their first day.

    Names are in `language` where there is one; a closure of the house without a note has none.
    """
    found: list[Holiday] = []
    if HolidayKind.PUBLIC in kinds:
        found += public_holidays(first, last, region_of(session), language)
    found += _of_the_city(session, first, last, kinds, language)
    if HolidayKind.HOUSE in kinds:
        found += _of_the_house(session, first, last)
    return sorted(found, key=lambda holiday: (holiday.first_day, holiday.last_day, holiday.kind, holiday.name))


def region_of(session: Session) -> str:
    """Return the region whose public holidays this house keeps."""
    centre = centres.profile(session)
    return centre.region if centre else HOME_REGION


def list_house_days(session: Session) -> list[HouseDay]:
    """Return the house's own days, by their dates."""
    return list(session.scalars(select(HouseDay).order_by(HouseDay.first_day, HouseDay.name)))


def add_house_day(session: Session, name: str, first_day: date, last_day: date) -> HouseDay:
    """Note a day of the house. Raises HolidayBackwards, HolidayTooLong."""
    refuse_impossible_days(first_day, last_day)
    made = HouseDay(name=name, first_day=first_day, last_day=last_day)
    session.add(made)
    return made


def remove_house_day(session: Session, day_id: str) -> None:
    """Forget a day of the house; raise HouseDayUnknown."""
    found = session.get(HouseDay, day_id)
    if found is None:
        raise HouseDayUnknown
    session.delete(found)


def _of_the_city(session: Session, first: date, last: date, kinds: Collection[str], language: str) -> Iterator[Holiday]:
    wanted = [kind for kind in (HolidayKind.SCHOOL, HolidayKind.SPECIAL) if kind in kinds]
    if not wanted:
        return
    query = select(CityHoliday).where(
        CityHoliday.kind.in_(wanted), CityHoliday.first_day <= last, CityHoliday.last_day >= first
    )
    for row in session.scalars(query):
        name = (row.name_de if language == "de" else row.name_en) or row.name_de
        yield Holiday(name, row.first_day, row.last_day, HolidayKind(row.kind))


def _of_the_house(session: Session, first: date, last: date) -> Iterator[Holiday]:
    query = select(HouseDay).where(HouseDay.first_day <= last, HouseDay.last_day >= first)
    for day in session.scalars(query):
        yield Holiday(day.name, day.first_day, day.last_day, HolidayKind.HOUSE)
    yield from opening_hours.closures_between(session, first, last)

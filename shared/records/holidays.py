"""Holidays: public ones are computed, school holidays and special days are kept by the city.

Rule: both sides compute the public holidays of a region from the same package, so a house
that closes on them need not send them. What the city keeps travels down to every house.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import holidays as _calendars
from marshmallow import fields, validate
from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.errors import Refusal
from shared.records.base import TITLE_LENGTH_MAX, Collection, Day, RecordColumns, RecordSchema, Side, choice, text

REGIONS = tuple(
    f"DE-{land}"
    for land in ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
)
HOME_REGION = "DE-NW"
DAYS_MAX = 120  # the longest summer holidays have 47 days; more is a slip of the year
_LANGUAGES = {"de": "de", "en": "en_US"}


class HolidayKind(StrEnum):
    """Who says so: the law, the school ministry, the city, or the house itself."""

    PUBLIC = "public"
    SCHOOL = "school"
    SPECIAL = "special"
    HOUSE = "house"


class CityHolidayKind(StrEnum):
    """The kinds that the city keeps: what is not computed and not a house's own."""

    SCHOOL = "school"
    SPECIAL = "special"


class Holiday(NamedTuple):
    """One holiday or stretch of holidays, first and last day included."""

    name: str
    first_day: date
    last_day: date
    kind: HolidayKind

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


class HolidayColumns(RecordColumns):
    """School holidays and special days. Whether a house is open on them, the house says itself."""

    __collection__ = "holidays"

    kind: Mapped[str] = mapped_column(String(40))
    name_de: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    name_en: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)


class HolidaySchema(RecordSchema):
    kind = choice(CityHolidayKind)
    name_de = text(TITLE_LENGTH_MAX, required=True)
    name_en = text(TITLE_LENGTH_MAX)
    first_day = Day(required=True)
    last_day = Day(required=True)


HOLIDAYS = Collection(HolidayColumns, HolidaySchema, Side.HUB)


class HolidayBackwards(Refusal):
    """Holidays that end before they begin."""


class HolidayTooLong(Refusal):
    """Holidays of more than DAYS_MAX days: a slip of the year, most likely."""


def refuse_impossible_days(first_day: date, last_day: date) -> None:
    """Raise HolidayBackwards or HolidayTooLong."""
    if last_day < first_day:
        raise HolidayBackwards
    if (last_day - first_day).days >= DAYS_MAX:
        raise HolidayTooLong


def public_holiday(day: date, region: str = HOME_REGION, language: str = "de") -> str:
    """Return the name of the public holiday on `day`, '' if it is an ordinary day."""
    return _of_year(day.year, region, language).get(day, "")


def public_holidays(first: date, last: date, region: str = HOME_REGION, language: str = "de") -> Iterator[Holiday]:
    """Yield the public holidays of [first, last], both included, in their order."""
    for year in range(first.year, last.year + 1):
        for day, name in sorted(_of_year(year, region, language).items()):
            if first <= day <= last:
                yield Holiday(name, day, day, HolidayKind.PUBLIC)


@lru_cache(maxsize=64)  # a year takes milliseconds to compute, and each page asks for many days
def _of_year(year: int, region: str, language: str) -> dict[date, str]:
    """Return the public holidays of a year; a region that nobody knows has those of all Germany."""
    country, _dash, land = region.partition("-")
    known = region in REGIONS
    found = _calendars.country_holidays(
        country if known else "DE",
        subdiv=land if known else None,
        years=year,
        language=_LANGUAGES.get(language, "en_US"),
        expand=False,
    )
    return dict(found)


def days_of(holiday: Holiday) -> Iterator[date]:
    """Yield the days of a holiday."""
    for ahead in range((holiday.last_day - holiday.first_day).days + 1):
        yield holiday.first_day + timedelta(days=ahead)


def region_field() -> fields.String:
    """Return the wire field of a region."""
    return fields.String(required=True, validate=validate.OneOf(REGIONS))

"""The occupancy of the spaces as open data, by month and district. Hours of rooms, of nobody in particular."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.occupancy import queries
from hub.occupancy.adding import NOTHING, Amounts
from hub.open_data.columns import Column, Dataset, Frame, Row
from hub.open_data.visits import CITY, SETTLED_AFTER, UNKNOWN
from hub.reports import queries as report_queries
from hub.reports.periods import MONTHS_MAX, Period, month_of

_HOUR_S = 3600


def _period(frame: Frame) -> Period:
    """Return the months that are over for as long as those of the visits are."""
    last = month_of(frame.now - SETTLED_AFTER, frame.zone).plus(-1)
    return Period(last.plus(1 - MONTHS_MAX), last)


def _by_month(session: Session, frame: Frame) -> dict[tuple[str, str], Amounts]:
    """Return the sums by month and district, the city as a district of its own."""
    districts = {each.centre_id: each.district for each in report_queries.houses(session).values()}
    found: dict[tuple[str, str], Amounts] = {}
    for each in queries.sums(session, _period(frame), by=("centre_id", "month")):
        for place in (districts.get(each.centre_id) or UNKNOWN, CITY):
            found[each.month, place] = found.get((each.month, place), NOTHING).plus(each.amounts)
    return found


def _rows(session: Session, frame: Frame) -> Iterator[Row]:
    found = _by_month(session, frame)
    for month, place in sorted(found, key=lambda key: (-int(key[0].replace("-", "")), key[1] == CITY, key[1])):
        amounts = found[month, place]
        share = amounts.occupancy
        yield (
            month,
            place,
            round(amounts.open_s / _HOUR_S, 1),
            round(amounts.inside_s / _HOUR_S, 1),
            round(amounts.outside_s / _HOUR_S, 1),
            None if share is None else round(share, 4),
        )


def _covers(session: Session, frame: Frame) -> tuple[date, date] | None:
    months = [month for month, _place in _by_month(session, frame)]
    if not months:
        return None
    return date.fromisoformat(f"{min(months)}-01"), _period(frame).last.plus(1).first_day - timedelta(days=1)


OCCUPANCY = Dataset(
    key="auslastung",
    title=_l("Occupancy of the centres' spaces"),
    about=_l("How many hours the spaces of the centres were open and how many they were used, by month and district."),
    rhythm=_l("monthly, two weeks after the end of the month"),
    themes=("SOCI", "GOVE"),
    keywords=("Auslastung", "Räume", "Statistik", "Stadtteilzentrum", "Stadtbezirk"),
    frequency="MONTHLY",
    columns=(
        Column("monat", _l("Month (2026-10)")),
        Column("stadtbezirk", _l("District; alle is the whole city")),
        Column("offen_std", _l("Space hours in which the houses were open")),
        Column("genutzt_std", _l("Of these, space hours that were booked")),
        Column("ausserhalb_std", _l("Space hours booked outside opening hours, in self-management mostly")),
        Column("auslastung", _l("Booked share of the open hours, from 0 to 1; empty if nothing was open")),
    ),
    rows=_rows,
    covers=_covers,
)

"""The parts of the city report that are no sums of a period: the opening norm, gaps of the programme, occupancy."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import pgettext

from hub.coverage import queries as coverage_queries
from hub.coverage.sums import EVERYONE
from hub.exports.paper import Part, Table
from hub.norm import queries as norm_queries
from hub.norm.queries import Standing
from hub.occupancy import queries as occupancy_queries
from hub.occupancy.adding import NOTHING, Amounts
from hub.reports.amounts import NOT_COUNTED, SECONDS_PER_HOUR
from hub.reports.views import Desk
from hub.themes import queries as theme_queries
from shared.web import vocabulary
from shared.web.filters import local_date, local_datetime, number, percent
from shared.web.languages import language


def parts(desk: Desk) -> Iterator[Part]:
    """Yield what is known of the norm, of occupancy and of gaps."""
    yield _norm(desk)
    yield from (part for part in (_occupancy(desk), _gaps(desk)) if part)


def _norm(desk: Desk) -> Part:
    words = {
        Standing.AIM: _("reaches the aim"),
        Standing.MEETS: _("meets the norm"),
        Standing.SHORT: _("falls short"),
        Standing.UNKNOWN: _("has not told its hours"),
    }
    today = desk.city.now.astimezone(desk.city.zone).date()
    monday = today - timedelta(days=today.weekday() + 7)
    houses = norm_queries.standings(desk.session, monday)
    met = sum(norm_queries.standing(house.ordinary).is_met for house in houses)
    rows = [
        [
            house.centre.name,
            house.centre.district,
            words[norm_queries.standing(house.ordinary)],
            words[norm_queries.standing(house.week)],
            local_datetime(house.as_of) if house.as_of else _("never yet"),
        ]
        for house in houses
    ]
    columns = [
        _("Centre"),
        _("District"),
        _("Ordinary week"),
        _("Week of %(day)s", day=local_date(monday)),
        pgettext("head of a column", "As of"),
    ]
    lead = _("%(met)s of %(all)s centres meet the opening norm in their ordinary week.", met=met, all=len(houses))
    return Part(
        title=_("Opening norm"), lead=lead, table=Table(columns, rows, words=True) if rows else None, fresh=True
    )


def _occupancy(desk: Desk) -> Part | None:
    known = desk.city.known
    found: dict[str, Amounts] = {}
    for each in occupancy_queries.sums(desk.session, desk.scope.period, by=("centre_id",)):
        district = known[each.centre_id].district if each.centre_id in known else ""
        found[district] = found.get(district, NOTHING).plus(each.amounts)
    if not found:
        return None
    rows = [
        [
            name or _("District not yet known"),
            number(round(amounts.inside_s / SECONDS_PER_HOUR)),
            number(round(amounts.open_s / SECONDS_PER_HOUR)),
            number(round(amounts.outside_s / SECONDS_PER_HOUR)),
            NOT_COUNTED if amounts.occupancy is None else percent(amounts.occupancy),
        ]
        for name, amounts in sorted(found.items())
    ]
    columns = [
        _("District"),
        _("Used within opening hours (h)"),
        _("Open (h)"),
        _("Used outside opening hours (h)"),
        _("Occupancy"),
    ]
    counts = _("Space hours: the time of all spaces that was used, of the time in which their house was open.")
    return Part(title=_("Occupancy by district"), words=[counts], table=Table(columns, rows))


def _gaps(desk: Desk) -> Part | None:
    """Name the themes that a target group finds nowhere in the city in the coming weeks."""
    themes = theme_queries.labels(desk.session, language())
    offered = coverage_queries.cells(desk.session, coverage_queries.Wanted())
    served = {(theme, key) for (_place, theme, key), count in offered.items() if count.dates}
    groups = [(str(group), word) for group, word in vocabulary.TARGET_GROUPS.items() if group != EVERYONE]
    rows = []
    for theme, label in themes.items():
        lacking = [str(word) for group, word in groups if (theme, group) not in served]
        if lacking:
            rows.append([label, ", ".join(lacking)])
    if not rows:
        return None
    words = _("For these target groups no centre has announced a date of the theme in the coming weeks.")
    return Part(
        title=_("Gaps in the programme"),
        words=[words],
        table=Table([_("Theme"), _("Target groups without an offer")], rows, words=True),
    )

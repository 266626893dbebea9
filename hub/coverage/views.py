"""The pages of coverage: where there are houses, who finds what where, what nobody offers, and the events behind."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.city.queries import Part
from hub.core.db import reading
from hub.core.rights import Right, needs
from hub.coverage import gaps, layouts, queries, reach, sums
from hub.coverage.forms import PERIOD_NAMES, GapsForm
from hub.coverage.models import Aspect, Period
from hub.coverage.queries import Wanted
from hub.coverage.tables import table
from hub.network import queries as network_queries
from hub.norm import queries as norm_queries
from hub.norm.queries import Standing, standing
from hub.themes import queries as theme_queries
from shared.records.events import TARGET_GROUPS
from shared.time import now
from shared.web import pagination, vocabulary, zone
from shared.web.languages import language

pages = Blueprint(
    "coverage",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
    url_prefix="/abdeckung",
)
_NONE = "-"  # how addresses say: without a theme, without a language


@dataclass(frozen=True)
class Desk:
    """What the pages of the gaps work with."""

    session: Session
    form: GapsForm
    city: layouts.City
    active_themes: list[str]
    at: datetime

    @property
    def today(self) -> date:
        return self.at.astimezone(zone()).date()

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.form.period, district=self.form.chosen("bezirk"), quarter=self.form.chosen("stadtteil"))

    def frame(self) -> dict[str, Any]:
        """Return what the templates have in common."""
        first, last = sums.days_of(self.form.period, self.today)
        expected = network_queries.expected_centres(self.session)
        return {
            "form": self.form,
            "first": first,
            "last": last,
            "period_name": PERIOD_NAMES[self.form.period],
            "as_of_time": min((one.as_of for one in expected if one.as_of), default=None),
            "silent": [one for one in expected if one.as_of is None],
            "expected": len(expected),
            "groups": vocabulary.TARGET_GROUPS,
            "themes": self.city.themes,
        }


@pages.get("")
@needs(Right.READ_REPORTS)
def overview() -> str:
    """Show which districts and quarters have a house, and what would be next."""
    at = now()
    today = at.astimezone(zone()).date()
    with reading() as session:
        houses = queries.houses(session)
        found = reach.areas(city_queries.districts(session), queries.places(session), houses)
        points = {part.quarter: point for part, point in queries.positions(session).items() if part.quarter}
        verdicts = {
            one.centre.centre_id: standing(one.ordinary)
            for one in norm_queries.standings(session, sums.monday_of(today))
        }
        expected = network_queries.expected_centres(session)
        quarters = [place for area in found for place in area.quarters if place.name]
        return render_template(
            "coverage/overview.html",
            areas=found,
            districts=reach.progress(found),
            quarters=reach.progress(quarters),
            next_places=reach.next_places(found, points),
            verdicts=verdicts,
            norm_met=sum(one.is_met for one in verdicts.values()),
            norm_known=sum(one != Standing.UNKNOWN for one in verdicts.values()),
            houses=houses,
            kinds=vocabulary.CENTRE_KINDS,
            today=today,
            as_of_time=min((one.as_of for one in expected if one.as_of), default=None),
        )


@pages.get("/luecken")
@needs(Right.READ_REPORTS)
def offers() -> str:
    """Show the map of offers: theme, target group and place, two of them at a time."""
    name = request.args.get("ansicht", "themen")
    view = layouts.VIEWS.get(name, layouts.VIEWS["themen"])
    with reading() as session:
        desk = _desk(session)
        group = desk.form.chosen("zielgruppe") if "zielgruppe" in view.filters else ""
        theme = desk.form.chosen("thema") if "thema" in view.filters else ""
        shown = layouts.layout(view, desk.city, group)
        wanted = Wanted(
            desk.form.period,
            shown.aspect,
            desk.form.chosen("bezirk") if "bezirk" in view.filters else "",
            desk.form.chosen("stadtteil") if "stadtteil" in view.filters else "",
            theme or None,
            group or None,
        )
        cells = queries.cells(session, wanted)
        whole = cells if group else queries.cells(session, _each_once(wanted))
        used = [theme for _, theme, _ in whole]
        city = layouts.City(
            desk.city.districts,
            [part for part in desk.city.places if wanted.district in ("", part.district)],
            layouts.with_used(desk.city.themes, desk.active_themes, used),
            desk.city.with_house,
        )
        rows = table(layouts.layout(view, city, group), cells, whole)
        everything = queries.cells(session, Wanted(desk.form.period))
        unserved = gaps.unserved(everything, desk.active_themes, TARGET_GROUPS)
        return render_template(
            "coverage/offers.html",
            view=view,
            view_name=name if name in layouts.VIEWS else "themen",
            views=layouts.VIEWS,
            row_title=layouts.ROW_TITLES[view.rows],
            columns=layouts.layout(view, city, group).columns,
            rows=rows,
            nowhere=(
                [desk.city.themes[key] for key in unserved[0]],
                vocabulary.words(vocabulary.TARGET_GROUPS, unserved[1]),
            ),
            narrowing=_narrowing(desk.form, view.filters),
            **desk.frame(),
        )


@pages.get("/luecken/liste")
@needs(Right.READ_REPORTS)
def gap_list() -> str:
    """List what nobody offers, in words, with the nearest place that has it."""
    with reading() as session:
        desk = _desk(session)
        form = desk.form
        by_quarter = form.ebene.data == "stadtteile"
        cells = queries.cells(session, Wanted(form.period))
        places = [Part("", name) for name in desk.city.districts]
        if by_quarter:
            places = list(desk.city.places)
        places = [part for part in places if form.chosen("bezirk") in ("", part.district)]
        if by_quarter and form.chosen("stadtteil"):
            places = [part for part in places if part.quarter == form.chosen("stadtteil")]
        themes = [form.chosen("thema")] if form.chosen("thema") else desk.active_themes
        groups = [form.chosen("zielgruppe")] if form.chosen("zielgruppe") else TARGET_GROUPS
        positions = queries.positions(session, of_districts=not by_quarter)
        counted = cells if by_quarter else gaps.by_district(cells)
        found = list(gaps.gaps(counted, places, themes, groups, positions))
        listed = [gap for gap in found if gap.is_hard or form.auch_fuer_alle.data]
        page = pagination.of_list(listed, pagination.wanted(request.args.get(pagination.ARGUMENT)))
        return render_template(
            "coverage/gaps.html",
            page=page,
            nowhere=gaps.nowhere(cells, themes, groups),
            softened=sum(not gap.is_hard for gap in found),
            nearest=_nearest_houses(desk, page.items),
            housed=desk.city.with_house | {Part("", part.district) for part in desk.city.with_house},
            by_quarter=by_quarter,
            words_of_groups=lambda keys: vocabulary.words(vocabulary.TARGET_GROUPS, keys),
            **desk.frame(),
        )


@pages.get("/angebote")
@needs(Right.READ_REPORTS)
def behind() -> str:
    """List the events behind a cell of the map."""
    asked = request.args
    with reading() as session:
        desk = _desk(session)
        aspect, key = _aspect_asked(asked)
        theme = desk.form.chosen("thema") or ("" if asked.get("thema") == _NONE else None)
        wanted = Wanted(desk.form.period, aspect, desk.form.chosen("bezirk"), desk.form.chosen("stadtteil"), theme, key)
        number = pagination.wanted(asked.get(pagination.ARGUMENT))
        interval = sums.interval_of(desk.form.period, desk.today, zone())
        offset = (number - 1) * pagination.PER_PAGE
        total, rows = queries.events_behind(session, wanted, interval, offset, pagination.PER_PAGE)
        return render_template(
            "coverage/behind.html",
            page=pagination.Page(rows, number, total),
            houses=centre_queries.places(session, {row.centre_id for row in rows}),
            words=vocabulary,
            said=_said(desk, wanted),
            calendar_arguments=_calendar_arguments(asked, desk),
            **desk.frame(),
        )


def _desk(session: Session) -> Desk:
    themes = theme_queries.labels(session, language())
    districts = city_queries.districts(session)
    places = queries.places(session)
    with_house = frozenset(Part(house.quarter, house.district) for house in queries.houses(session))
    form = GapsForm.of_city(districts, places, themes)
    active = [theme.key for theme in theme_queries.themes(session) if theme.active]
    return Desk(session, form, layouts.City(districts, places, themes, with_house), active, now())


def _each_once(wanted: Wanted) -> Wanted:
    return Wanted(wanted.period, Aspect.ALL, wanted.district, wanted.quarter, wanted.theme)


def _narrowing(form: GapsForm, filters: tuple[str, ...]) -> dict[str, str]:
    """Return the filters in force as arguments, for the links of this page."""
    chosen = {name: form.chosen(name) for name in filters}
    return {name: value for name, value in chosen.items() if value}


def _aspect_asked(asked: Any) -> tuple[Aspect, str | None]:
    for argument, aspect in (
        ("zielgruppe", Aspect.GROUP),
        ("sprache", Aspect.LANGUAGE),
        ("barrierefrei", Aspect.ACCESS),
    ):
        said = asked.get(argument, "")[:40]
        if said:
            return aspect, "" if said == _NONE else said
    return Aspect.ALL, None


def _said(desk: Desk, wanted: Wanted) -> list[str]:
    """Return in words what the cell is of."""
    words = {
        Aspect.GROUP: vocabulary.TARGET_GROUPS,
        Aspect.LANGUAGE: vocabulary.LANGUAGES,
        Aspect.ACCESS: vocabulary.ACCESSIBILITY,
        Aspect.ALL: {},
    }[wanted.aspect]
    parts = (
        desk.city.themes.get(wanted.theme or "", wanted.theme),
        str(words.get(wanted.key or "", wanted.key or "")),
        wanted.quarter or wanted.district,
    )
    return [part for part in parts if part]


def _calendar_arguments(asked: Any, desk: Desk) -> dict[str, str]:
    """Return the same question as the calendar's address asks it; '' if the calendar cannot ask it."""
    if any(asked.get(name) == _NONE for name in ("thema", "sprache")):
        return {}
    first, last = sums.days_of(desk.form.period, desk.today)
    names = ("thema", "zielgruppe", "bezirk", "stadtteil", "sprache", "barrierefrei")
    return {
        "ab": first.isoformat(),
        "bis": last.isoformat(),
        **{name: asked[name] for name in names if asked.get(name)},
    }


def _nearest_houses(desk: Desk, listed: Any) -> dict[gaps.Gap, list[Any]]:
    """Return for each gap the houses of the nearest place that have what is missing; one query for a page."""
    wanted = Wanted(desk.form.period)
    known = {house.centre_id: house for house in queries.houses(desk.session)}
    having = queries.providers(desk.session, wanted, {(gap.theme, gap.group) for gap in listed})
    found: dict[gaps.Gap, list[Any]] = {}
    for gap in listed:
        offering = (known[one] for one in having.get((gap.theme, gap.group), ()) if one in known)
        found[gap] = [
            house
            for house in offering
            if house.district == gap.nearest.district and gap.nearest.quarter in ("", house.quarter)
        ]
        found[gap].sort(key=lambda house: house.name)
    return found


assert set(PERIOD_NAMES) == set(Period)

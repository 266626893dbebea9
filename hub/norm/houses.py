"""The norm of each house: who meets it and who does not, in which week, and why; and all weeks of one house."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SearchField, SelectField

from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.core.db import reading
from hub.core.folding import all_begin_in, words_of
from hub.core.rights import Right, needs
from hub.norm import queries
from hub.norm.queries import HouseStanding, Standing, standing
from hub.norm.reasons import told
from hub.norm.weeks import monday_of
from shared.records.norms import Verdict
from shared.time import now
from shared.web import norm_wording, pagination, zone
from shared.web.forms import FilterForm, at_most, options
from shared.web.languages import language

pages = Blueprint(
    "norm_houses",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/oeffnungsnorm/static",
    url_prefix="/oeffnungsnorm/haeuser",
)
PER_PAGE = 25  # the reasons of each are asked of its records
WEEKS_ON_PAGE = 12  # of one house, to either side of today
WEEKS = {"letzte": -1, "diese": 0, "naechste": 1}
WEEK_NAMES = {"letzte": _l("Last week"), "diese": _l("This week"), "naechste": _l("Next week")}
STANDINGS = {
    Standing.AIM: _l("reaches the aim"),
    Standing.MEETS: _l("meets the norm"),
    Standing.SHORT: _l("falls short"),
    Standing.UNKNOWN: _l("unknown"),
}
_SHOWN: Mapping[str, tuple[Any, Callable[[HouseStanding], bool]]] = {
    "gewoehnlich-zu-wenig": (_l("the ordinary week falls short"), lambda one: standing(one.ordinary) == Standing.SHORT),
    "gewoehnlich-erfuellt": (_l("the ordinary week meets the norm"), lambda one: standing(one.ordinary).is_met),
    "woche-zu-wenig": (_l("the chosen week falls short"), lambda one: standing(one.week) == Standing.SHORT),
    "unbekannt": (_l("unknown: no hours entered"), lambda one: one.ordinary is None),
}
_ORDER: Mapping[str, tuple[Any, Callable[[HouseStanding], Any]]] = {
    "name": (_l("Name"), lambda one: one.centre.name.casefold()),
    "bezirk": (_l("District"), lambda one: (one.centre.district,)),
    "stunden": (_l("Fewest hours first"), lambda one: (one.ordinary is None, _hours(one.ordinary))),
    "woche": (_l("Fewest hours in the week first"), lambda one: (one.week is None, _hours(one.week))),
}


class HousesForm(FilterForm):
    """Which houses to list, held against which week."""

    q = SearchField(_l("Search"), [at_most(200)])
    bezirk = SelectField(_l("District"), default="")
    woche = SelectField(_l("Week"), default="diese", choices=options(WEEK_NAMES.items()))
    zeigen = SelectField(
        _l("Houses"),
        default="",
        choices=options([("", _l("all")), *((key, word) for key, (word, _) in _SHOWN.items())]),
    )
    folge = SelectField(_l("Order"), default="name", choices=options((key, word) for key, (word, _) in _ORDER.items()))


@dataclass(frozen=True)
class DistrictSum:
    """How many houses of a district meet the norm in their ordinary week."""

    name: str
    houses: int
    meet: int
    short: int
    unknown: int


@pages.get("")
@needs(Right.READ_REPORTS)
def overview() -> str:
    """Hold every house against the norm."""
    at = now()
    today = at.astimezone(zone()).date()
    with reading() as session:
        districts = city_queries.districts(session)
        form = HousesForm()
        form.bezirk.choices = options([("", _l("all")), *((name, name) for name in districts)])
        form.validate()
        monday = _monday(form, today)
        everyone = queries.standings(session, monday)
        found = _found(form, everyone)
        page = pagination.of_list(found, pagination.wanted(request.args.get(pagination.ARGUMENT)), PER_PAGE)
        return render_template(
            "norm/houses.html",
            form=form,
            norm=queries.norm(session),
            monday=monday,
            week_name=WEEK_NAMES[form.woche.data if form.woche.data in WEEK_NAMES else "diese"],
            everyone=everyone,
            meeting=_meeting(everyone),
            districts=_by_district(districts, everyone),
            page=page,
            strips=queries.strips(session, [one.centre.centre_id for one in page.items]),
            reasons=_reasons(session, page.items, monday, today),
            standing=standing,
            standings=STANDINGS,
            wording=norm_wording,
            as_of_time=min((one.as_of for one in everyone if one.as_of), default=None),
            this_monday=monday_of(today),
        )


@pages.get("/<centre_id>")
@needs(Right.READ_REPORTS)
def house(centre_id: str) -> str:
    """Show how one house stands, week by week, as it sees it itself."""
    today = now().astimezone(zone()).date()
    with reading() as session:
        profile = centre_queries.find_profile(session, centre_id) or abort(404)
        this_week = monday_of(today)
        mondays = [this_week + timedelta(weeks=number) for number in range(-WEEKS_ON_PAGE, WEEKS_ON_PAGE)]
        found = told(session, centre_id, mondays, today, zone(), language=language())
        as_of = {one.centre.centre_id: one.as_of for one in queries.standings(session, this_week)}.get(centre_id)
        return render_template(
            "norm/house.html",
            centre=profile,
            norm=queries.norm(session),
            found=found,
            coming=found.weeks[WEEKS_ON_PAGE:],
            past=tuple(reversed(found.weeks[:WEEKS_ON_PAGE])),
            standing=standing,
            standings=STANDINGS,
            wording=norm_wording,
            as_of_time=as_of,
        )


def _monday(form: HousesForm, today: date) -> date:
    return monday_of(today) + timedelta(weeks=WEEKS.get(form.woche.data, 0))


def _found(form: HousesForm, everyone: Iterable[HouseStanding]) -> list[HouseStanding]:
    """Return the houses that the form asks for, in its order; a choice that nobody offers chooses nothing."""
    words = words_of(form.q.data or "")
    wanted = _SHOWN[form.zeigen.data][1] if form.zeigen.data in _SHOWN else lambda _one: True
    order = _ORDER[form.folge.data if form.folge.data in _ORDER else "name"][1]
    found = (
        one
        for one in everyone
        if wanted(one)
        and form.bezirk.data in ("", one.centre.district)
        and all_begin_in(words, f"{one.centre.name} {one.centre.district} {one.centre.quarter} {one.centre.operator}")
    )
    return sorted(found, key=order)  # those that are equal stay in the order of their names


def _hours(verdict: Verdict | None) -> int:
    return verdict.week.open_min if verdict else 0


def _meeting(everyone: Sequence[HouseStanding]) -> dict[str, int]:
    """Return how many houses meet the norm: in their ordinary week, in the chosen one, and of how many it is known."""
    return {
        "ordinary": sum(standing(one.ordinary).is_met for one in everyone),
        "week": sum(standing(one.week).is_met for one in everyone),
        "known": sum(one.ordinary is not None for one in everyone),
    }


def _by_district(districts: Iterable[str], everyone: Iterable[HouseStanding]) -> list[DistrictSum]:
    found: dict[str, list[Standing]] = {name: [] for name in districts}
    for one in everyone:
        found.setdefault(one.centre.district, []).append(standing(one.ordinary))
    return [
        DistrictSum(
            name,
            len(of),
            sum(each.is_met for each in of),
            of.count(Standing.SHORT),
            of.count(Standing.UNKNOWN),
        )
        for name, of in found.items()
    ]


def _reasons(session: Session, houses: Iterable[HouseStanding], monday: date, today: date) -> dict[str, list[str]]:
    """Return by house why the chosen week falls short; nothing where it lacks just what the ordinary one lacks."""
    return {
        one.centre.centre_id: norm_wording.told(
            told(session, one.centre.centre_id, [monday], today, zone(), language=language()).weeks[0]
        )
        for one in houses
        if one.week and one.ordinary and not one.week.meets and not norm_wording.is_ordinary(one.week, one.ordinary)
    }

"""The map of the city, with the same in a table beside it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SelectField

from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.city.drawing import Drawing, DrawnArea, DrawnHouse, draw, swatch
from hub.city.matching import Level
from hub.city.queries import Shape
from hub.city_map import layers
from hub.city_map.layers import LAYERS, Told
from hub.core.db import reading
from hub.core.rights import Right, may, needs
from hub.coverage import queries as coverage_queries
from hub.coverage import sums
from hub.coverage.forms import PERIOD_NAMES, PERIODS
from hub.coverage.models import Aspect, Period
from hub.coverage.queries import Wanted
from hub.network import queries as network_queries
from hub.norm import queries as norm_queries
from hub.norm.queries import standing
from hub.themes import queries as theme_queries
from shared.records.events import TARGET_GROUPS
from shared.time import now
from shared.web import vocabulary, zone
from shared.web.forms import FilterForm, options
from shared.web.languages import language

pages = Blueprint("city_map", __name__, template_folder="templates", url_prefix="/karte")
LEVELS = {"stadtteile": Level.QUARTER, "bezirke": Level.DISTRICT}
KEY = "karte"
ALL = ("", _l("all"))


class MapForm(FilterForm):
    """What the map shows; `thema`, `zielgruppe` and `zeitraum` matter to the layer of the offers."""

    ebene = SelectField(_l("What to show"), default="zentren")
    flaechen = SelectField(
        _l("Areas"),
        default="stadtteile",
        choices=options([("stadtteile", _l("Quarters")), ("bezirke", _l("Districts"))]),
    )
    zeitraum = SelectField(
        _l("Period"), default="kommend", choices=options((key, PERIOD_NAMES[period]) for key, period in PERIODS.items())
    )
    thema = SelectField(_l("Theme"), default="")
    zielgruppe = SelectField(
        _l("Target group"),
        default="",
        choices=options([ALL, *((key, vocabulary.TARGET_GROUPS[key]) for key in TARGET_GROUPS)]),
    )

    def chosen(self, name: str, otherwise: str = "") -> str:
        return otherwise if self[name].errors else self[name].data or otherwise


@pages.get("")
def show() -> Any:
    """Draw the map."""
    may_plan = may(Right.READ_REPORTS)
    offered = {key: layer for key, layer in LAYERS.items() if layer.is_public or may_plan}
    if request.args.get("ebene", "zentren") in LAYERS and request.args.get("ebene", "zentren") not in offered:
        return needs(Right.READ_REPORTS)(show)()  # asks to sign in, leads to a duty, or refuses
    with reading() as session:
        form = MapForm()
        form.ebene.choices = options((key, layer.name) for key, layer in offered.items())
        form.thema.choices = options([ALL, *theme_queries.labels(session, language()).items()])
        form.validate()
        chosen = form.chosen("ebene", "zentren")
        level, shapes = _shapes(session, form)
        houses = coverage_queries.houses(session)
        told = _teller(session, form, chosen, level, houses)
        rows = [(shape, told(shape), layers.in_area(level, shape, houses)) for shape in shapes]
        as_of = [one.as_of for one in network_queries.expected_centres(session) if one.as_of]
        return render_template(
            "city_map/show.html",
            form=form,
            chosen=chosen,
            layer=LAYERS[chosen],
            may_plan=may_plan,
            may_set=may(Right.SET_STANDARDS),
            level=level,
            levels=Level,
            rows=rows,
            picture=_picture(session, LAYERS[chosen], level, rows, houses) if rows else "",
            swatch=lambda pattern: swatch(KEY, pattern),
            sources=sorted({shape.source for shape in shapes if shape.source}),
            is_schematic=any(shape.is_schematic for shape in shapes),
            as_of_time=min(as_of, default=None),
            days=sums.days_of(PERIODS.get(form.chosen("zeitraum"), Period.COMING), now().astimezone(zone()).date()),
        )


def _shapes(session: Session, form: MapForm) -> tuple[Level, list[Shape]]:
    """Return the shapes that were asked for; the others where there are none of those."""
    level = LEVELS[form.chosen("flaechen", "stadtteile")]
    found = city_queries.shapes(session, level)
    if found:
        return level, found
    other = Level.DISTRICT if level == Level.QUARTER else Level.QUARTER
    return other, city_queries.shapes(session, other)


def _teller(
    session: Session, form: MapForm, chosen: str, level: Level, houses: Sequence[Any]
) -> Callable[[Shape], Told]:
    if chosen == "abdeckung":
        return layers.of_reach(level, houses)
    if chosen == "norm":
        today = now().astimezone(zone()).date()
        verdicts = norm_queries.standings(session, sums.monday_of(today))
        return layers.of_norm(level, houses, {one.centre.centre_id: standing(one.ordinary) for one in verdicts})
    if chosen == "angebote":
        theme, group = form.chosen("thema"), form.chosen("zielgruppe")
        period = PERIODS.get(form.chosen("zeitraum"), Period.COMING)
        wanted = Wanted(period, Aspect.GROUP if group else Aspect.ALL, theme=theme or None, key=group or None)
        asked = {"zeitraum": form.chosen("zeitraum", "kommend"), "thema": theme, "zielgruppe": group}
        return layers.of_offers(session, level, wanted, {key: value for key, value in asked.items() if value})
    return layers.of_centres(level, houses)


def _picture(session: Session, layer: Any, level: Level, rows: Sequence[Any], houses: Sequence[Any]) -> Any:
    areas = [
        DrawnArea(
            shape.name, shape.outline, shape.middle, told.href, f"{_of(shape)}: {told.words}", told.pattern, told.figure
        )
        for shape, told, _houses in rows
    ]
    borders = (
        [shape.outline for shape in city_queries.shapes(session, Level.DISTRICT)] if level == Level.QUARTER else []
    )
    text = _("Each area is a link. The table beside the map says the same.")
    drawing = Drawing(KEY, str(layer.name), f"{layer.about} {text}", areas, _points(session, houses), borders)
    return draw(drawing)


def _points(session: Session, houses: Sequence[Any]) -> list[DrawnHouse]:
    """Return where the houses stand: where they say, else in the middle of their quarter or district."""
    exact = {house.centre_id: (house.longitude, house.latitude) for house in centre_queries.located(session)}
    quarters = {part.quarter: point for part, point in city_queries.quarter_points(session).items()}
    districts = city_queries.district_points(session)
    found = []
    for house in houses:
        at = exact.get(house.centre_id) or quarters.get(house.quarter) or districts.get(house.district)
        if at:
            kind = str(vocabulary.CENTRE_KINDS.get(house.kind, house.kind))
            href = url_for("calendar.house", centre_id=house.centre_id)
            found.append(DrawnHouse(house.name, at, href, kind, house.centre_id not in exact))
    return found


def _of(shape: Shape) -> str:
    return shape.name if shape.name == shape.district else f"{shape.name} ({shape.district})"

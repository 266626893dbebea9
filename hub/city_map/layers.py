"""What a map says of each area: its centres, how far it has come, the norm, or who offers what.

Rule: what the picture shows stands in the table too, in the same words; an area's state is a
pattern and a word. Public is the layer of the centres alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.city.matching import Level
from hub.city.queries import Shape
from hub.coverage import queries as coverage_queries
from hub.coverage.queries import NOTHING, Count, Wanted
from hub.coverage.reach import Reach, reach_of
from hub.norm.queries import Standing


@dataclass(frozen=True)
class Told:
    """What is said of an area. `pattern` is one of `hub.city.drawing.PATTERNS`; `figure` stands in it."""

    words: str
    pattern: str
    href: str
    figure: str = ""


@dataclass(frozen=True)
class Layer:
    """A way to colour the map: its name, a sentence about it, and what its patterns mean."""

    name: Any
    about: Any
    legend: Mapping[str, Any]
    is_public: bool = False


LAYERS: Mapping[str, Layer] = {
    "zentren": Layer(
        _l("Centres"),
        _l("Where the centres of the city are."),
        {"full": _l("with a house"), "plain": _l("no house yet")},
        is_public=True,
    ),
    "abdeckung": Layer(
        _l("Coverage"),
        _l("Which districts and quarters have a centre yet, a smaller base, or nothing."),
        {"full": _l("has a centre"), "some": _l("has a smaller base"), "none": _l("nothing yet")},
    ),
    "norm": Layer(
        _l("Opening norm"),
        _l("How the houses of each area stand to the opening norm, in their ordinary week."),
        {
            "full": _l("all meet the norm"),
            "some": _l("some meet the norm"),
            "none": _l("none meets the norm"),
            "unknown": _l("unknown: no hours entered"),
            "plain": _l("no house yet"),
        },
    ),
    "angebote": Layer(
        _l("Offers"),
        _l("How many offers there are for the theme and the target group that you choose."),
        {"full": _l("has offers"), "some": _l("only for everyone"), "none": _l("nobody offers it")},
    ),
}


def of_centres(level: Level, houses: Iterable[Any]) -> Callable[[Shape], Told]:
    """Say how many houses an area has."""
    there = _sorted(level, houses)

    def told(shape: Shape) -> Told:
        number = len(there.get(shape.name, ()))
        words = ngettext("%(num)s house", "%(num)s houses", number) if number else _("no house yet")
        place: dict[str, Any] = {"bezirk": shape.district} if level == Level.DISTRICT else {"q": shape.name}
        return Told(words, "full" if number else "plain", url_for("centres.overview", **place))

    return told


def of_reach(level: Level, houses: Iterable[Any]) -> Callable[[Shape], Told]:
    """Say how far an area has come."""
    there = _sorted(level, houses)
    patterns = {Reach.CENTRE: "full", Reach.BASE: "some", Reach.NOTHING: "none"}

    def told(shape: Shape) -> Told:
        pattern = patterns[reach_of(there.get(shape.name, ()))]
        href = url_for("coverage.offers", **_place(level, shape))
        return Told(str(LAYERS["abdeckung"].legend[pattern]), pattern, href)

    return told


def of_norm(level: Level, houses: Iterable[Any], standings: Mapping[str, Standing]) -> Callable[[Shape], Told]:
    """Say how many houses of an area meet the norm."""
    there = _sorted(level, houses)

    def told(shape: Shape) -> Told:
        of = [standings.get(house.centre_id, Standing.UNKNOWN) for house in there.get(shape.name, ())]
        known, meet = [one for one in of if one != Standing.UNKNOWN], sum(one.is_met for one in of)
        pattern = "plain" if not of else "unknown" if not known else "some"
        if known and meet in (0, len(known)):
            pattern = "full" if meet else "none"
        words = str(LAYERS["norm"].legend[pattern])
        if known:
            words = _("%(words)s (%(number)s of %(total)s)", words=words, number=meet, total=len(known))
        href = url_for("norm_houses.overview", bezirk=shape.district)
        return Told(words, pattern, href, f"{meet}/{len(known)}" if known else "")

    return told


def of_offers(session: Session, level: Level, wanted: Wanted, asked: Mapping[str, Any]) -> Callable[[Shape], Told]:
    """Say how many offers an area has for the theme and group wanted; `asked` are the address's arguments."""
    found = _by_area(level, coverage_queries.cells(session, wanted))
    open_to_all = found
    if wanted.key:
        everyone = Wanted(wanted.period, wanted.aspect, theme=wanted.theme, key="everyone")
        open_to_all = _by_area(level, coverage_queries.cells(session, everyone))

    def told(shape: Shape) -> Told:
        count, general = found.get(shape.name, NOTHING), open_to_all.get(shape.name, NOTHING)
        place = _place(level, shape)
        if count.offers:
            words = ngettext("%(num)s offer", "%(num)s offers", count.offers)
            dates = ngettext("%(num)s date", "%(num)s dates", count.dates)
            href = url_for("coverage.behind", **asked, **place)
            return Told(f"{words}, {dates}", "full", href, str(count.offers))
        href = url_for("coverage.gap_list", **asked, **place, ebene="stadtteile")
        if general.offers:
            return Told(_("only for everyone"), "some", href)
        return Told(_("nobody offers it"), "none", href)

    return told


def _sorted(level: Level, houses: Iterable[Any]) -> dict[str, list[Any]]:
    there: dict[str, list[Any]] = {}
    for house in houses:
        there.setdefault(house.district if level == Level.DISTRICT else house.quarter, []).append(house)
    return there


def _by_area(level: Level, cells: coverage_queries.Cells) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for (place, _theme, _key), count in cells.items():
        name = place.district if level == Level.DISTRICT else place.quarter
        before = found.get(name, NOTHING)
        found[name] = Count(before.dates + count.dates, before.offers + count.offers)
    return found


def _place(level: Level, shape: Shape) -> dict[str, Any]:
    if level == Level.DISTRICT:
        return {"bezirk": shape.district}
    return {"bezirk": shape.district, "stadtteil": shape.name}


def in_area(level: Level, shape: Shape, houses: Sequence[Any]) -> list[Any]:
    """Return the houses that say they are in an area."""
    return _sorted(level, houses).get(shape.name, [])

"""The ways to look at the map of offers: which of theme, place and target group are rows and columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.city.queries import Part
from hub.coverage.models import Aspect
from hub.coverage.sums import NOT_SAID
from hub.coverage.tables import Head, Layout
from shared.records.events import ACCESSIBILITY, LANGUAGES, TARGET_GROUPS
from shared.web import vocabulary


@dataclass(frozen=True)
class View:
    """A way to look: its name, what stands in its rows and columns, and which filters narrow it."""

    name: Any
    rows: str  # themes, districts, quarters
    columns: str  # groups, themes, languages, access
    filters: tuple[str, ...]


VIEWS: Mapping[str, View] = {
    "themen": View(_l("Themes and target groups"), "themes", "groups", ("zeitraum", "bezirk", "stadtteil")),
    "bezirke": View(_l("Districts and target groups"), "districts", "groups", ("zeitraum", "thema")),
    "stadtteile": View(_l("Quarters and target groups"), "quarters", "groups", ("zeitraum", "bezirk", "thema")),
    "stadtteile-themen": View(_l("Quarters and themes"), "quarters", "themes", ("zeitraum", "bezirk", "zielgruppe")),
    "sprachen": View(_l("Themes and languages"), "themes", "languages", ("zeitraum", "bezirk", "stadtteil")),
    "barrierefreiheit": View(_l("Themes and accessibility"), "themes", "access", ("zeitraum", "bezirk", "stadtteil")),
}
ASPECTS = {"groups": Aspect.GROUP, "languages": Aspect.LANGUAGE, "access": Aspect.ACCESS, "themes": Aspect.ALL}
ROW_TITLES = {"themes": _l("Theme"), "districts": _l("District"), "quarters": _l("Quarter")}


@dataclass(frozen=True)
class City:
    """What rows and columns are made of: districts, places, themes by key, and the places that have a house."""

    districts: Sequence[str]
    places: Sequence[Part]
    themes: Mapping[str, str]
    with_house: frozenset[Part]


def layout(view: View, city: City, group: str) -> Layout:
    """Return rows and columns of a view; with a `group` themes are counted for that target group alone."""
    aspect = Aspect.GROUP if view.columns == "themes" and group else ASPECTS[view.columns]
    return Layout(
        rows=list(_rows(view.rows, city)),
        columns=list(_columns(view.columns, city, group)),
        row_of=_ROW_OF[view.rows],
        column_of=_theme if view.columns == "themes" else _key,
        aspect=aspect,
    )


def with_used(themes: Mapping[str, str], active: Iterable[str], used: Iterable[str]) -> dict[str, str]:
    """Return the themes that the city offers, and after them others that its events carry; '' is: without one."""
    keys = [*active, *sorted(set(used) - set(active))]
    return {key: themes.get(key) or key or str(_l("Without a theme")) for key in keys}


def _rows(kind: str, city: City) -> Iterable[Head]:
    if kind == "themes":
        return (Head(key, name, {"thema": key or "-"}) for key, name in city.themes.items())
    if kind == "districts":
        housed = {part.district for part in city.with_house}
        return (Head(name, name, {"bezirk": name}, _note(name in housed)) for name in city.districts)
    return (
        Head(
            part,
            part.quarter or str(_l("%(district)s, no quarter named", district=part.district)),
            {"bezirk": part.district, "stadtteil": part.quarter},
            _note(part in city.with_house),
        )
        for part in city.places
    )


def _note(has_house: bool) -> str:
    return "" if has_house else str(_l("no house yet"))


def _columns(kind: str, city: City, group: str) -> Iterable[Head]:
    if kind == "themes":
        narrowed = {"zielgruppe": group} if group else {}
        return (Head(key, name, {"thema": key or "-", **narrowed}) for key, name in city.themes.items())
    keys, words, argument = {
        "groups": (TARGET_GROUPS, vocabulary.TARGET_GROUPS, "zielgruppe"),
        "languages": ((*LANGUAGES, NOT_SAID), vocabulary.LANGUAGES, "sprache"),
        "access": (ACCESSIBILITY, vocabulary.ACCESSIBILITY, "barrierefrei"),
    }[kind]
    not_said = lazy_pgettext("language of an offer", "not said")
    return (Head(key, words.get(key, not_said), {argument: key or "-"}) for key in keys)


def _place(place: Part, _theme: str, _key: str) -> Part:
    return place


def _district(place: Part, _theme: str, _key: str) -> str:
    return place.district


def _theme(_place: Part, theme: str, _key: str) -> str:
    return theme


def _key(_place: Part, _theme: str, key: str) -> str:
    return key


_ROW_OF = {"themes": _theme, "districts": _district, "quarters": _place}

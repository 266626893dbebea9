"""Which district or quarter an area of a file is: by its name, misspelt or not. Pure."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from hub.city.geojson import BadFile, Feature, Trouble, names_in
from hub.core.folding import words_of

ALIKE = 0.72  # of difflib: Obermeidrich is Obermeiderich, Rheinhausen is not Rheinhausen-Mitte
_USUAL = ("name", "ortsteil", "stadtteil", "stadtbezirk", "bezirk", "gen", "bezeichnung")


class Level(StrEnum):
    """What an area is."""

    DISTRICT = "district"
    QUARTER = "quarter"


class Match(NamedTuple):
    """What an area of a file seems to be; `known` is '' where nothing is like it. `is_sure`: the names are the same."""

    name: str
    level: Level
    known: str
    is_sure: bool


def match_all(features: Sequence[Feature], districts: Collection[str], quarters: Collection[str]) -> list[Match]:
    """Return what each feature seems to be, in their order. Raises BadFile if none has a name.

    A property `level` of "district" or "quarter" says which of the two is meant; else a name
    that is both is taken for what most of the file is.
    """
    key = name_property(features, [*districts, *quarters])
    known = {Level.DISTRICT: _folded(districts), Level.QUARTER: _folded(quarters)}
    names = [feature.said.get(key, "") for feature in features]
    sure = {level: sum(_fold(name) in folded for name in names) for level, folded in known.items()}
    usual = max(known, key=lambda level: (sure[level], level == Level.QUARTER))
    return [
        _match(name, _levels(feature.said.get("level", ""), usual), known)
        for feature, name in zip(features, names, strict=True)
    ]


def name_property(features: Sequence[Feature], known: Iterable[str]) -> str:
    """Return the property that holds the names: most different known ones, else the most usual key. Raises BadFile."""
    folded = _folded(known)
    candidates = [key for key in names_in(features) if key not in ("level", "district")]
    if not candidates:
        raise BadFile(Trouble.NO_NAMES)

    def worth(key: str) -> tuple[int, int, int]:
        values = [feature.said.get(key, "") for feature in features]
        usual = next((len(_USUAL) - place for place, word in enumerate(_USUAL) if word in key.casefold()), 0)
        return len({_fold(value) for value in values} & folded.keys()), usual, len(set(values))

    return max(candidates, key=worth)


def _levels(said: str, usual: Level) -> list[Level]:
    if said in (Level.DISTRICT, Level.QUARTER):
        return [Level(said)]
    return [usual, *(level for level in Level if level != usual)]


def _match(name: str, levels: Sequence[Level], known: dict[Level, dict[str, str]]) -> Match:
    folded = _fold(name)
    for level in levels:
        if folded and folded in known[level]:
            return Match(name, level, known[level][folded], is_sure=True)
    for level in levels:
        near = get_close_matches(folded, known[level], n=1, cutoff=ALIKE) if folded else []
        if near:
            return Match(name, level, known[level][near[0]], is_sure=False)
    return Match(name, levels[0], "", is_sure=False)


def _folded(names: Iterable[str]) -> dict[str, str]:
    return {_fold(name): name for name in names}


def _fold(name: str) -> str:
    return "".join(words_of(name))

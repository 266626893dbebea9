"""The terms under which the city publishes: licence, who is named, and the threshold of small numbers.

Rule: a city that never touched them publishes under the Datenlizenz Deutschland with its name as
the source, and shows no count of visits below five.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

from flask import current_app
from sqlalchemy.orm import Session

from hub.config import HubConfig
from hub.open_data.models import OpenDataTerms
from hub.open_data.suppression import THRESHOLD_LEAST
from shared.errors import Refusal

THRESHOLD_USUAL = 5
THRESHOLD_MAX = 50  # beyond that hardly a count of a quarter would be left
_ONLY = 1  # the id of the one row


class Licence(NamedTuple):
    """`uri` is its entry in the vocabulary of DCAT-AP.de, `url` its text for people."""

    name: str
    uri: str
    url: str


LICENCES: Mapping[str, Licence] = {
    "dl-by-de/2.0": Licence(
        "Datenlizenz Deutschland – Namensnennung – Version 2.0",
        "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
        "https://www.govdata.de/dl-de/by-2-0",
    ),
    "dl-zero-de/2.0": Licence(
        "Datenlizenz Deutschland – Zero – Version 2.0",
        "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
        "https://www.govdata.de/dl-de/zero-2-0",
    ),
    "cc-by/4.0": Licence(
        "Creative Commons Namensnennung – 4.0 International (CC BY 4.0)",
        "http://dcat-ap.de/def/licenses/cc-by/4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "cc-zero": Licence(
        "Creative Commons CC Zero (CC0 1.0)",
        "http://dcat-ap.de/def/licenses/cc-zero",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
}


class ThresholdProtectsNobody(Refusal):
    """A threshold of 1 or 2: "fewer than 2" says that it is one."""


@dataclass(frozen=True)
class Terms:
    """`contributor` is the city's id as a supplier of GovData, `municipality_key` its key of eight digits (AGS)."""

    publisher: str
    threshold: int = THRESHOLD_USUAL
    licence: str = "dl-by-de/2.0"
    email: str = ""
    contributor: str = "http://dcat-ap.de/def/contributors/openNRW"
    municipality_key: str = ""

    @property
    def licensed(self) -> Licence:
        return LICENCES[self.licence]


def terms(session: Session) -> Terms:
    """Return what holds now."""
    kept = session.get(OpenDataTerms, _ONLY)
    if kept is None:
        return Terms(publisher=f"Stadt {city_name()}")
    return Terms(**{name: getattr(kept, name) for name in Terms.__dataclass_fields__})


def keep_terms(session: Session, wanted: Terms) -> None:
    """Publish under these terms from now on. Raises ThresholdProtectsNobody."""
    if 0 < wanted.threshold < THRESHOLD_LEAST:
        raise ThresholdProtectsNobody
    session.merge(OpenDataTerms(id=_ONLY, **asdict(wanted)))


def city_name() -> str:
    """Return the name of the city as people write it."""
    config: HubConfig = current_app.extensions["stadtherz.config"]
    return config.city_name or config.city

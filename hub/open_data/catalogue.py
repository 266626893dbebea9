"""The catalogue of the open data in RDF, as DCAT-AP.de 3.0 wants it, for portals to collect (GovData, Open.NRW).

Sources: the specification at https://www.dcat-ap.de/def/dcatde/3.0/spec/ and its handbook of conventions.
Mandatory there: title and description of catalogue and data sets, publisher, a contributorID of each
data set, accessURL and licence of each distribution. The rest is what it recommends.

rdflib is loaded when the first catalogue is asked for: it takes 20 MB, and portals come once a day.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from hub.open_data.columns import Dataset, Frame
from hub.open_data.publishing import State

LANGUAGES = {"de": "DEU", "en": "ENG"}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
NAMESPACES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FORMATS: Mapping[str, tuple[str, str]] = {  # ending -> rdflib's name, media type
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "rdf": ("pretty-xml", "application/rdf+xml; charset=utf-8"),
    "jsonld": ("json-ld", "application/ld+json; charset=utf-8"),
}


class Kind(NamedTuple):
    """A format of files: its entry in the EU's list of file types, and its media type."""

    file_type: str
    media_type: str


KINDS = {"csv": Kind("CSV", "text/csv"), "json": Kind("JSON", "application/json"), "ics": Kind("ICS", "text/calendar")}


class Described(NamedTuple):
    """A data set with what is known of it now; `covers` are its first and last day."""

    dataset: Dataset
    state: State
    covers: tuple[date, date] | None


def catalogue(described: Sequence[Described], about: Frame, ending: str) -> bytes:
    """Return the catalogue in one of FORMATS."""
    graph = _Graph(about)
    graph.add_catalogue(described)
    return graph.written(ending)


class _Graph:
    """Writes statements; properties are named as in the specification: `dct:title`."""

    def __init__(self, about: Frame) -> None:
        self._rdf: Any = import_module("rdflib")
        self._graph = self._rdf.Graph()
        self._about = about
        for prefix, address in NAMESPACES.items():
            self._graph.bind(prefix, address)

    def written(self, ending: str) -> bytes:
        text: str = self._graph.serialize(format=FORMATS[ending][0])
        return text.encode()

    def add_catalogue(self, described: Sequence[Described]) -> None:
        catalogue = self._uri(url_for("open_data.overview", _external=True))
        publisher = self._publisher()
        self._say(catalogue, "rdf:type", self._name("dcat:Catalog"))
        self._say_in_all(catalogue, "dct:title", self._title)
        self._say_in_all(catalogue, "dct:description", self._summary)
        self._say(catalogue, "dct:publisher", publisher)
        self._say(catalogue, "foaf:homepage", catalogue)
        self._say(catalogue, "dct:license", self._uri(self._about.terms.licensed.uri))
        self._say(catalogue, "dcat:themeTaxonomy", self._authority("data-theme"))
        self._say_languages(catalogue)
        if described:
            self._say(catalogue, "dct:modified", self._instant(max(each.state.changed_at for each in described)))
        for each in described:
            self._say(catalogue, "dcat:dataset", self._add_dataset(each, publisher))

    def _title(self) -> str:
        return str(_("Open data of the neighbourhood centres of %(city)s", city=self._about.city))

    @staticmethod
    def _summary() -> str:
        return str(_("Programme, houses, spaces and visits of the centres."))

    def _add_dataset(self, each: Described, publisher: Any) -> Any:
        dataset = each.dataset
        page = url_for("open_data.dataset", key=dataset.key, _external=True)
        node = self._uri(page)
        self._say(node, "rdf:type", self._name("dcat:Dataset"))
        self._say_in_all(node, "dct:title", lambda: str(dataset.title))
        self._say_in_all(node, "dct:description", lambda: str(dataset.about))
        self._say(node, "dct:identifier", self._rdf.Literal(page))
        self._say(node, "dct:publisher", publisher)
        self._say(node, "dcatde:maintainer", publisher)
        self._say(node, "dcat:contactPoint", self._contact())
        self._say(node, "dcatde:contributorID", self._uri(self._about.terms.contributor))
        self._say(node, "dcat:landingPage", node)
        self._say(node, "dct:accrualPeriodicity", self._authority(f"frequency/{dataset.frequency}"))
        self._say(node, "dct:accessRights", self._authority("access-right/PUBLIC"))
        self._say(node, "dct:modified", self._instant(each.state.changed_at))
        self._say(node, "dct:language", self._authority("language/DEU"))
        for theme in dataset.themes:
            self._say(node, "dcat:theme", self._authority(f"data-theme/{theme}"))
        for keyword in dataset.keywords:
            self._say(node, "dcat:keyword", self._rdf.Literal(keyword, lang="de"))
        self._say_where(node)
        self._say_when(node, each.covers)
        for ending, address in files_of(dataset):
            self._say(node, "dcat:distribution", self._add_distribution(each, ending, address))
        return node

    def _add_distribution(self, each: Described, ending: str, address: str) -> Any:
        node, kind = self._uri(address), KINDS[ending]
        self._say(node, "rdf:type", self._name("dcat:Distribution"))
        self._say_in_all(node, "dct:title", lambda: f"{each.dataset.title} ({kind.file_type})")
        self._say_in_all(node, "dct:description", lambda: str(each.dataset.about))
        self._say(node, "dcat:accessURL", node)
        self._say(node, "dcat:downloadURL", node)
        self._say(node, "dct:format", self._authority(f"file-type/{kind.file_type}"))
        self._say(node, "dcat:mediaType", self._uri(f"https://www.iana.org/assignments/media-types/{kind.media_type}"))
        self._say(node, "dct:license", self._uri(self._about.terms.licensed.uri))
        self._say(node, "dcatde:licenseAttributionByText", self._rdf.Literal(self._about.terms.publisher, lang="de"))
        self._say(node, "dcatap:availability", self._authority("planned-availability/AVAILABLE"))
        self._say(node, "dct:modified", self._instant(each.state.changed_at))
        self._say(node, "dct:language", self._authority("language/DEU"))
        return node

    def _publisher(self) -> Any:
        node = self._uri(f"{self._about.home}offene-daten#herausgeber")
        self._say(node, "rdf:type", self._name("foaf:Organization"))
        self._say(node, "rdf:type", self._name("foaf:Agent"))
        self._say(node, "foaf:name", self._rdf.Literal(self._about.terms.publisher, lang="de"))
        self._say(node, "foaf:homepage", self._uri(self._about.home))
        return node

    def _contact(self) -> Any:
        node = self._uri(f"{self._about.home}offene-daten#kontakt")
        self._say(node, "rdf:type", self._name("vcard:Organization"))
        self._say(node, "vcard:fn", self._rdf.Literal(self._about.terms.publisher))
        if self._about.terms.email:
            self._say(node, "vcard:hasEmail", self._uri(f"mailto:{self._about.terms.email}"))
        self._say(node, "vcard:hasURL", self._uri(url_for("open_data.overview", _external=True)))
        return node

    def _say_where(self, node: Any) -> None:
        places = "http://dcat-ap.de/def/politicalGeocoding/"
        self._say(node, "dcatde:politicalGeocodingLevelURI", self._uri(f"{places}Level/municipality"))
        self._say(node, "dcatde:geocodingDescription", self._rdf.Literal(self._about.city, lang="de"))
        if key := self._about.terms.municipality_key:
            here = self._uri(f"{places}municipalityKey/{key}")
            self._say(node, "dcatde:politicalGeocodingURI", here)
            self._say(node, "dct:spatial", here)
            self._say(here, "rdf:type", self._name("dct:Location"))

    def _say_when(self, node: Any, covers: tuple[date, date] | None) -> None:
        if covers is None:
            return
        period = self._uri(f"{node}#zeitraum")
        self._say(node, "dct:temporal", period)
        self._say(period, "rdf:type", self._name("dct:PeriodOfTime"))
        for name, day in zip(("dcat:startDate", "dcat:endDate"), covers, strict=True):
            self._say(period, name, self._rdf.Literal(day))

    def _say_languages(self, node: Any) -> None:
        for language in LANGUAGES.values():
            self._say(node, "dct:language", self._authority(f"language/{language}"))

    def _say_in_all(self, node: Any, name: str, words: Any) -> None:
        for language in LANGUAGES:
            with force_locale(language):
                self._say(node, name, self._rdf.Literal(words(), lang=language))

    def _say(self, node: Any, name: str, value: Any) -> None:
        self._graph.add((node, self._name(name), value))

    def _name(self, name: str) -> Any:
        prefix, _colon, rest = name.partition(":")
        return self._uri(NAMESPACES[prefix] + rest)

    def _uri(self, address: str) -> Any:
        return self._rdf.URIRef(address)

    def _authority(self, entry: str) -> Any:
        return self._uri(_AUTHORITY + entry)

    def _instant(self, instant: Any) -> Any:
        return self._rdf.Literal(instant.isoformat(), datatype=self._name("xsd:dateTime"))


def files_of(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield (ending, address) of everything that holds the data set."""
    for ending in ("csv", "json"):
        yield ending, url_for("open_data_files.file", key=dataset.key, ending=ending, _external=True)
    if dataset.feed:
        yield "ics", url_for(dataset.feed, _external=True)

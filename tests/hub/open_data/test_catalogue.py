"""The catalogue says what portals need, in every format that they read."""

from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient

from hub.open_data.catalogue import FORMATS, NAMESPACES
from hub.open_data.publishing import DATASETS
from hub.open_data.terms import Terms, keep_terms
from shared.database import Database
from tests.hub.reports.conftest import City

# rdflib's own reader of JSON-LD still uses a class that rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
AUTHORITY = "http://publications.europa.eu/resource/authority/"


@pytest.fixture
def terms(app: Any, database: Database) -> None:
    """A city that has said where it lies and whom to write to."""
    with app.app_context(), database.transaction() as session:
        keep_terms(session, Terms("Stadt Duisburg", email="daten@example.org", municipality_key="05112000"))


@pytest.fixture(params=sorted(FORMATS))
def graph(request: pytest.FixtureRequest, client: FlaskClient, database: Database, terms: None) -> rdflib.Graph:
    """The catalogue as a portal reads it, from each format."""
    City(database, at_once=True).centre("hamborn")
    City(database, at_once=True).visits("hamborn", "2025-10-06T08:00:00Z", 30)
    answer = client.get(f"/offene-daten/katalog.{request.param}")
    assert answer.status_code == 200
    read = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}[request.param]
    return rdflib.Graph().parse(data=answer.data, format=read)


def name(short: str) -> rdflib.URIRef:
    prefix, rest = short.split(":")
    return rdflib.URIRef(NAMESPACES[prefix] + rest)


def all_of(graph: rdflib.Graph, kind: str) -> list[Any]:
    return list(graph.subjects(name("rdf:type"), name(kind)))


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("dcat:Catalog", "dct:title dct:description dct:publisher dcat:dataset dct:license dct:modified foaf:homepage"),
        (
            "dcat:Dataset",
            (
                "dct:title dct:description dct:publisher dcatde:contributorID dcat:contactPoint dcat:theme "
                "dcat:keyword dcat:distribution dct:accrualPeriodicity dct:modified dct:spatial dct:identifier "
                "dcat:landingPage dcatde:politicalGeocodingLevelURI dcatde:politicalGeocodingURI "
                "dcatde:maintainer dct:accessRights"
            ),
        ),
        (
            "dcat:Distribution",
            (
                "dcat:accessURL dcat:downloadURL dct:license dct:format dcat:mediaType dct:title dct:description "
                "dct:modified dcatde:licenseAttributionByText dcatap:availability dct:language"
            ),
        ),
    ],
)
def test_nothing_that_dcat_ap_de_asks_for_is_missing(graph: rdflib.Graph, kind: str, properties: str) -> None:
    """Mandatory and recommended properties of catalogue, data sets and distributions."""
    found = all_of(graph, kind)
    assert found
    lacking = [
        (str(node), each) for node in found for each in properties.split() if graph.value(node, name(each)) is None
    ]
    assert lacking == []


def test_the_catalogue_lists_every_data_set(graph: rdflib.Graph) -> None:
    """With its files, the programme also as a calendar."""
    (catalogue,) = all_of(graph, "dcat:Catalog")
    assert len(list(graph.objects(catalogue, name("dcat:dataset")))) == len(DATASETS)
    assert len(all_of(graph, "dcat:Distribution")) == 2 * len(DATASETS) + 1


def test_words_say_their_language(graph: rdflib.Graph) -> None:
    """Titles and descriptions in German and English, and they differ."""
    for node in (*all_of(graph, "dcat:Catalog"), *all_of(graph, "dcat:Dataset")):
        for said in ("dct:title", "dct:description"):
            words = {word.language: str(word) for word in graph.objects(node, name(said))}
            assert words.keys() == {"de", "en"}
            assert words["de"] != words["en"]


def test_values_come_from_the_vocabularies(graph: rdflib.Graph) -> None:
    """Licence and contributor of DCAT-AP.de, the rest of the EU; places by the key of the municipality."""
    for node in all_of(graph, "dcat:Distribution"):
        assert str(graph.value(node, name("dct:license"))) == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
        assert str(graph.value(node, name("dct:format"))).startswith(f"{AUTHORITY}file-type/")
    for node in all_of(graph, "dcat:Dataset"):
        assert str(graph.value(node, name("dcatde:contributorID"))).startswith("http://dcat-ap.de/def/contributors/")
        assert str(graph.value(node, name("dct:accrualPeriodicity"))).startswith(f"{AUTHORITY}frequency/")
        themes = {str(theme) for theme in graph.objects(node, name("dcat:theme"))}
        assert themes
        assert all(theme.startswith(f"{AUTHORITY}data-theme/") for theme in themes)
        assert str(graph.value(node, name("dct:spatial"))).endswith("/municipalityKey/05112000")


def test_visits_say_which_months_they_cover(graph: rdflib.Graph) -> None:
    """From the first day of the first month that is published."""
    (visits,) = [node for node in all_of(graph, "dcat:Dataset") if str(node).endswith("/besuche")]
    period = graph.value(visits, name("dct:temporal"))
    assert str(graph.value(period, name("dcat:startDate"))) == "2025-10-01"


def test_every_file_that_is_named_is_there(graph: rdflib.Graph, client: FlaskClient) -> None:
    """No link of the catalogue leads nowhere."""
    for node in all_of(graph, "dcat:Distribution"):
        answer = client.get(str(graph.value(node, name("dcat:downloadURL"))))
        assert answer.status_code == 200
        assert answer.mimetype == str(graph.value(node, name("dcat:mediaType"))).partition("media-types/")[2]


@pytest.mark.parametrize(
    ("accept", "ends"),
    [
        ("text/turtle", "katalog.ttl"),
        ("application/rdf+xml", "katalog.rdf"),
        ("application/ld+json;q=0.9, text/html;q=0.1", "katalog.jsonld"),
        ("text/html", "/offene-daten"),
        ("*/*", "katalog.ttl"),
    ],
)
def test_whoever_asks_gets_the_format_it_accepts(accept: str, ends: str, client: FlaskClient) -> None:
    """One address for all; a browser is sent to the page."""
    answer = client.get("/offene-daten/katalog", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.location.endswith(ends)
    assert "Accept" in answer.vary


def test_an_unchanged_catalogue_is_not_sent_again(client: FlaskClient) -> None:
    """Portals come every night."""
    first = client.get("/offene-daten/katalog.ttl")
    again = client.get("/offene-daten/katalog.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304

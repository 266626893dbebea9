"""Nobody is led to another site, whatever an address asks for."""

from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.web.languages import own_path
from tests.guards import address, rules
from tests.security.conftest import PASSWORD, Place, token_of

ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "\t//evil.example", "https:evil.example", "javascript:alert(1)", "data:text/html,x",
    "http:/\\evil.example", "https://localhost@evil.example/", "/\r\nLocation: https://evil.example", "//[::1",
)  # fmt: skip
NAMES = ("weiter", "next", "zurueck", "url", "ziel", "return", "redirect", "buchung", "raum", "ort", "tag", "von")


def leads_away(answer: Any) -> bool:
    parts = urlsplit(answer.headers.get("Location", "").replace("\\", "/"))
    return parts.netloc not in ("", "localhost") or parts.scheme not in ("", "http") or "evil" in parts.netloc


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_only_paths_of_this_site_are_ways_back(wanted: str) -> None:
    """Everything else is the door."""
    assert own_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/haus?tag=2026-11-23", "/a/b#c", "/a//b"])
def test_a_path_of_this_site_is_kept(wanted: str) -> None:
    """With its question."""
    assert own_path(wanted) == wanted


def test_no_address_leads_away(place: Place) -> None:
    """Each one, asked with every name that a way back could have."""
    client, led = place.person(), 0
    asked = dict(zip(NAMES, cycle(ELSEWHERE[:4]), strict=False))
    for rule in rules(place.app):
        if "GET" in (rule.methods or ()):
            answer = client.get(address(place.app, rule), query_string=asked)
            led += "Location" in answer.headers
            assert not leads_away(answer), rule.endpoint
            answer.close()
    assert led


@pytest.mark.parametrize(
    "path", ["//evil.example/anmelden", "//evil.example/", "/%2f%2fevil.example", "/anmelden/", "/.//evil.example"]
)
def test_a_slash_too_many_leads_nowhere(place: Place, path: str) -> None:
    """A browser would take two of them for another site."""
    answer = place.visitor().get(path, environ_overrides={"PATH_INFO": path})
    assert not leads_away(answer)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_leads_to_this_site(place: Place, wanted: str) -> None:
    """And so do choosing a language."""
    place.add_person("Anna")
    client = place.visitor()
    form = {"name": "Anna", "password": PASSWORD, "csrf_token": token_of(client.get("/anmelden").text)}
    answer = client.post("/anmelden", data=form, query_string={"weiter": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/sprache/en", query_string={"weiter": wanted}).headers["Location"] == "/"

"""A site answers to its own names; whatever else a visitor writes into the Host header gets no page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config import HubConfig
from node.config import NodeConfig
from shared.config import load
from shared.errors import ConfigError
from shared.web import hosts
from tests.security.conftest import Place

OURS = hosts.names_of("https://stadtherz.example.org/hier", "hamborn.example.org, www.hamborn.example.org")
ABSOLUTE = {
    "node": ("/haus", "/haus/programm", "/haus/programm.ics"),
    "hub": ("/", "/api/1/events", "/sitemap.xml", "/robots.txt", "/einbetten/liste"),
}


@pytest.mark.parametrize(
    ("host", "names", "near", "is_ours"),
    [
        ("stadtherz.example.org", OURS, False, True),
        ("STADTHERZ.example.org.:443", OURS, False, True),
        ("www.hamborn.example.org", OURS, False, True),
        ("evil.example", OURS, False, False),
        ("stadtherz.example.org.evil.example", OURS, False, False),
        ("evil.example#stadtherz.example.org", OURS, False, False),
        ("stadtherz.example.org@evil.example", OURS, False, False),
        ("stadtherz.example.org/..", OURS, False, False),
        ("stadtherz.example.org:80:80", OURS, False, False),
        ("", OURS, True, False),
        ("127.0.0.1:8080", OURS, True, True),
        ("127.0.0.1:8080", OURS, False, False),
        ("192.168.1.20", OURS, False, False),
        ("192.168.1.20:8080", frozenset(), False, True),
        ("[fd00::1]:8080", frozenset(), False, True),
        ("localhost", frozenset(), False, True),
        ("zentrum", frozenset(), False, True),
        ("zentrum.local", frozenset(), False, True),
        ("zentrum.example.org", frozenset(), True, False),
        ("203.0.114.7", frozenset(), False, False),
        ("[2a00:1450::1]", frozenset(), False, False),
    ],
)
def test_a_name_is_ours_or_not(host: str, names: frozenset[str], near: bool, is_ours: bool) -> None:
    """Those of the settings; without any the local ones, which nobody on the internet can have."""
    assert hosts.is_ours(host, names, near=near) is is_ours


def test_another_name_gets_no_page(make_place: Callable[..., Place]) -> None:
    """Not of a page, a feed, a file or the API, so nothing with a foreign address comes into a cache or a mail."""
    place = make_place(site_url="https://stadtherz.example.org")
    for path in (*ABSOLUTE[place.app.name], "/web/css/page.css", "/nirgends", "/anmelden"):
        for method in ("GET", "POST"):
            answer = place.visitor().open(path, method=method, headers={"Host": "evil.example"})
            assert answer.status_code == 421, path
            assert "evil.example" not in answer.text
            assert "site_hosts" in answer.text


def test_absolute_addresses_carry_the_name_that_is_ours(make_place: Callable[..., Place]) -> None:
    """Whoever asks by the right name gets links to it, and the machine itself may look after it by its own."""
    place = make_place(site_url="https://stadtherz.example.org")
    for path in ABSOLUTE[place.app.name]:
        with place.visitor().get(path, base_url="https://stadtherz.example.org") as answer:
            assert answer.status_code in (200, 302, 404), path
    assert place.visitor().get("/healthz", headers={"Host": "127.0.0.1:8080"}).status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-HTTP-Host-Override"]
)
def test_no_other_header_names_the_site(make_place: Callable[..., Place], header: str) -> None:
    """Without a proxy that is trusted they count for nothing; with one, its name has to be ours as well."""
    said = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    with make_place().visitor().get("/anmelden", headers=said) as answer:
        assert answer.status_code == 200
        assert "evil.example" not in answer.text
    behind = make_place(trusted_proxies=1, site_url="https://stadtherz.example.org").visitor()
    answer = behind.get("/anmelden", headers={"Host": "stadtherz.example.org", **said})
    assert answer.status_code == (421 if header == "X-Forwarded-Host" else 200)


@pytest.mark.parametrize("kind", [NodeConfig, HubConfig])
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("site_url", "stadtherz.example.org"),
        ("site_url", "ftp://stadtherz.example.org"),
        ("site_url", "https://anna@stadtherz.example.org"),
        ("site_url", "https://"),
        ("site_hosts", "https://stadtherz.example.org"),
        ("site_hosts", "a.example.org,,b.example.org"),
    ],
)
def test_a_name_that_can_be_none_is_refused_at_the_start(kind: type, key: str, text: str, tmp_path: Path) -> None:
    """The setting is named, not a page missing later."""
    file = tmp_path / "settings.toml"
    first = 'city = "duisburg"\n' + ('centre_id = "hamborn"\n' if kind is NodeConfig else "")
    file.write_text(f'{first}data_folder = "{tmp_path}"\n{key} = "{text}"\n')
    with pytest.raises(ConfigError, match=key):
        load(kind, file, {}, "STADTHERZ_TEST")

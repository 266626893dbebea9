"""German unless the visitor chose another language."""

from pathlib import Path
from typing import Any

import pytest

from shared.web.languages import merged, own_path, read_catalogs


def test_pages_are_german_at_first(town: Any) -> None:
    """A visitor who chose nothing reads German, and the page says so to screen readers."""
    page = town.visitor().get("/notes").text
    assert '<html lang="de" dir="ltr">' in page
    assert "Zum Inhalt springen" in page


def test_the_switch_keeps_the_page(town: Any) -> None:
    """Choosing English leads back to the same page with its query, in English from then on."""
    client = town.visitor()
    link = client.get("/notes?a=1&b=ü").text.split("/sprache/en?weiter=", 1)[1].split('"', 1)[0]
    answer = client.get(f"/sprache/en?weiter={link}", follow_redirects=True)
    assert answer.request.full_path == "/notes?a=1&b=%C3%BC"
    assert '<html lang="en"' in answer.text
    assert "Skip to content" in client.get("/notes").text


def test_an_unknown_language_is_no_page(town: Any) -> None:
    """A language that the site does not speak is refused, and a cookie with one is ignored."""
    client = town.visitor()
    assert client.get("/sprache/xx").status_code == 404
    client.set_cookie("stadtherz_sprache", "xx")
    assert '<html lang="de"' in client.get("/notes").text


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "\\\\x",
        "",
        "/a\nb",
    ],
)
def test_nobody_is_sent_elsewhere(address: str) -> None:
    """An address that would leave the site becomes the start page."""
    assert own_path(address) == "/"


def test_own_addresses_are_kept() -> None:
    """A path of this site stays as it is, with its query."""
    assert own_path("/buchungen?tag=2026-11-23") == "/buchungen?tag=2026-11-23"


def test_the_first_catalog_that_has_a_text_wins(tmp_path: Path) -> None:
    """Catalogs are merged in their order, plurals and contexts included."""
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    plural = 'msgid "%(num)d cup"\nmsgid_plural "%(num)d cups"\nmsgstr[0] "eine Tasse"\nmsgstr[1] "%(num)d Tassen"\n'
    for name, body in (("a", 'msgid "Cup"\nmsgstr "Tasse"\n'), ("b", 'msgid "Cup"\nmsgstr "Becher"\n\n' + plural)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "de.po").write_text(head + body, encoding="utf-8")
    found = merged(read_catalogs([tmp_path / "a", tmp_path / "b", tmp_path / "none"], "de"))
    assert found.ugettext("Cup") == "Tasse"
    assert found.ungettext("%(num)d cup", "%(num)d cups", 1) == "eine Tasse"
    assert found.ungettext("%(num)d cup", "%(num)d cups", 3) == "%(num)d Tassen"

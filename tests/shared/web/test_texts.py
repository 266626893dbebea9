"""Every text of the sites has its German, and no catalog holds what nobody uses."""

from pathlib import Path

import pytest

from shared.web import texts

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def house(root: Path, code: str, catalog: str) -> texts.Found:
    """Make a source tree with one feature and return what was found in it."""
    feature = root / "node" / "kitchen"
    feature.mkdir(parents=True)
    (feature / "views.py").write_text(code, encoding="utf-8")
    (feature / "de.po").write_text(HEAD + catalog, encoding="utf-8")
    return texts.find_texts(root, ["node"])[0]


@pytest.mark.parametrize("found", texts.find_texts(), ids=lambda found: str(found.folder.relative_to(texts.ROOT)))
def test_every_text_has_its_german(found: texts.Found) -> None:
    """No text of a feature is left in English on a German page."""
    lacking = texts.missing(found, texts.catalog_of(texts.ROOT / "shared" / "web"))
    assert not lacking, f"run: python -m shared.web.texts missing {found.folder.relative_to(texts.ROOT)}"


@pytest.mark.parametrize("found", texts.find_texts(), ids=lambda found: str(found.folder.relative_to(texts.ROOT)))
def test_no_catalog_is_stale(found: texts.Found) -> None:
    """Each German text is filled in, sure, of a text in use, with the same placeholders."""
    assert texts.complaints(found) == []


@pytest.mark.parametrize("app", ["node", "hub"])
def test_a_text_has_one_german_on_a_site(app: str) -> None:
    """All catalogs of a site are one: a second German would appear on strange pages. Give it a context."""
    germans: dict[object, dict[str, str]] = {}
    for folder in (texts.ROOT / "shared" / "web", *sorted((texts.ROOT / app).iterdir())):
        for message in texts.catalog_of(folder):
            if message.id:
                germans.setdefault(texts._key(message), {})[str(message.string)] = folder.name
    assert {key: found for key, found in germans.items() if len(found) > 1} == {}


def test_a_text_without_german_is_found(tmp_path: Path) -> None:
    """The search names a text that no catalog has."""
    found = house(tmp_path, '_("Good morning")', "")
    assert texts.missing(found, texts.Catalog()) == [("Good morning", None)]


def test_texts_in_templates_are_found(tmp_path: Path) -> None:
    """A text of a template counts like one of the code, its white space trimmed."""
    found = house(tmp_path, "", "")
    folder = tmp_path / "node" / "kitchen" / "templates"
    folder.mkdir()
    (folder / "a.html").write_text("{% trans %}\n  Good\n  night\n{% endtrans %}", encoding="utf-8")
    found = texts.find_texts(tmp_path, ["node"])[0]
    assert texts.missing(found, texts.Catalog()) == [("Good night", None)]


def test_a_text_counts_with_its_context(tmp_path: Path) -> None:
    """German for one meaning of a word does not serve for the other."""
    found = house(tmp_path, 'pgettext("door", "Open")', 'msgid "Open"\nmsgstr "Öffnen"\n')
    assert texts.missing(found, texts.Catalog()) == [("Open", "door")]


@pytest.mark.parametrize(
    ("code", "catalog", "complaint"),
    [
        ("", 'msgid "Gone"\nmsgstr "Weg"\n', "used nowhere"),
        ('_("Soup")', '#, fuzzy\nmsgid "Soup"\nmsgstr "Suppe"\n', "fuzzy"),
        ('_("Soup")', 'msgid "Soup"\nmsgstr ""\n', "no German"),
        ('_("%(a)s soups")', 'msgid "%(a)s soups"\nmsgstr "%(b)s Suppen"\n', "%(b)s is not in the English"),
        ('_("%(a)s soups")', 'msgid "%(a)s soups"\nmsgstr "Suppen"\n', "%(a)s is missing"),
        ('_("%(a)s soups")', 'msgid "%(a)s soups"\nmsgstr "%(a)s Suppen, 5 %"\n', "percent"),
    ],
)
def test_a_faulty_catalog_is_told(tmp_path: Path, code: str, catalog: str, complaint: str) -> None:
    """Stale, unsure and empty texts and wrong placeholders are each complained about."""
    assert complaint in " ".join(texts.complaints(house(tmp_path, code, catalog)))

"""Which texts of the sites lack their German: found in code and templates, held against the `de.po` files.

`python -m shared.web.texts missing` prints them by folder, as a skeleton to fill in;
`python -m shared.web.texts check` says whether there are any, or stale ones.

Rule: a text belongs to the catalog of the folder it stands in: the first folder with a
`de.po` on the way up to the app, else the folder of the feature.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
APPS = ("shared/web", "node", "hub")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
TEMPLATES = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_PERCENT = re.compile(r"%(?!%|\(\w+\)[sd])")

Key = tuple[str | tuple[str, ...], str | None]


@dataclass
class Found:
    """The texts that one folder uses, and what its catalog has."""

    folder: Path
    used: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))


def find_texts(root: Path = ROOT, apps: Iterable[str] = APPS) -> list[Found]:
    """Return the texts of each folder that owns a catalog (or should), sorted by folder."""
    by_folder: dict[Path, Found] = {}
    for app in apps:
        for file in sorted((root / app).rglob("*")):
            if file.suffix in (".py", ".html", ".txt") and not _is_foreign(file):
                folder = owner_of(file, root / app)
                found = by_folder.setdefault(folder, Found(folder))
                for key, line in _texts_of(file):
                    found.used[key].append(f"{file.relative_to(root)}:{line}")
    return [by_folder[folder] for folder in sorted(by_folder)]


def owner_of(file: Path, app: Path) -> Path:
    """Return the folder whose `de.po` a file's texts stand in."""
    if app.name == "web":
        return app
    parts = file.relative_to(app).parts
    if len(parts) == 1:
        return app / "core"
    return app / parts[0]


def missing(found: Found, shared: Catalog) -> list[Key]:
    """Return the texts of a folder without German, neither in its own catalog nor in the shell's."""
    own = catalog_of(found.folder)
    return [key for key in found.used if not (_has(own, key) or _has(shared, key))]


def complaints(found: Found) -> list[str]:
    """Return what is wrong with a folder's catalog: stale, fuzzy, empty, wrong placeholders."""
    wrong = []
    for message in catalog_of(found.folder):
        if not message.id:
            continue
        name = f"{found.folder.name}/de.po: {message.id!r}"
        if _key(message) not in found.used:
            wrong.append(f"{name} is used nowhere in this folder")
        if message.fuzzy:
            wrong.append(f"{name} is marked as fuzzy")
        if not _is_filled(message):
            wrong.append(f"{name} has no German text")
        wrong.extend(f"{name}: {trouble}" for trouble in _placeholder_troubles(message))
    return wrong


def catalog_of(folder: Path) -> Catalog:
    file = folder / "de.po"
    if not file.exists():
        return Catalog(locale="de")
    with file.open("rb") as opened:
        return read_po(opened, locale="de")


def skeleton(found: Found, keys: Iterable[Key]) -> Catalog:
    """Return a catalog of `keys` to be filled in."""
    catalog = Catalog(locale="de")
    for text, context in sorted(keys, key=str):
        catalog.add(text, context=context, locations=[_place(where) for where in found.used[text, context][:3]])
    return catalog


def _texts_of(file: Path) -> Iterator[tuple[Key, int]]:
    method, options = ("python", {}) if file.suffix == ".py" else ("jinja2", TEMPLATES)
    with file.open("rb") as opened:
        for line, text, _comments, context in extract(method, opened, keywords=KEYWORDS, options=options):
            if text:
                yield (_singular(text), context), line


def _singular(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else text


def _key(message: Message) -> Key:
    return _singular(message.id), message.context


def _has(catalog: Catalog, key: Key) -> bool:
    text, context = key
    message = catalog.get(text if isinstance(text, str) else text[0], context)
    return message is not None and _is_filled(message) and not message.fuzzy


def _is_filled(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _placeholder_troubles(message: Message) -> Iterator[str]:
    wanted = _placeholders(*_forms(message.id))
    forms = _forms(message.string)
    for place, text in enumerate(forms):
        used = _placeholders(text)
        if strange := used - wanted:
            yield f"%({min(strange)})s is not in the English text"
        may_lack = {"num"} if len(forms) > 1 and place == 0 else set()  # "ein Termin" instead of "1 Termin"
        if lacking := wanted - used - may_lack:
            yield f"%({min(lacking)})s is missing in the German text"
        if wanted and _PERCENT.search(text):
            yield "a percent sign beside placeholders has to be doubled"


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """Return the singular and the plural forms of a text, or the text alone."""
    if isinstance(text, (tuple, list)):
        return list(text)
    return [text or ""]


def _placeholders(*texts: str) -> set[str]:
    return set(_PLACEHOLDER.findall(" ".join(texts)))


def _place(where: str) -> tuple[str, int]:
    file, _colon, line = where.rpartition(":")
    return file, int(line)


def _is_foreign(file: Path) -> bool:
    return bool({"node_modules", "vendor", "__pycache__"} & set(file.parts))


def main(arguments: list[str]) -> int:
    """Print what is missing (as skeletons) or wrong; return 1 if there is anything."""
    shell = catalog_of(ROOT / "shared" / "web")
    wanted = arguments[1] if len(arguments) > 1 else ""
    troubles = 0
    for found in find_texts():
        where = str(found.folder.relative_to(ROOT))
        if not where.startswith(wanted):
            continue
        lacking = missing(found, shell)
        wrong = complaints(found)
        troubles += len(lacking) + len(wrong)
        if lacking:
            sys.stdout.write(f"\n# {where}/de.po lacks {len(lacking)} texts\n")
            if arguments[:1] == ["missing"]:
                sys.stdout.flush()
                write_po(sys.stdout.buffer, skeleton(found, lacking), omit_header=True, width=110)
                sys.stdout.buffer.flush()
        for line in wrong:
            sys.stdout.write(f"# {line}\n")
    sys.stdout.write(f"\n# {troubles} to mend\n" if troubles else "All texts have their German.\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

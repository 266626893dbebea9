"""The languages of a site: German unless the visitor chose another.

Texts in code are English. Each feature keeps its German in its own `de.po`; all that
belong to an app are read once and merged in memory, so nothing has to be compiled.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, Response, abort, redirect, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES: Mapping[str, str] = {"de": "Deutsch", "en": "English"}
DEFAULT = "de"
COOKIE = "stadtherz_sprache"
COOKIE_SECONDS = 365 * 24 * 3600
_RIGHT_TO_LEFT = "rtl"
HERE = Path(__file__).parent

switch = Blueprint("languages", __name__)


class Texts(Domain):  # type: ignore[misc]
    """All texts of an app in memory, by language. English needs none: it is the code's."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__()
        self._by_language = {"de": texts_in("de", tuple(folders))}

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return self._by_language.get(locale.language if locale else DEFAULT, _ENGLISH)


_ENGLISH = NullTranslations()


def equip(app: Flask, folders: Sequence[Path]) -> None:
    """Let `app` speak the languages, with the `de.po` of the shell and of each folder."""
    babel = Babel(app, default_locale=DEFAULT, locale_selector=chosen)
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # as the extraction in `texts` does
    babel.domain_instance = Texts([HERE, *folders])
    app.register_blueprint(switch)
    app.jinja_env.globals.update(languages=LANGUAGES, language=language, direction=direction)


def chosen() -> str:
    """Return the language that this visitor chose, German if none."""
    wanted = request.cookies.get(COOKIE, DEFAULT) if request else DEFAULT
    return wanted if wanted in LANGUAGES else DEFAULT


def language() -> str:
    """Return the language of this page, for <html lang>."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def direction() -> str:
    """Return `rtl` or `ltr`, for <html dir>."""
    locale = get_locale()
    return locale.text_direction if locale else "ltr"


@switch.get("/sprache/<wanted>")
def choose(wanted: str) -> Response:
    """Remember the language and go back to the page one came from."""
    if wanted not in LANGUAGES:
        abort(404)
    response = redirect(own_path(request.args.get("weiter", "/")))
    response.set_cookie(COOKIE, wanted, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure)
    return response  # type: ignore[return-value]


def own_path(address: str) -> str:
    """Return `address` if it is a path of this site, else `/`: nobody is sent elsewhere."""
    try:
        parts = urlsplit(address.replace("\\", "/"))
    except ValueError:
        return "/"
    one_slash = address.startswith("/") and address[1:2] not in ("/", "\\")  # browsers take two for another site
    inside = not parts.scheme and not parts.netloc and not parts.path.startswith("//")
    return address if one_slash and inside and address.isprintable() else "/"


@cache
def texts_in(code: str, folders: tuple[Path, ...]) -> Translations:
    """Return all texts in one language. They do not change while a program runs: several apps share them."""
    return merged(read_catalogs(folders, code))


def read_catalogs(folders: Iterable[Path], code: str) -> list[Catalog]:
    """Return the catalogs `<code>.po` of those folders that have one."""
    files = [folder / f"{code}.po" for folder in folders]
    catalogs = []
    for file in files:
        if file.exists():
            with file.open("rb") as opened:
                catalogs.append(read_po(opened, locale=code))
    return catalogs


def merged(catalogs: Iterable[Catalog]) -> Translations:
    """Return one set of texts out of many; the first catalog that has a text wins."""
    whole = Catalog(locale=DEFAULT)
    for catalog in catalogs:
        for message in catalog:
            if message.id and message.string and whole.get(message.id, message.context) is None:
                whole.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)

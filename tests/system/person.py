"""A person with a browser that has no JavaScript: opens pages, fills forms, sends them.

Keeps cookies; sends each form with all the fields that the page gave it, as a browser does.
"""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar


@dataclass
class Page:
    """What came back: where it was in the end, its status, its text, its forms."""

    url: str
    status: int
    text: str

    @property
    def forms(self) -> list["Form"]:
        reader = _FormReader()
        reader.feed(self.text)
        return reader.forms

    def form(self, having: str) -> "Form":
        """Return the first form with a field of that name, or whose action ends with it."""
        for form in self.forms:
            if having in form.fields or form.action.endswith(having):
                return form
        raise AssertionError(f"{self.url} has no form with {having!r}: {[form.action for form in self.forms]}")


class Person:
    """Somebody at `address` (scheme, host and port)."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> Page:
        return self._send(urllib.request.Request(urllib.parse.urljoin(self.address, path)))

    def opens(self, path: str) -> bool:
        """Tell whether the page is there; while one site makes room for another a connection may break."""
        try:
            return self.open(path).status == 200
        except OSError:
            return False

    def send(self, page: Page, form: "Form", **typed: "str | list[str]") -> Page:
        """Send `form` as it stands on `page`, with `typed` in its fields. An unknown field is an error."""
        fields = dict(form.fields)
        for name, value in typed.items():
            assert name in fields, f"{page.url}: the form has no field {name!r}, only {sorted(fields)}"
            fields[name] = value if isinstance(value, list) else [value]
        body = urllib.parse.urlencode(fields, doseq=True)
        target = urllib.parse.urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self.open(f"{target.split('?')[0]}?{body}")
        return self._send(urllib.request.Request(target, body.encode(), method="POST"))

    def sign_in(self, name: str, password: str) -> Page:
        page = self.open("/anmelden")
        return self.send(page, page.form("password"), name=name, password=password)

    def _send(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept-Language", "de")
        if request.get_method() == "POST":
            request.add_header("Origin", self.address.rstrip("/"))
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Page(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.url, error.code, error.read().decode())


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]]


class _FormReader(HTMLParser):
    """Reads forms and the values that their fields have."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._chosen = False
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower(), {})
            self.forms.append(self._open)
        if self._open is None or not (name := given.get("name") or (self._select if tag == "option" else "")):
            return
        values = self._open.fields.setdefault(name, [])
        if tag == "select":
            self._select, self._chosen = name, "multiple" in given
        elif tag == "textarea":
            self._textarea = name
        elif tag == "option" and ("selected" in given or not self._chosen):
            values[:] = [given.get("value", "")]  # a browser sends the first option where none is selected
            self._chosen = True
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio", "submit") or "checked" in given):
            values.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea:
            self._open.fields[self._textarea].append(re.sub(r"^\r?\n", "", data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

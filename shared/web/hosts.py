"""By which names a site answers. The Host header is the visitor's to choose, a proxy's X-Forwarded-Host too.

Rule: absolute addresses (feeds, links in mails, QR codes, the sitemap) carry the name that was asked for. So a
name that is not this site's gets no page at all, before anything has read it.

With `site_url` or `site_hosts` in the settings these names are the site's; without, local ones are: of this
machine, of the house's own network. A name of the internet has to be told.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::[0-9]{1,5})?")
_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".home.arpa", ".lan")  # none of them is given out in public
_MISDIRECTED = 421  # RFC 9110, section 15.5.20
_ADVICE = (
    "This site is not known by the name that you asked for.\n"
    "Whoever looks after it: add the name to site_url or site_hosts in its settings.\n"
)


def equip(app: Flask, names: Collection[str]) -> None:
    """Let `app` answer under its own names only."""

    @app.before_request
    def refuse_other_names() -> Response | None:
        if is_ours(request.host, names, near=_is_near(request.remote_addr)):
            return None
        return Response(_ADVICE, _MISDIRECTED, mimetype="text/plain")


def names_of(site_url: str, site_hosts: str) -> frozenset[str]:
    """Return the names in the two settings, without ports."""
    told = [urlsplit(site_url).netloc, *site_hosts.split(",")]
    return frozenset(name for each in told if (name := _name_in(each.strip())))


def is_address_of_site(text: str) -> bool:
    """Tell whether `text` may be the setting `site_url`: '' or an address that begins with http:// or https://."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not text or (parts.scheme in ("http", "https") and bool(_name_in(parts.netloc)) and not parts.query)


def are_names(text: str) -> bool:
    """Tell whether `text` may be the setting `site_hosts`: names with commas between them, or ''."""
    return not text or all(_name_in(each.strip()) for each in text.split(","))


def is_ours(host: str, names: Collection[str], *, near: bool) -> bool:
    """Tell whether a Host header names this site. `near`: who asks sits at this machine, a health check, say."""
    name = _name_in(host)
    if not name:
        return False
    if names:
        return name in names or (near and name in _THIS_MACHINE)
    return _is_local(name)


def _name_in(host: str) -> str:
    """Return the name in a Host header, without its port and in small letters; '' if it is none."""
    found = _HOST.fullmatch(host.lower())
    return found[1] if found else ""


def _is_local(name: str) -> bool:
    try:
        return ip_address(name.strip("[]")).is_private
    except ValueError:
        return "." not in name or name.endswith(_LOCAL_ENDINGS)


def _is_near(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False

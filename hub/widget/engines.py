"""What search engines read: which pages they may look at, and which there are."""

from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from flask import Response, url_for
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters
from hub.centres import queries as centre_queries
from hub.core.db import reading
from hub.widget.views import pages
from shared.time import local_day, now, to_wire
from shared.web import zone

__all__ = ["pages"]  # the same blueprint as in `views`
EVENTS_MAX = 10_000  # a file may name 50,000 addresses; what is further ahead comes into it in time
PUBLIC = ("calendar.agenda", "calendar.month", "centres.overview", "api_page.show", "widget.arrange")
NOT_FOR_ROBOTS = ("/anmelden", "/sprache/", "/einbetten/liste", "/einbetten/termin/", "/kalender?", "/monat?", "/api/")
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pages.get("/robots.txt")
def robots() -> Response:
    """Let robots read each event once: lists in all their filters would never end."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {url_for('widget.sitemap', _external=True)}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """Name the pages of everything that is coming."""
    midnight = local_day(now().astimezone(zone()).date(), zone())[0]
    root = ET.Element("urlset", {"xmlns": _NAMESPACE})
    for endpoint in PUBLIC:
        _add(root, url_for(endpoint, _external=True))
    with reading() as session:
        for centre_id, _name in centre_queries.names(session):
            _add(root, url_for("calendar.house", centre_id=centre_id, _external=True))
        for row in _coming(session, midnight):
            address = url_for("calendar.event_page", centre_id=row.centre_id, event_id=row.id, _external=True)
            _add(root, address, row.updated_at)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, mimetype="application/xml", headers={"Cache-Control": "public, max-age=3600"})


def _coming(session: Session, since: datetime) -> Any:
    columns = ("id", "centre_id", "updated_at")
    return queries.listed(session, Filters(), since, limit=EVENTS_MAX, columns=columns)


def _add(root: ET.Element, address: str, changed_at: datetime | None = None) -> None:
    page = ET.SubElement(root, "url")
    ET.SubElement(page, "loc").text = address
    if changed_at:
        ET.SubElement(page, "lastmod").text = to_wire(changed_at)

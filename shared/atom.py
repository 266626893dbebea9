"""A programme as an Atom feed (RFC 4287): what is new or changed comes first. Pure: rows in, text out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from shared.time import to_wire

_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML_FORBIDS = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True)
class Entry:
    """An event as a reader of the feed sees it; `id` never changes."""

    id: str
    title: str
    text: str
    address: str
    updated_at: datetime
    category: str = ""


def feed(entries: Sequence[Entry], *, address: str, page: str, title: str, as_of: datetime) -> bytes:
    """Return the feed; `address` is its own, `page` that of the programme for people."""
    root = ET.Element("feed", {"xmlns": _NAMESPACE})
    _add(root, "id", page)
    _add(root, "title", title)
    _add(root, "updated", to_wire(max((entry.updated_at for entry in entries), default=as_of)))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _add(ET.SubElement(root, "author"), "name", title)
    for entry in entries:
        _add_entry(root, entry)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(root: ET.Element, entry: Entry) -> None:
    made = ET.SubElement(root, "entry")
    _add(made, "id", f"urn:uuid:{entry.id}")
    _add(made, "title", entry.title)
    _add(made, "updated", to_wire(entry.updated_at))
    _add(made, "summary", entry.text)
    ET.SubElement(made, "link", {"rel": "alternate", "type": "text/html", "href": entry.address})
    if entry.category:
        ET.SubElement(made, "category", {"term": entry.category})


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text.translate(_XML_FORBIDS)

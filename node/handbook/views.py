"""The pages of the handbooks.

Rule: a handbook is a document, not a form: it is written whole in each language, one template
each (`counter.de.html`), because sentences of a manual cannot be translated one by one.
"""

from typing import Any

from flask import Blueprint, abort, render_template

from node.core.accounts import staff_required
from shared.web.languages import language

BOOKS = {"empfang": "counter", "leitung": "lead"}
WRITTEN_IN = ("de", "en")

pages = Blueprint(
    "handbook", __name__, template_folder="templates", static_folder="static", static_url_path="/handbuch/dateien"
)


@pages.get("/handbuch")
@staff_required
def index() -> Any:
    """Show which handbooks there are."""
    return render_template("handbook/index.html")


@pages.get("/handbuch/<name>")
@staff_required
def book(name: str) -> Any:
    """Show a handbook in the reader's language, in German where it is not written in that."""
    if name not in BOOKS:
        abort(404)
    spoken = language() if language() in WRITTEN_IN else WRITTEN_IN[0]
    return render_template(f"handbook/{BOOKS[name]}.{spoken}.html", spoken=spoken)

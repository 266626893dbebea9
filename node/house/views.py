"""The page that lists what can be arranged, with a sentence about each."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from node.core.accounts import staff_required
from shared.web import navigation

pages = Blueprint("house", __name__)


@pages.get("/verwaltung")
@staff_required
def index() -> Any:
    """Show what this person may arrange."""
    return render_template("arrangements.html", title=_("The house"), arrangements=navigation.of_group("house"))

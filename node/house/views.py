"""The page that lists what can be arranged, with a sentence about each."""

from typing import Any

from flask import Blueprint, render_template

from node.core.accounts import staff_required
from shared.web import navigation

pages = Blueprint("house", __name__, template_folder="templates")


@pages.get("/verwaltung")
@staff_required
def index() -> Any:
    """Show what this person may arrange."""
    return render_template("house/index.html", arrangements=navigation.of_group("house"))

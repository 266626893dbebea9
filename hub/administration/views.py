"""The page that lists what can be arranged for the city, with a sentence about each."""

from flask import Blueprint, render_template
from flask_babel import gettext as _

from hub.core.accounts import staff_required
from shared.web import navigation

pages = Blueprint("administration", __name__)


@pages.get("/verwaltung")
@staff_required
def index() -> str:
    """Show what this person may arrange."""
    return render_template("arrangements.html", title=_("Administration"), arrangements=navigation.of_group("city"))

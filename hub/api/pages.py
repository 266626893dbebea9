"""The page that explains the city's data to people who write programs, in their language."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext as _l

from hub.calendar.filters import ARGUMENTS
from hub.calendar.forms import CalendarForm

pages = Blueprint("api_page", __name__, template_folder="templates")
CALLS: tuple[tuple[str, Any], ...] = (
    ("/api/1/events", _l("Events that start from a day on, page by page")),
    ("/api/1/events/{centre_id}/{event_id}", _l("One event, in all languages that the house has given")),
    ("/api/1/centres", _l("The houses: address, contact, accessibility")),
    ("/api/1/centres/{centre_id}/hours", _l("When a house is open in the coming seven days")),
    ("/api/1/centres/open-now", _l("Which houses one may walk into now")),
    ("/api/1/spaces", _l("The rooms of all houses")),
    ("/api/1/free-spaces", _l("Which rooms are free, or when")),
    ("/api/1/city/districts", _l("Districts and their quarters")),
    ("/api/1/city/themes", _l("The themes of the programme")),
)


@pages.get("/schnittstelle")
def show() -> str:
    """Show what there is, with examples that work."""
    examples = [
        url_for("api_events.events", _external=True, anzahl=3),
        url_for("api_events.events", _external=True, ab="2026-12-01", bis="2026-12-31", kostenlos="1"),
        url_for("api_centres.open_now", _external=True),
        url_for("api_spaces.spaces", _external=True, personen=30),
        url_for("api_free_spaces.free_spaces", _external=True, von="18:00", dauer=120, personen=20),
        url_for("api_city.districts", _external=True),
        url_for("api_city.themes", _external=True),
    ]
    form = CalendarForm()
    filters = [(argument, form[argument].label.text) for argument in ("ab", "bis", *ARGUMENTS.values())]
    return render_template("api/page.html", examples=examples, calls=CALLS, filters=filters)

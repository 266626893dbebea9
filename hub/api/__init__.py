"""The city's data for programs: `/api/1/…`, described by `/api/1/openapi.json` and by a page for people.

Rule: only reading, only what the public pages show, the same for everybody: no token, no cookie.
"""

from flask import Flask

from hub.api import centres, city, events, free_spaces, pages, spaces
from shared.web.calls import DESCRIPTION, PagesApi

SUBJECTS = (events, centres, spaces, free_spaces, city)


def register(app: Flask) -> None:
    """Add the calls of all subjects, their description, and the page about them."""
    app.config.update(
        API_TITLE="Stadtherz, hub",
        **DESCRIPTION,
        API_SPEC_OPTIONS={"info": {"description": "What is on in the city's neighbourhood centres. Reading is free."}},
    )
    described = PagesApi(app)
    for subject in SUBJECTS:
        described.register_blueprint(subject.api)
    app.register_blueprint(pages.pages)

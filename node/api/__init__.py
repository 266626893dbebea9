"""The HTTP API of a house: what the pages do, for programs. `/api/1/openapi.json` describes it."""

from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from node.api import bookings, equipment, house, keys, programme, registrations, rentals, series, spaces, visits
from node.api.privacy import ANSWERS
from node.core.privacy import declare
from shared.web.calls import DESCRIPTION, PagesApi

SUBJECTS = (house, spaces, equipment, bookings, series, rentals, keys, programme, registrations, visits)


def register(app: Flask) -> None:
    """Add the calls of all subjects and their description. A token cannot be forged by a foreign page: no CSRF."""
    app.config.update(
        API_TITLE="Stadtherz, node",
        **DESCRIPTION,
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    declare(app, ANSWERS)
    described = PagesApi(app)
    guard: CSRFProtect | Any = app.extensions["csrf"]
    for subject in SUBJECTS:
        described.register_blueprint(subject.api)
        guard.exempt(subject.api)

"""The city's figures on their way out: workbooks for spreadsheets, reports on paper, files to publish."""

from typing import Any

from flask import Flask

from hub.exports.views import files_of, pages


def register(app: Flask) -> None:
    """Add the files, the page of the city report, and `files_of_figure` for the pages of reports."""
    app.register_blueprint(pages)
    words: dict[str, Any] = app.jinja_env.globals
    words["files_of_figure"] = files_of

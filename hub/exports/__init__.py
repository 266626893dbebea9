"""The city's figures on their way out: workbooks for spreadsheets, reports on paper, files to publish.

The pages of reports include `exports/files.html` and `exports/city_link.html` where they are there.
"""

from flask import Flask

from hub.exports.grid import may_be_published
from hub.exports.views import pages


def register(app: Flask) -> None:
    """Add the files and the page of the city report."""
    app.register_blueprint(pages)
    app.jinja_env.globals["may_be_published"] = may_be_published

"""After a restored backup: what the city still knows of this house and the house has lost."""

from flask import Flask

from node.recovery import views


def register(app: Flask) -> None:
    """Add the page of recoveries to `app`; Heute leads there when there is something to decide."""
    app.register_blueprint(views.pages)

"""The two addresses that every site has: the door (`/`) and the pulse (`/healthz`)."""

from flask import Flask, Response, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from shared.database import Database
from shared.web import navigation


def equip(app: Flask, database: Database) -> None:
    """Add both addresses to `app`."""

    def health() -> Response:
        """Answer 200 while the database can be read."""
        with database.reading() as session:
            session.execute(select(1))
        return Response("ok\n", mimetype="text/plain")

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthz", "healthz", health)


def home() -> Answer:
    """Go where this person begins: the first page of the navigation, or the sign-in."""
    begin = navigation.first()
    return redirect(url_for(begin.endpoint if begin else "accounts.sign_in_page"))

"""The address that every site has: the door (`/`)."""

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response as Answer

from shared.web import navigation


def equip(app: Flask) -> None:
    """Add the door to `app`."""
    app.add_url_rule("/", "home", home)


def home() -> Answer:
    """Go where this person begins: the first page of the navigation, or the sign-in."""
    begin = navigation.first()
    return redirect(url_for(begin.endpoint if begin else "accounts.sign_in_page"))

"""The address that every site has: the door (`/`)."""

from flask import Flask, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from shared.web import navigation


def equip(app: Flask) -> None:
    """Add the door to `app`."""
    app.add_url_rule("/", "home", home)


def home() -> Answer:
    """Go where this person begins: a duty, the first page of the navigation, or the sign-in."""
    if current_user.is_authenticated and current_user.duty:
        return redirect(url_for(current_user.duty))
    begin = navigation.first()
    return redirect(url_for(begin.endpoint if begin else "accounts.sign_in_page"))

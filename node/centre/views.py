"""The page of the house's profile, and its form."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from node.centre import service
from node.centre.forms import ProfileForm
from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from shared.web.vocabulary import ACCESSIBILITY, CENTRE_KINDS, LANGUAGES, words

pages = Blueprint("centre", __name__, template_folder="templates", url_prefix="/zentrum")


@pages.get("")
@staff_required
def show() -> Any:
    """The profile as the city and the public see it."""
    with reading() as session:
        house = service.profile(session)
        return render_template(
            "centre/show.html",
            house=house,
            kind=CENTRE_KINDS.get(house.kind, house.kind) if house else "",
            languages=", ".join(words(LANGUAGES, house.languages)) if house else "",
            accessibility=", ".join(words(ACCESSIBILITY, house.accessibility)) if house else "",
        )


@pages.get("/bearbeiten")
@needs(Right.ARRANGE_HOUSE)
def edit() -> Any:
    """The form of the profile."""
    with reading() as session:
        return render_template("centre/form.html", form=ProfileForm(obj=service.profile(session)))


@pages.post("/bearbeiten")
@needs(Right.ARRANGE_HOUSE)
def change() -> Any:
    """Keep the profile."""
    form = ProfileForm()
    if not form.validate():
        return render_template("centre/form.html", form=form), 422
    with transaction() as session:
        service.keep_profile(session, form.entry())
    flash(_("The profile is saved."), "success")
    return redirect(url_for("centre.show"))

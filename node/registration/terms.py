"""The page on which the house decides how its waiting lines go."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.registration import service
from node.registration.forms import TermsForm

pages = Blueprint("registration_terms", __name__, url_prefix="/anmeldungen")


@pages.get("/regeln")
@needs(Right.ARRANGE_HOUSE)
def edit() -> str:
    """Show what holds."""
    with reading() as session:
        form = TermsForm(formdata=None, obj=service.terms_of_house(session))
    return render_template("registration/terms.html", form=form)


@pages.post("/regeln")
@needs(Right.ARRANGE_HOUSE)
def keep() -> Any:
    """Keep what the house has decided; offers that stand keep their deadline."""
    form = TermsForm()
    if not form.validate():
        return render_template("registration/terms.html", form=form), 422
    with transaction() as session:
        terms = session.merge(service.terms_of_house(session))
        form.populate_obj(terms)
    flash(_("Changed. Offers that people already have keep their deadline."), "success")
    return redirect(url_for("registration_terms.edit"))

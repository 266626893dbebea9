"""The page on which planners arrange how the city publishes: licence, source, threshold of small numbers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from hub.open_data.suppression import THRESHOLD_LEAST
from hub.open_data.terms import LICENCES, THRESHOLD_MAX, Terms, ThresholdProtectsNobody, keep_terms, terms
from shared.web.forms import Form, at_most, needed, options

pages = Blueprint("open_data_terms", __name__, url_prefix="/offene-daten")
_THRESHOLD = _l("Please enter 0 or a whole number from %(min)s to %(max)s.", min=THRESHOLD_LEAST, max=THRESHOLD_MAX)


class TermsForm(Form):
    """`unprotected` has to be ticked by whoever switches the protection off."""

    threshold = IntegerField(
        _l("Show visits from this number on"), [InputRequired(_THRESHOLD), NumberRange(0, THRESHOLD_MAX, _THRESHOLD)]
    )
    unprotected = BooleanField(_l("Publish every number, however small"))
    licence = SelectField(_l("Licence"), choices=options((key, each.name) for key, each in LICENCES.items()))
    publisher = StringField(_l("Publisher, as sources name it"), [needed(), at_most(200)])
    email = EmailField(
        _l("E-mail address for questions about the data"),
        [
            Optional(),
            at_most(200),
            # The catalogue writes it as a link; an address that cannot be one would break all of it.
            Regexp(
                r"[\w.+-]+@[\w.-]+\Z",
                message=_l("Please enter an e-mail address such as daten@example.org, or nothing."),
            ),
        ],
    )
    contributor = StringField(
        _l("Supplier at GovData"),
        [
            needed(),
            at_most(200),
            Regexp(
                r"http://dcat-ap\.de/def/contributors/\w+\Z",
                message=_l("Please enter an address from the list of DCAT-AP.de."),
            ),
        ],
    )
    municipality_key = StringField(
        _l("Municipality key"),
        [Optional(), Regexp(r"[0-9]{8}\Z", message=_l("Please enter eight digits, or nothing."))],
    )

    def terms(self) -> Terms:
        given: dict[str, Any] = {name: self[name].data or "" for name in Terms.__dataclass_fields__}
        given["threshold"] = self.threshold.data
        return Terms(**given)


@pages.route("/einstellungen", methods=["GET", "POST"])
@needs(Right.SET_STANDARDS)
def edit() -> Any:
    """Change the terms."""
    with reading() as session:
        now = terms(session)
    form = TermsForm(obj=now)
    if request.method == "POST" and form.validate() and _is_meant(form):
        try:
            with transaction() as session:
                keep_terms(session, form.terms())
        except ThresholdProtectsNobody:
            form.threshold.errors = [str(_THRESHOLD)]
        else:
            flash(_("Saved. Files that are fetched from now on follow the new terms."), "success")
            return redirect(url_for("open_data.overview"))
    return render_template("open_data/terms.html", form=form, now=now), 422 if form.errors else 200


def _is_meant(form: TermsForm) -> bool:
    """Ask again before every small number of the city is shown to everybody."""
    if form.threshold.data == 0 and not form.unprotected.data:
        form.unprotected.errors = [
            _("With 0 everybody can see small numbers, and with them perhaps single persons. Tick this if you mean it.")
        ]
        return False
    return True

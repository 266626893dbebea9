"""The page of the opening norm: what the city expects of its houses, and the form to change it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from hub.core.db import reading, transaction
from hub.core.rights import Right, needs, roles_with
from hub.norm import service
from hub.norm.service import AimBelowMinimum, ConsultationBeyondHours
from shared.records.norms import Norm
from shared.web.forms import Form

pages = Blueprint("norm", __name__, template_folder="templates", url_prefix="/oeffnungsnorm")


def _whole(label: Any, most: int) -> IntegerField:
    wrong = _l("Please enter a whole number from 0 to %(max)s.", max=most)
    return IntegerField(label, [InputRequired(wrong), NumberRange(0, most, wrong)])


class NormForm(Form):
    """What is expected of a week."""

    days_min = _whole(_l("Days a week, at least"), 7)
    days_aim = _whole(_l("Days a week, as an aim"), 7)
    hours_min = _whole(_l("Hours a week, at least"), 168)
    consultation_hours_min = _whole(_l("Consultation hours a week, at least"), 168)
    weekend_expected = BooleanField(_l("An offer or access at the weekend is expected"))

    def norm(self) -> Norm:
        return Norm(*(self[name].data for name in Norm._fields))


@pages.get("")
@needs(Right.READ_REPORTS)
def show() -> str:
    """Show what is expected."""
    with reading() as session:
        return render_template("norm/show.html", norm=service.norm(session), may_write=roles_with(Right.SET_STANDARDS))


@pages.route("/bearbeiten", methods=["GET", "POST"])
@needs(Right.SET_STANDARDS)
def edit() -> Any:
    """Change what is expected."""
    with reading() as session:
        form = NormForm(data=service.norm(session)._asdict())
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                service.keep_norm(session, form.norm())
        except AimBelowMinimum:
            form.days_aim.errors = [_("The aim is less than what is expected at least.")]
        except ConsultationBeyondHours:
            form.consultation_hours_min.errors = [_("Consultation hours are opening hours too: there can't be more.")]
        else:
            flash(_("The opening norm is saved. The centres know it as soon as they are connected."), "success")
            return redirect(url_for("norm.show"))
    return render_template("norm/form.html", form=form), 422 if form.errors else 200

"""Where the lead arranges fee classes and writes the rules of the house."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.rentals import service
from node.rentals.first_rules import FIRST_RULES
from node.rentals.forms import FeeClassForm, RulesForm
from node.rentals.models import FeeClass
from shared.time import now
from shared.web import zone

pages = Blueprint("rentals", __name__, template_folder="templates", url_prefix="/vermietung")


@pages.get("")
@staff_required
def index() -> Any:
    """What rooms cost, for whom."""
    with reading() as session:
        listed = service.list_fee_classes(session, all_of_them=True)
        return render_template("rentals/index.html", fee_classes=listed, is_free=service.is_free)


@pages.get("/neu")
@needs(Right.ARRANGE_HOUSE)
def new() -> Any:
    """An empty form."""
    return _page(FeeClassForm(), None)


@pages.post("/neu")
@needs(Right.ARRANGE_HOUSE)
def add() -> Any:
    """Add a fee class."""
    with transaction() as session:
        return _keep(session, None)


@pages.get("/<fee_class_id>")
@needs(Right.ARRANGE_HOUSE)
def edit(fee_class_id: str) -> Any:
    """The form of a fee class."""
    with reading() as session:
        fee_class = _fee_class(session, fee_class_id)
        return _page(FeeClassForm(obj=fee_class), fee_class)


@pages.post("/<fee_class_id>")
@needs(Right.ARRANGE_HOUSE)
def change(fee_class_id: str) -> Any:
    """Change a fee class; what is agreed already stays."""
    with transaction() as session:
        return _keep(session, _fee_class(session, fee_class_id))


@pages.get("/hausordnung")
@staff_required
def rules_index() -> Any:
    """The rules in force, and every version there was."""
    with reading() as session:
        listed = service.list_rules(session)
        today = now().astimezone(zone()).date()
        return render_template("rentals/rules.html", listed=listed, shown=service.rules_on(session, today), today=today)


@pages.get("/hausordnung/<int(max=9999):version>")
@staff_required
def rules(version: int) -> Any:
    """One version, as it was accepted then."""
    with reading() as session:
        try:
            shown = service.get_rules(session, version)
        except service.RulesUnknown:
            abort(404)
        today = now().astimezone(zone()).date()
        return render_template("rentals/rules.html", listed=service.list_rules(session), shown=shown, today=today)


@pages.get("/hausordnung/neu")
@needs(Right.ARRANGE_HOUSE)
def new_rules() -> Any:
    """The last version to write on from, or a first draft."""
    with reading() as session:
        listed = service.list_rules(session)
    text = listed[0].text if listed else FIRST_RULES
    form = RulesForm(data={"text": text, "valid_from": now().astimezone(zone()).date()})
    return render_template("rentals/rules_form.html", form=form, is_first=not listed)


@pages.post("/hausordnung/neu")
@needs(Right.ARRANGE_HOUSE)
def write_rules() -> Any:
    """Add the next version."""
    form = RulesForm()
    if not form.validate() or form.valid_from.data is None:
        return render_template("rentals/rules_form.html", form=form, is_first=False), 422
    with transaction() as session:
        try:
            made = service.write_rules(session, form.text.data, form.valid_from.data, now=now(), by=current_user.name)
        except service.RulesUnchanged:
            form.form_errors.append(_("Nothing is different from the last version."))
            return render_template("rentals/rules_form.html", form=form, is_first=False), 409
    flash(_("Version %(version)s is kept.", version=made.version), "success")
    return redirect(url_for("rentals.rules", version=made.version))


def _keep(session: Session, fee_class: FeeClass | None) -> Any:
    form = FeeClassForm()
    if form.validate():
        try:
            if fee_class is None:
                service.add_fee_class(session, form.entry())
            else:
                service.edit_fee_class(session, fee_class.id, form.entry())
            flash(_("“%(name)s” is kept.", name=form.name.data), "success")
            return redirect(url_for("rentals.index"))
        except service.FeeClassExists:
            form.key.errors = [*form.key.errors, _("Another fee class has this key.")]
    return _page(form, fee_class), 422


def _page(form: FeeClassForm, fee_class: FeeClass | None) -> str:
    return render_template("rentals/form.html", form=form, fee_class=fee_class)


def _fee_class(session: Session, fee_class_id: str) -> FeeClass:
    try:
        return service.get_fee_class(session, fee_class_id)
    except service.FeeClassUnknown:
        abort(404)

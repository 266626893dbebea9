"""The list of the house's spaces, and the pages on which they are added, changed and retired."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core.accounts import Role, staff_required
from node.core.db import reading, transaction
from node.spaces import service
from node.spaces.forms import SpaceForm
from node.spaces.models import Space
from shared.errors import Refusal
from shared.web.forms import options
from shared.web.vocabulary import ACCESSIBILITY, SPACE_KINDS, words

pages = Blueprint("spaces", __name__, template_folder="templates", url_prefix="/raeume")
MAY_CHANGE = (Role.OFFICE,)


@pages.get("")
@staff_required
def index() -> Any:
    """All spaces as a tree."""
    with reading() as session:
        return render_template(
            "spaces/index.html",
            rows=service.in_tree_order(service.list_spaces(session)),
            kinds=SPACE_KINDS,
            accessibility=lambda space: ", ".join(words(ACCESSIBILITY, space.accessibility)),
            may_change=current_user.may(*MAY_CHANGE),
        )


@pages.get("/neu")
@staff_required(*MAY_CHANGE)
def new() -> Any:
    """An empty form; `teil-von` names the space that is being divided."""
    with reading() as session:
        return _page(session, _form(session, None, data={"parent_id": request.args.get("teil-von", "")}), None)


@pages.post("/neu")
@staff_required(*MAY_CHANGE)
def add() -> Any:
    """Add a space."""
    with transaction() as session:
        form = _form(session, None)
        if form.validate():
            try:
                space = service.add_space(session, form.entry())
                flash(_("“%(name)s” has been added.", name=space.name), "success")
                return redirect(url_for("spaces.index"))
            except Refusal as refusal:
                _explain(form, refusal)
        return _page(session, form, None), 422


@pages.get("/<space_id>")
@staff_required(*MAY_CHANGE)
def edit(space_id: str) -> Any:
    """The form of a space."""
    with reading() as session:
        space = _space(session, space_id)
        return _page(session, _form(session, space, obj=space), space)


@pages.post("/<space_id>")
@staff_required(*MAY_CHANGE)
def change(space_id: str) -> Any:
    """Change a space."""
    with transaction() as session:
        space = _space(session, space_id)
        form = _form(session, space)
        if form.validate():
            try:
                service.edit_space(session, space_id, form.entry())
                flash(_("“%(name)s” has been changed.", name=space.name), "success")
                return redirect(url_for("spaces.index"))
            except Refusal as refusal:
                _explain(form, refusal)
        return _page(session, form, space), 422


@pages.post("/<space_id>/stilllegen")
@staff_required(*MAY_CHANGE)
def retire(space_id: str) -> Any:
    """Take a space out of use."""
    with transaction() as session:
        space = service.retire_space(session, _space(session, space_id).id)
        flash(_("“%(name)s” takes no new bookings. Those it has stay.", name=space.name), "success")
    return redirect(url_for("spaces.index"))


@pages.post("/<space_id>/oeffnen")
@staff_required(*MAY_CHANGE)
def reopen(space_id: str) -> Any:
    """Put a space to use again."""
    with transaction() as session:
        space = service.reopen_space(session, _space(session, space_id).id)
        flash(_("“%(name)s” can be booked again.", name=space.name), "success")
    return redirect(url_for("spaces.index"))


def _form(session: Session, space: Space | None, **filled: Any) -> SpaceForm:
    form = SpaceForm(**filled)
    others = [
        (other.id, "– " * level + other.name)
        for other, level in service.in_tree_order(service.list_spaces(session))
        if space is None or other.id != space.id
    ]
    form.parent_id.choices = options([("", _("a space of its own")), *others])
    if form.parent_id.data is None or form.parent_id.data == "None":
        form.parent_id.data = ""
    return form


def _page(session: Session, form: SpaceForm, space: Space | None) -> str:
    return render_template("spaces/form.html", form=form, space=space)


def _explain(form: SpaceForm, refusal: Refusal) -> None:
    """Put a refusal beside the field that can mend it."""
    told = {
        service.SpaceWithinItself: _("A space cannot be a part of itself or of its own parts."),
        service.TreeTooDeep: _("At most three levels are possible, for example house, hall, half."),
        service.SpaceUnknown: _("This space is no longer there. Please choose another one."),
        service.PartsBooked: _(
            "Some coming bookings of these spaces overlap. Please move or cancel them first, then change this again."
        ),
    }.get(type(refusal))
    if told is None:
        raise refusal
    form.parent_id.errors = [*form.parent_id.errors, told]


def _space(session: Session, space_id: str) -> Space:
    try:
        return service.get_space(session, space_id)
    except service.SpaceUnknown:
        abort(404)

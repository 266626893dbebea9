"""The spaces of the house: the list, a page for each, and the form on which they are added and changed."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.rentals import service as rentals
from node.spaces import labels, panels, service
from node.spaces.forms import GuestHoursForm, SpaceForm
from node.spaces.models import Space
from shared.errors import Refusal
from shared.web import seen
from shared.web.forms import options
from shared.web.vocabulary import ACCESSIBILITY, SPACE_FEATURES, SPACE_KINDS, words

pages = Blueprint("spaces", __name__, template_folder="templates", static_folder="static", url_prefix="/raeume")
change_needed = needs(Right.ARRANGE_HOUSE)


@pages.context_processor
def vocabulary() -> dict[str, Any]:
    """Words for the pages of spaces."""
    return {
        "kinds": SPACE_KINDS,
        "features_of": lambda space: words(SPACE_FEATURES, space.features),
        "accessibility_of": lambda space: words(ACCESSIBILITY, space.accessibility),
        "rules_of": lambda space: list(labels.rules_of(space)),
        "seatings_of": labels.seatings_of,
        "hours_day": labels.hours_day,
        "hours_times": labels.hours_times,
        "hours_period": labels.hours_period,
    }


@pages.get("")
@staff_required
def index() -> Any:
    """All spaces as a tree."""
    with reading() as session:
        return render_template(
            "spaces/index.html",
            branches=service.tree(service.list_spaces(session)),
            hours=service.all_hours(session),
        )


@pages.get("/neu")
@change_needed
def new() -> Any:
    """An empty form; `teil-von` names the space that is being divided."""
    with reading() as session:
        return _form_page(_form(session, None, data={"parent_id": request.args.get("teil-von", "")}), None)


@pages.post("/neu")
@change_needed
def add() -> Any:
    """Add a space."""
    with transaction() as session:
        form = _form(session, None)
        if form.validate():
            try:
                space = service.add_space(session, form.entry())
                flash(_("“%(name)s” has been added.", name=space.name), "success")
                return redirect(url_for("spaces.show", space_id=space.id))
            except Refusal as refusal:
                _explain(form, refusal)
        return _form_page(form, None), 422


@pages.get("/<space_id>")
@staff_required
def show(space_id: str) -> Any:
    """What a space is, its guest hours, its coming bookings."""
    with reading() as session:
        return space_page(session, get_or_404(session, space_id))


@pages.get("/<space_id>/aendern")
@change_needed
def edit(space_id: str) -> Any:
    """The form of a space."""
    with reading() as session:
        space = get_or_404(session, space_id)
        return _form_page(_form(session, space, obj=space), space)


@pages.post("/<space_id>/aendern")
@change_needed
def change(space_id: str) -> Any:
    """Change a space."""
    with transaction() as session:
        space = get_or_404(session, space_id)
        form = _form(session, space, obj=space)
        if form.validate():
            if seen.is_outdated(service.SpaceEntry.of(space)):
                form.form_errors.append(seen.CHANGED_MEANWHILE)
                return _form_page(form, space, told=True), 409
            try:
                service.edit_space(session, space_id, form.entry())
                flash(_("“%(name)s” has been changed.", name=space.name), "success")
                return redirect(url_for("spaces.show", space_id=space_id))
            except Refusal as refusal:
                _explain(form, refusal)
        return _form_page(form, space), 422


@pages.post("/<space_id>/stilllegen")
@change_needed
def retire(space_id: str) -> Any:
    """Take a space out of use."""
    with transaction() as session:
        space = service.retire_space(session, get_or_404(session, space_id).id)
        flash(_("“%(name)s” takes no new bookings. Those it has stay.", name=space.name), "success")
    return redirect(url_for("spaces.show", space_id=space_id))


@pages.post("/<space_id>/oeffnen")
@change_needed
def reopen(space_id: str) -> Any:
    """Put a space to use again."""
    with transaction() as session:
        space = service.reopen_space(session, get_or_404(session, space_id).id)
        flash(_("“%(name)s” can be booked again.", name=space.name), "success")
    return redirect(url_for("spaces.show", space_id=space_id))


def space_page(session: Session, space: Space, hours_form: GuestHoursForm | None = None) -> str:
    """Return the page of a space; `hours_form` is one that came back with a mistake."""
    line = service.with_wholes(session, space)
    fee_class = rentals.find_fee_class(session, space.fee_class) if space.fee_class else None
    return render_template(
        "spaces/show.html",
        space=space,
        wholes=line[1:],
        parts=[other for other in service.list_spaces(session) if other.parent_id == space.id],
        is_guest=any(each.is_guest_space for each in line),
        hours=service.hours_of(session, [each.id for each in line]),
        hours_form=hours_form or GuestHoursForm(formdata=None),
        fee_class_name=fee_class.name if fee_class else space.fee_class,
        panels=panels.of_space(session, space),
    )


def get_or_404(session: Session, space_id: str) -> Space:
    try:
        return service.get_space(session, space_id)
    except service.SpaceUnknown:
        abort(404)


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
    fees = {fee.key: fee.name for fee in rentals.list_fee_classes(session)}
    if space is not None and space.fee_class:  # one that is no longer offered stays what it is
        fees.setdefault(space.fee_class, space.fee_class)
    form.fee_class.choices = options([("", _("agreed each time, or free of charge")), *fees.items()])
    return form


def _form_page(form: SpaceForm, space: Space | None, *, told: bool = False) -> str:
    mark = seen.page_mark(service.SpaceEntry.of(space), told=told) if space else None
    return render_template("spaces/form.html", form=form, space=space, seen=mark)


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
